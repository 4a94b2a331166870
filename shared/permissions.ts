import { AppError } from './errors.ts';

export const roles = ['physician', 'lead', 'qa', 'admin'] as const;
export type Role = (typeof roles)[number];

/** Who may do what: the only place that says so. The check opens every use case in a `domain.ts`. */
export const permissions = {
  'sync:use': ['physician'],
  'study:read': ['lead', 'qa', 'admin'],
  'study:create': ['lead', 'admin'],
  'study:edit': ['lead', 'admin'],
  'case:read': ['lead', 'qa', 'admin'],
  'case:import': ['lead', 'admin'],
  'batch:read': ['lead', 'qa', 'admin'],
  'batch:create': ['lead', 'admin'],
  'batch:assign': ['lead', 'admin'],
  'batch:lock': ['lead', 'admin'],
  'annotation:review': ['qa', 'admin'],
  'annotation:return': ['qa', 'admin'],
  'annotation:export': ['lead', 'admin'],
  'user:read': ['lead', 'admin'],
  'user:invite': ['lead', 'admin'],
  'user:invite-staff': ['admin'],
  'audit:verify': ['qa', 'admin'],
  'work:rescue': ['admin'],
} as const satisfies Record<string, readonly Role[]>;

export type Permission = keyof typeof permissions;

/** True when at least one of the roles carries the permission. */
export function hasPermission(held: readonly Role[], permission: Permission): boolean {
  const allowed: readonly Role[] = permissions[permission];
  return held.some((role) => allowed.includes(role));
}

/** Opens every use case. @throws AppError `forbidden` when no role carries the permission */
export function requirePermission(held: readonly Role[], permission: Permission): void {
  if (!hasPermission(held, permission)) throw new AppError('forbidden', { details: { permission } });
}
