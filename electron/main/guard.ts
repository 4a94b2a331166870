import type { Session, WebContents } from 'electron';
import { isAppAddress } from './ipc-call.ts';

/** Copying text from the app is the only thing a page may do that needs a permission. */
const allowedPermissions = ['clipboard-sanitized-write'];

/** Denies devices, sensors, notifications, downloads and whatever Chromium learns to ask for next. */
export function guardSession(session: Session): void {
  session.setPermissionRequestHandler((contents, permission, decide) =>
    decide(allowedPermissions.includes(permission) && isAppAddress(contents.getURL())),
  );
  session.setPermissionCheckHandler(
    (contents, permission) =>
      allowedPermissions.includes(permission) && contents !== null && isAppAddress(contents.getURL()),
  );
  session.setDevicePermissionHandler(() => false);
  // Files leave the app through its own save dialog only.
  session.on('will-download', (event) => event.preventDefault());
}

/** Keeps every page, ours included, inside the app: no navigation away, no windows, no embedded guests. */
export function guardContents(contents: WebContents): void {
  const stay = (event: { url: string; preventDefault: () => void }) => {
    if (!isAppAddress(event.url)) event.preventDefault();
  };
  contents.on('will-navigate', stay);
  contents.on('will-redirect', stay);
  contents.on('will-frame-navigate', stay);
  contents.on('will-attach-webview', (event) => event.preventDefault());
  contents.setWindowOpenHandler(() => ({ action: 'deny' }));
}
