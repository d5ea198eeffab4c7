import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runSpherelab } from './run-spherelab.ts';

/** Whether the packages can be had here: npm answers for one of them. */
const canFetch = await promisify(execFile)(
  'npm',
  ['view', '@iconify-json/noto@1.2.9', 'version', '--fetch-retries=0'],
  {
    timeout: 20_000,
  },
).then(
  ({ stdout }) => stdout.trim() === '1.2.9',
  () => false,
);
const why = canFetch ? '' : ' (skipped: npm cannot get @iconify-json/noto here)';

let folder: string;
const spherelab = (args: readonly string[], env: NodeJS.ProcessEnv = {}) =>
  runSpherelab(['datasets', ...args], { SPHERELAB_DATA_DIR: path.join(folder, 'data'), ...env });
const inData = () => readdir(path.join(folder, 'data')).catch(() => []);

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'spherelab-fetch-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('spherelab datasets fetch', () => {
  test('offers what is not here yet, in words and as JSON beside the data sets that are', async () => {
    expect((await spherelab(['list'])).stdout).toContain('emoji: not here yet; spherelab datasets fetch emoji\n');
    const { items, available } = JSON.parse((await spherelab(['list', '--json'])).stdout);
    expect(items.map(({ name }: { name: string }) => name)).toEqual(['shapes']);
    expect(available).toEqual([
      { name: 'emoji', about: expect.stringContaining('1,551'), command: 'spherelab datasets fetch emoji' },
    ]);
    expect((await spherelab(['verify', 'emoji'])).stdout).toContain('to have it: spherelab datasets fetch emoji');
  });

  test('says without a registry, or without npm, what was tried and what to do; exit code 1, nothing left behind', async () => {
    const away = await spherelab(['fetch', 'emoji'], { npm_config_registry: 'http://127.0.0.1:9/' });
    expect(away).toMatchObject({ code: 1, stdout: '' });
    expect(away.stderr).toMatch(/npm pack @iconify-json\/noto@1\.2\.9 failed: .*ECONNREFUSED/);
    expect(away.stderr).toContain('copy the folder emoji/');
    const bin = path.join(folder, 'bin');
    await makeBin(bin);
    const without = await spherelab(['fetch', 'emoji'], { PATH: bin });
    expect(without).toMatchObject({ code: 1, stderr: expect.stringContaining('npm could not be started') });
    const other = await spherelab(['fetch', 'imagenet']);
    expect(other).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('"imagenet" cannot be fetched; there is emoji'),
    });
    expect(await inData()).toEqual([]);
  });

  test.skipIf(!canFetch)(`makes 1,551 classes of 7,441 pictures of what npm gives${why}`, async () => {
    const made = JSON.parse((await spherelab(['fetch', 'emoji', '--json'])).stdout);
    expect(made).toMatchObject({ name: 'emoji', classes: 1551, images: 7441, made: true });
    expect(await inData()).toEqual(['emoji']);
    const again = await spherelab(['fetch', 'emoji']);
    expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining('is there already and complete') });
    const { items, available } = JSON.parse((await spherelab(['list', '--json'])).stdout);
    expect(available).toEqual([]);
    expect(items[1]).toMatchObject({ name: 'emoji', trainingClasses: 775, testClasses: 776, notes: [] });
    const sources = await readFile(path.join(made.folder, 'SOURCES.md'), 'utf8');
    for (const licence of ['Apache-2.0', 'CC-BY-4.0', 'CC-BY-SA-4.0', 'MIT']) expect(sources).toContain(`(${licence})`);
  });
});

/** A PATH on which there is Node and nothing else. */
async function makeBin(bin: string): Promise<void> {
  await mkdir(bin);
  await symlink(process.execPath, path.join(bin, 'node'));
}
