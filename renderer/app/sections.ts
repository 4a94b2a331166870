import { hasPermission, type Permission, type Role } from '../../shared/permissions.ts';

/** The parts of the workstation a person can stand in; each has one way in. */
export const sections = [
  { key: 'queue', label: 'My cases', path: '/queue', needs: 'sync:use' },
  { key: 'sync', label: 'Sync and receipts', path: '/sync', needs: 'sync:use' },
  { key: 'studies', label: 'Studies', path: '/studies', needs: 'batch:create' },
  { key: 'people', label: 'People', path: '/people', needs: 'user:read' },
  { key: 'review', label: 'Review', path: '/review', needs: 'annotation:review' },
] as const satisfies readonly { key: string; label: string; path: string; needs: Permission }[];

export type Section = (typeof sections)[number];
export type SectionKey = Section['key'];
export type SectionPath = Section['path'];

export const sectionsFor = (roles: readonly Role[]): Section[] =>
  sections.filter((section) => hasPermission(roles, section.needs));

export const mayOpen = (roles: readonly Role[], key: SectionKey): boolean =>
  sectionsFor(roles).some((section) => section.key === key);

/** Whether an address belongs to a section; a batch is a part of its study. */
export function isIn(section: Section, pathname: string): boolean {
  const path = pathname.replace(/^\/batches(?=\/)/, '/studies');
  return path === section.path || path.startsWith(`${section.path}/`);
}

/** Someone who only annotates sees no lead's or reviewer's frame at all. */
export const isOnlyPhysician = (roles: readonly Role[]): boolean =>
  roles.length > 0 && roles.every((role) => role === 'physician');

/** The first screen after sign-in: work that waits for a physician comes before desk work. */
export function homeFor(roles: readonly Role[]): SectionPath {
  return sectionsFor(roles)[0]?.path ?? '/queue';
}

/** An address inside the app to return to after sign-in; anything else (another site, the gate itself) is dropped. */
export function safeReturn(path: unknown): string | null {
  if (typeof path !== 'string' || !/^\/(?![/\\])/.test(path)) return null;
  return /^\/(sign-in|link)(?=[/?#]|$)/.test(path) ? null : path;
}
