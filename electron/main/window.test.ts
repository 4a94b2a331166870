import { expect, test, vi } from 'vitest';

vi.mock('electron', () => ({ BrowserWindow: class {}, nativeTheme: {}, screen: {} }));
const { placeOnScreen } = await import('./window.ts');

const area = { x: 0, y: 25, width: 1920, height: 1055 };

test('the first window has its usual size, where the system puts it', () => {
  expect(placeOnScreen(null, area)).toEqual({ width: 1440, height: 900 });
});

test('on a small screen it is as large as the screen', () => {
  expect(placeOnScreen(null, { x: 0, y: 0, width: 1280, height: 760 })).toEqual({ width: 1280, height: 760 });
});

test('a remembered place is taken again', () => {
  const kept = { x: 100, y: 100, width: 1200, height: 800 };
  expect(placeOnScreen(kept, area)).toEqual(kept);
});

test('a place on a screen that is gone is moved onto the one that is there', () => {
  expect(placeOnScreen({ x: 3000, y: -900, width: 1200, height: 800 }, area)).toEqual({
    x: 720,
    y: 25,
    width: 1200,
    height: 800,
  });
  expect(placeOnScreen({ x: -5000, y: 5000, width: 4000, height: 4000 }, area)).toEqual(area);
});
