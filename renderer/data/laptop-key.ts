import { currentSession, useSession } from './session.ts';
import { changeVaultKey } from './vault-change.ts';
import { openWorkspace } from './workspace.ts';

/**
 * Gives this laptop a new key for the open work and goes on with it; what is here is moved to it in the background.
 * @throws AppError `wrong-password`: nothing was changed
 */
export async function changeLaptopKey(password: string): Promise<void> {
  const session = currentSession();
  if (!session?.workspace) return;
  const { dataKey } = await changeVaultKey(session.user, password);
  await session.workspace.close();
  const workspace = await openWorkspace(session.user, dataKey);
  useSession.setState({ session: { ...session, workspace } });
}
