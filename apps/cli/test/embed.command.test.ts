import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createNetwork, exportStateDict, initialState } from '@spherelab/models';
import { encodeTorchFile } from '@spherelab/weight-files';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { goldenRoot } from '../../../test/golden-reader.ts';
import { readNpy } from '../src/files/npy-file.ts';
import { runSpherelab } from './run-spherelab.ts';

const pictures = ['landscape.png', 'gray.jpg', 'cmyk.jpg'];
let folder: string;

const spherelab = (...args: string[]) => runSpherelab(args);

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'spherelab-embed-'));
  await mkdir(path.join(folder, 'pictures', 'some'), { recursive: true });
  for (const name of pictures) {
    await copyFile(path.join(goldenRoot(), 'preprocess', 'images', name), path.join(folder, 'pictures', 'some', name));
  }
  const network = createNetwork({
    backbone: 'bn_inception',
    imageSize: 227,
    embeddingDim: 512,
    needBn: true,
    freezeBn: true,
  });
  const all = exportStateDict(network, initialState(network, 7));
  await writeFile(path.join(folder, 'whole.pth'), encodeTorchFile(all));
  await writeFile(
    path.join(folder, 'backbone.pth'),
    encodeTorchFile(all.filter(({ name }) => !name.startsWith('head.'))),
  );
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe('spherelab embed with a PyTorch file', () => {
  const embed = (weights: string, ...more: string[]) => {
    const source = ['--backbone', 'bn_inception', '--weights', path.join(folder, weights)];
    const target = ['--images', path.join(folder, 'pictures'), '--out', path.join(folder, 'E.npy'), '--json'];
    return spherelab('embed', ...source, ...target, ...more);
  };

  test('writes a row for each picture, in the order that the list beside it names', async () => {
    const { code, stdout, stderr } = await embed('whole.pth');
    expect([code, stderr.includes('Error')]).toEqual([0, false]);
    expect(JSON.parse(stdout)).toMatchObject({ rows: 3, dim: 512, weights: expect.not.stringContaining('random') });
    const paths = JSON.parse(await readFile(path.join(folder, 'E.json'), 'utf8'));
    expect(paths).toEqual([...pictures].sort().map((name) => `some/${name}`));
    const { shape, data } = readNpy(new Uint8Array(await readFile(path.join(folder, 'E.npy'))), 'E.npy');
    expect(shape).toEqual([3, 512]);
    expect([...data].every(Number.isFinite)).toBe(true);
  });

  test('says which tensors the file lacks and which seed they have', async () => {
    const { stdout } = await embed('backbone.pth', '--seed', '3');
    expect(JSON.parse(stdout).weights).toMatch(/random with seed 3: head\.bn\.weight, .*head\.fc\.bias/);
  });

  test('refuses a file for another network, and one that is no weights', async () => {
    const other = await embed('whole.pth', '--need_bn', 'false', '--embedding_dim', '64');
    expect([other.code, other.stderr]).toEqual([1, expect.stringContaining('head.fc.weight has shape [512,1024]')]);
    const garbage = await embed(path.join('pictures', 'some', 'gray.jpg'));
    expect(garbage.code).toBe(1);
    const missing = await spherelab(
      'embed',
      '--images',
      path.join(folder, 'pictures'),
      '--out',
      path.join(folder, 'E.npy'),
    );
    expect([missing.code, missing.stderr]).toEqual([1, expect.stringContaining('--weights FILE.pth')]);
  });
});
