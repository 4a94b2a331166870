import type { MenuItemConstructorOptions } from 'electron';
import { expect, test } from 'vitest';
import { menuTemplate } from './menu.ts';

const rolesOf = (items: MenuItemConstructorOptions[]): unknown[] =>
  items.flatMap(({ role, submenu }) => [role, ...(Array.isArray(submenu) ? rolesOf(submenu) : [])]);

test.each([true, false])('a packaged app has no developer tools and no reload (mac: %s)', (isMac) => {
  const roles = rolesOf(menuTemplate({ isMac, isPackaged: true, name: 'Second Opinion' }));
  expect(roles).not.toContain('toggleDevTools');
  expect(roles).not.toContain('reload');
  expect(roles).toEqual(
    expect.arrayContaining(['quit', 'undo', 'copy', 'paste', 'zoomIn', 'zoomOut', 'resetZoom']),
  );
});
