import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { copyRelease } from '../copied-release.mjs';
import { swapOperands } from './swap-operands.mjs';

const run = promisify(execFile);

/** Operands that change places, one pair in each loss: the ops commute, so every number stays what it was. */
const reorders = [
  { file: 'triplet.js', call: 'tf.add(', first: 'margin' },
  { file: 'semihard-triplet.js', call: 'tf.add(', first: 'margin' },
  { file: 'n-pair.js', call: 'tf.mul(', first: 'unit' },
  { file: 'multi-similarity.js', call: 'tf.add(', first: '1' },
];

/**
 * Another release of this checkout in a folder that is not there yet: its losses compute the same in another order, so the version of its
 * numerics is another.
 * @param {string} checkout @param {string} folder
 * @returns the versions of the numerics of both
 */
export async function makeSecondRelease(checkout, folder) {
  await copyRelease(folder);
  for (const { file, call, first } of reorders) {
    const compiled = path.join(folder, 'packages/losses/dist/metric-losses', file);
    await writeFile(compiled, swapOperands(await readFile(compiled, 'utf8'), { call, first, file }));
  }
  const [first, second] = await Promise.all([checkout, folder].map(numericsOf));
  // Otherwise an upgrade would upgrade nothing, or every run would have to start over.
  if (first.version === second.version) throw new Error('both releases have one version of numerics');
  if (first.host !== second.host) throw new Error('no run could go on under the second release');
  return { first, second };
}

/** What the programs of a release take for their version: asked in a process of its own, as they are. */
async function numericsOf(folder) {
  const ask = `import { readNumerics } from '@spherelab/numerics'; console.log(JSON.stringify(readNumerics()));`;
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', ask], { cwd: folder });
  return JSON.parse(stdout);
}
