import './ui/global.css';
import { createRoot } from 'react-dom/client';
import { startApp } from './app/start.tsx';
import { startPreferences } from './ui/preferences.ts';

startPreferences();
const root = document.getElementById('root');
if (!root) throw new Error('index.html lacks its root element');
void startApp(createRoot(root)); // shows its own failures
