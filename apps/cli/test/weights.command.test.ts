import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createNetwork, exportStateDict, initialState } from '@spherelab/models';
import { encodeTorchFile } from '@spherelab/weight-files';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { goldenRoot } from '../../../test/golden-reader.ts';
import { runSpherelab } from './run-spherelab.ts';

let folder: string;

const spherelab = (...args: string[]) => runSpherelab(args, { SPHERELAB_DATA_DIR: path.join(folder, 'data') });

const network = createNetwork({
  backbone: 'conv_small',
  freezeBn: true,
  imageSize: 32,
  embeddingDim: 24,
  needBn: true,
});
const state = initialState(network, 1);
const exported = exportStateDict(network, state);
const inFolder = (name: string) => path.join(folder, name);
const weightsFolder = () => path.join(folder, 'data', 'weights');

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'spherelab-weights-'));
  await writeFile(inFolder('whole.pth'), encodeTorchFile(exported));
  const backbone = exported.filter(({ name }) => name.startsWith('backbone'));
  const classifier = { name: 'last_linear.weight', shape: [2, 3], values: new Float32Array(6) };
  const wrapped = [...backbone, classifier].map((tensor) => ({ ...tensor, name: `module.${tensor.name}` }));
  await writeFile(inFolder('pretrained.pth'), encodeTorchFile(wrapped));
  await writeFile(inFolder('bn_inception-52deb4733.pth'), encodeTorchFile(exported));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe('spherelab weights inspect', () => {
  test('prints keys, types, shapes and the SHA-256, of both containers', async () => {
    const file = path.join(goldenRoot(), 'pth', 'odd-legacy.pth');
    const { code, stdout } = await spherelab('weights', 'inspect', file);
    expect(code).toBe(0);
    expect(stdout).toMatch(/channels_last +float32 +\[2, 3, 4, 4\]/);
    expect(stdout).toContain('legacy container');
    const asJson = JSON.parse((await spherelab('weights', 'inspect', inFolder('whole.pth'), '--json')).stdout);
    expect(asJson.container).toBe('zip');
    expect(asJson.tensors).toHaveLength(exported.length);
    expect(asJson.tensors[0]).toEqual({ key: 'backbone.conv1.weight', dtype: 'float32', shape: [16, 3, 5, 5] });
    const sha256 = createHash('sha256')
      .update(await readFile(inFolder('whole.pth')))
      .digest('hex');
    expect(asJson).toMatchObject({ sha256, known_as: null });
  });

  test('refuses a malicious file by the name of what it asks for, and a file that is not there, with exit code 1', async () => {
    const bad = await spherelab('weights', 'inspect', path.join(goldenRoot(), 'pth', 'malicious-os-system-zip.pth'));
    expect(bad).toMatchObject({ code: 1, stdout: '' });
    expect(bad.stderr).toContain('asks for posix.system');
    expect(bad.stderr).not.toContain('    at ');
    expect(await spherelab('weights', 'inspect', inFolder('absent.pth'))).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('absent.pth cannot be read (ENOENT)'),
    });
    expect(await spherelab('weights', 'inspect', folder)).toMatchObject({ code: 1 });
  });
});

describe('spherelab weights import', () => {
  const importing = (file: string, ...flags: string[]) =>
    spherelab('weights', 'import', inFolder(file), '--backbone', 'conv_small', ...flags);

  test('maps, tells what is missing and unused, and copies the file byte by byte', async () => {
    const { code, stdout } = await importing('pretrained.pth', '--json');
    expect(code).toBe(0);
    const report = JSON.parse(stdout);
    expect(report.matched).toHaveLength(8);
    expect(report.missing).toEqual(network.specs.slice(8).map(({ name }) => name));
    expect(report).toMatchObject({ unused: ['module.last_linear.weight'], copied: true, known: false });
    expect(await readFile(report.path)).toEqual(await readFile(inFolder('pretrained.pth')));
    const again = await importing('pretrained.pth');
    expect(again.stdout).toContain('already in');
    expect(again.stdout).toContain('matched 8 tensors of conv_small');
  });

  test("takes the head's width from the file, and --need-bn false for a head without BatchNorm", async () => {
    const whole = JSON.parse((await importing('whole.pth', '--json')).stdout);
    expect(whole.missing).toEqual([]);
    const plain = JSON.parse((await importing('whole.pth', '--need-bn', 'false', '--json')).stdout);
    expect(plain.unused).toEqual(['weight', 'bias', 'running_mean', 'running_var'].map((name) => `head.bn.${name}`));
    const wide = await importing('whole.pth', '--embedding_dim', '64');
    expect(wide.stderr).toContain('head.fc.weight has shape [24,96] in the file, [64,96] is wanted');
  });

  test('refuses another content under a known name, flags out of range, another network; nothing is left behind', async () => {
    const before = await readdir(weightsFolder());
    const known = await importing('bn_inception-52deb4733.pth');
    expect(known).toMatchObject({ code: 1 });
    expect(known.stderr).toContain('the published file of that name has 52deb473314542a5');
    expect((await importing('whole.pth', '--need_bn', 'perhaps')).stderr).toContain('must be true or false');
    expect((await importing('whole.pth', '--embedding_dim', '0')).stderr).toContain('--embedding_dim 0');
    expect((await importing('absent.pth')).stderr).toContain('ENOENT');
    const standard = await spherelab('weights', 'import', inFolder('whole.pth'));
    expect(standard.stderr).toContain('no tensor of the backbone of bn_inception');
    const backbone = await spherelab('weights', 'import', inFolder('whole.pth'), '--backbone', 'vgg');
    expect(backbone.stderr).toContain('--backbone vgg');
    const broken = inFolder('broken.pth');
    await writeFile(broken, (await readFile(inFolder('whole.pth'))).subarray(0, -100));
    expect((await importing('broken.pth')).stderr).toContain('cut off');
    expect(await readdir(weightsFolder())).toEqual(before);
  });

  test('replaces a file of the same name only with --force', async () => {
    await importing('whole.pth');
    const other = exportStateDict(network, initialState(network, 2));
    await writeFile(inFolder('whole.pth'), encodeTorchFile(other));
    const refused = await importing('whole.pth');
    expect(refused).toMatchObject({ code: 1 });
    expect(refused.stderr).toContain('there with another content');
    expect((await importing('whole.pth', '--force')).code).toBe(0);
    expect(await readFile(path.join(weightsFolder(), 'whole.pth'))).toEqual(await readFile(inFolder('whole.pth')));
  });
});
