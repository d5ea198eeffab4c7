import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Who runs the server: Postgres refuses to run as root. */
export type ServerUser = { readonly name: string; readonly uid: number; readonly gid: number };

/** In order of preference; `nobody` exists where no Postgres was ever installed, so no user has to be made. */
const candidates = ['postgres', 'nobody'];

/** The user to run the server as, or null when this process is an ordinary user and runs it itself. */
export function serverUser(): ServerUser | null {
  if (process.getuid?.() !== 0) return null;
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  for (const name of candidates) {
    const entry = users.find((fields) => fields[0] === name);
    if (entry) return { name, uid: Number(entry[2]), gid: Number(entry[3]) };
  }
  throw new Error(
    `Running as root, and there is no user (${candidates.join(', ')}) to run Postgres as: add one, or set DATABASE_URL`,
  );
}

/** Whether the user may enter a folder: false beneath a home folder of mode 0700. */
export function canEnter(folder: string, user: ServerUser | null): boolean {
  if (user === null) return true;
  // A shell, not Node: Node itself may lie beneath a closed folder.
  const { status } = spawnSync('/bin/sh', ['-c', 'cd "$0"', folder], {
    uid: user.uid,
    gid: user.gid,
    cwd: '/',
    stdio: 'ignore',
  });
  return status === 0;
}
