import type { Role } from '../../../shared/permissions.ts';

export const roleLabels: Record<Role, string> = {
  physician: 'Physician',
  lead: 'Lead',
  qa: 'QA reviewer',
  admin: 'Administrator',
};

export const roleDuties: Record<Role, string> = {
  physician: 'annotates cases',
  lead: 'imports, makes and assigns batches',
  qa: 'reads and judges what arrived',
  admin: 'runs accounts and the site',
};
