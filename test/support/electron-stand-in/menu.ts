import { must } from './stand-in-state.ts';

type Item = {
  id?: string;
  label?: string;
  role?: string;
  type?: string;
  submenu?: Item[];
  click?: (item: Item, window: unknown, event: object) => void;
};

const roles = new Set(
  `undo redo cut copy paste pasteAndMatchStyle delete selectAll reload forceReload toggleDevTools resetZoom zoomIn
  zoomOut togglefullscreen minimize close quit about help window fileMenu editMenu viewMenu windowMenu appMenu services
  hide hideOthers unhide front zoom`.split(/\s+/),
);

function check(items: Item[]): void {
  must(Array.isArray(items), 'Invalid template for Menu: it must be an array');
  for (const item of items) {
    must(
      item.label || item.role || item.type === 'separator',
      'A menu item must have a label, a role or a type',
    );
    must(!item.role || roles.has(item.role), `There is no menu role ${item.role}`);
    if (item.submenu) check(item.submenu);
  }
}

export class Menu {
  static #application: Menu | null = null;
  readonly items: Item[];
  private constructor(items: Item[]) {
    this.items = items;
  }
  static buildFromTemplate(template: Item[]): Menu {
    check(template);
    return new Menu(template);
  }
  static setApplicationMenu(menu: Menu | null): void {
    Menu.#application = menu;
  }
  static getApplicationMenu(): Menu | null {
    return Menu.#application;
  }
}
