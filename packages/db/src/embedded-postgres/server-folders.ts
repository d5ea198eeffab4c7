import { randomUUID } from 'node:crypto';
import { chmod, chown, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { copyNativeFolder, hydrateSymlinks, packagedNativeFolder } from './native-folder.ts';
import { canEnter, type ServerUser, serverUser } from './server-user.ts';

/** Where one embedded server keeps what. */
export type ServerFolders = {
  readonly user: ServerUser | null;
  /** holds initdb, pg_ctl, postgres */
  readonly bin: string;
  /** mode 0700, belongs to the user; data, log and password are in it */
  readonly root: string;
  readonly data: string;
  readonly log: string;
  readonly password: string;
};

/** Where root puts what the server's user must reach, when the state folder is closed to it. Survives a restart of the machine. */
const sharedFolders = ['/var/lib/spherelab', join(tmpdir(), 'spherelab-postgres')];

/**
 * Chooses and makes the folders of the server that belongs to a state folder.
 * Normally `<state>/postgres`; elsewhere, remembered in `<state>/postgres.json`, when the server's user may not enter the state folder.
 */
export async function prepareServerFolders(stateFolder: string): Promise<ServerFolders> {
  await mkdir(stateFolder, { recursive: true });
  const user = serverUser();
  const root = await serverRoot(stateFolder, user);
  await mkdir(root, { recursive: true, mode: 0o700 });
  if (user) await chown(root, user.uid, user.gid);
  return {
    user,
    bin: join(await nativeFolder(user), 'bin'),
    root,
    data: join(root, 'data'),
    log: join(root, 'server.log'),
    password: join(root, 'password'),
  };
}

async function serverRoot(stateFolder: string, user: ServerUser | null): Promise<string> {
  const pointer = join(stateFolder, 'postgres.json');
  const known = await readFile(pointer, 'utf8').catch(() => null);
  if (known !== null) return (JSON.parse(known) as { root: string }).root;
  if (canEnter(stateFolder, user)) return join(stateFolder, 'postgres');
  const root = join(await sharedFolder(user), `server-${randomUUID()}`);
  await writeFile(`${pointer}.partial`, `${JSON.stringify({ root })}\n`);
  await rename(`${pointer}.partial`, pointer);
  return root;
}

async function nativeFolder(user: ServerUser | null): Promise<string> {
  const packaged = packagedNativeFolder();
  if (canEnter(packaged.folder, user)) {
    await hydrateSymlinks(packaged.folder);
    return packaged.folder;
  }
  const copy = join(await sharedFolder(user), `postgres-${packaged.version}`);
  await copyNativeFolder(packaged.folder, copy);
  return join(copy, 'native');
}

async function sharedFolder(user: ServerUser | null): Promise<string> {
  for (const folder of sharedFolders) {
    // mkdir's own mode is narrowed by a umask such as 077.
    const made = await mkdir(folder, { recursive: true })
      .then(() => chmod(folder, 0o755))
      .then(
        () => true,
        () => false,
      );
    if (made && canEnter(folder, user)) return folder;
  }
  throw new Error(
    `Postgres's user ${user?.name ?? ''} can enter none of ${sharedFolders.join(', ')}: set DATABASE_URL`,
  );
}
