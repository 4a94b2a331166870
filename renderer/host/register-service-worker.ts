/**
 * Lets a browser start the app with no network from the second visit on. A failure is not the physician's
 * concern while online, so it is only logged; offline start then needs the desktop app.
 */
export function registerServiceWorker(): void {
  if (!('serviceWorker' in navigator) || !window.isSecureContext) return;
  navigator.serviceWorker
    .register('/service-worker.js', { type: 'module', updateViaCache: 'none' })
    .catch((error) => {
      console.warn('The app cannot be kept for offline start in this browser:', error);
    });
}
