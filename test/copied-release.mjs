import { cp, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const checkout = fileURLToPath(new URL('..', import.meta.url));

/** What a release has of its packages and apps; the version of the numerics looks for the sources of a package. */
const parts = { packages: ['dist', 'src', 'package.json'], apps: ['dist', 'package.json'] };

/**
 * This built checkout once more, in a folder that is not there yet, so that its compiled files can be another release. Packages of
 * others are linked, not copied.
 * @param {string} folder
 */
export async function copyRelease(folder) {
  for (const [kind, ofEach] of Object.entries(parts)) {
    for (const name of await readdir(path.join(checkout, kind))) {
      for (const part of ofEach) {
        await cp(path.join(checkout, kind, name, part), path.join(folder, kind, name, part), { recursive: true });
      }
    }
  }
  await cp(path.join(checkout, 'prisma'), path.join(folder, 'prisma'), { recursive: true });
  const modules = path.join(folder, 'node_modules');
  await mkdir(path.join(modules, '@spherelab'), { recursive: true });
  for (const name of await readdir(path.join(checkout, 'node_modules'))) {
    if (name.startsWith('.') || name === '@spherelab') continue;
    await symlink(path.join(checkout, 'node_modules', name), path.join(modules, name));
  }
  // Our own packages are those of the release, whoever imports them.
  for (const kind of Object.keys(parts)) {
    for (const name of await readdir(path.join(folder, kind))) {
      await symlink(path.join(folder, kind, name), path.join(modules, '@spherelab', name));
    }
  }
}

/**
 * Changes a compiled file of a release. Throws where the text is not there once: then the change has to be said anew.
 * @param {string} folder @param {string} file @param {string} from @param {string} to
 */
export async function editRelease(folder, file, from, to) {
  const text = await readFile(path.join(folder, file), 'utf8');
  if (text.split(from).length !== 2) throw new Error(`${file} has not one ${JSON.stringify(from)}`);
  await writeFile(path.join(folder, file), text.replace(from, to));
}
