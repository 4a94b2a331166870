type Account = { role: string; email: string; password: string; link: string };

const columns = ['role', 'email', 'password', 'link'] as const satisfies readonly (keyof Account)[];
const titles: Account = { role: 'Role', email: 'E-mail', password: 'Password', link: 'One-time link' };

/** Lines of a table, each column as wide as its widest cell. */
export function accountsTable(accounts: readonly Account[]): string[] {
  const rows = [titles, ...accounts];
  const widths = columns.map((column) => Math.max(...rows.map((row) => row[column].length)));
  return rows.map((row) =>
    `  ${columns.map((column, i) => row[column].padEnd(widths[i] ?? 0)).join('  ')}`.trimEnd(),
  );
}
