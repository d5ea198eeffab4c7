import { execFile } from 'node:child_process';
import { cp, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { swapOperands } from './swap-operands.mjs';

const run = promisify(execFile);

/** Operands that change places, one pair in each loss: the ops commute, so every number stays what it was. */
const reorders = [
  { file: 'triplet.js', call: 'tf.add(', first: 'margin' },
  { file: 'semihard-triplet.js', call: 'tf.add(', first: 'margin' },
  { file: 'n-pair.js', call: 'tf.mul(', first: 'unit' },
  { file: 'multi-similarity.js', call: 'tf.add(', first: '1' },
];

/** What a release has of its packages and apps; the version of the numerics looks for the sources of a package. */
const parts = { packages: ['dist', 'src', 'package.json'], apps: ['dist', 'package.json'] };

/**
 * Another release of a built checkout in a folder that is not there yet: its losses compute the same in another order, so the version
 * of its numerics is another. Packages of others are linked, not copied.
 * @param {string} checkout @param {string} folder
 * @returns the versions of the numerics of both
 */
export async function makeSecondRelease(checkout, folder) {
  for (const [kind, ofEach] of Object.entries(parts)) {
    for (const name of await readdir(path.join(checkout, kind))) {
      for (const part of ofEach) {
        const from = path.join(checkout, kind, name, part);
        await cp(from, path.join(folder, kind, name, part), { recursive: true });
      }
    }
  }
  await cp(path.join(checkout, 'prisma'), path.join(folder, 'prisma'), { recursive: true });
  await linkModules(checkout, folder);
  for (const { file, call, first } of reorders) {
    const compiled = path.join(folder, 'packages/losses/dist', file);
    await writeFile(compiled, swapOperands(await readFile(compiled, 'utf8'), { call, first, file }));
  }
  const [first, second] = await Promise.all([checkout, folder].map(numericsOf));
  // Otherwise an upgrade would upgrade nothing, or every run would have to start over.
  if (first.version === second.version) throw new Error('both releases have one version of numerics');
  if (first.host !== second.host) throw new Error('no run could go on under the second release');
  return { first, second };
}

/** Our own packages are those of the release, whoever imports them; all others are those of the checkout. */
async function linkModules(checkout, folder) {
  const modules = path.join(folder, 'node_modules');
  await mkdir(path.join(modules, '@spherelab'), { recursive: true });
  for (const name of await readdir(path.join(checkout, 'node_modules'))) {
    if (name.startsWith('.') || name === '@spherelab') continue;
    await symlink(path.join(checkout, 'node_modules', name), path.join(modules, name));
  }
  for (const kind of Object.keys(parts)) {
    for (const name of await readdir(path.join(folder, kind))) {
      await symlink(path.join(folder, kind, name), path.join(modules, '@spherelab', name));
    }
  }
}

/** What the programs of a release take for their version: asked in a process of its own, as they are. */
async function numericsOf(folder) {
  const ask = `import { readNumerics } from '@spherelab/numerics'; console.log(JSON.stringify(readNumerics()));`;
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', ask], { cwd: folder });
  return JSON.parse(stdout);
}
