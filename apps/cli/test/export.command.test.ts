import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createNetwork, importStateDict, initialState } from '@spherelab/models';
import { tf } from '@spherelab/tensorflow';
import { decodeTensorFile, encodeTensorFile, readTorchFile, tensorValues } from '@spherelab/weight-files';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runSpherelab } from './run-spherelab.ts';

const model = { backbone: 'conv_small', imageSize: 32, embeddingDim: 24, needBn: true, freezeBn: true };
const network = createNetwork(model);
const state = initialState(network, 1);
let folder: string;

const spherelab = (...args: string[]) => runSpherelab(args);

const inFolder = (name: string) => path.join(folder, name);
const exporting = (format: string, out: string, ...flags: string[]) =>
  spherelab('export', '--format', format, '--file', inFolder('run.checkpoint'), '--out', inFolder(out), ...flags);

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'spherelab-export-'));
  const weights = network.specs.map(({ name, shape }) => [name, { shape, values: state.get(name) as Float32Array }]);
  // A checkpoint carries Adam's moments too, which no export has.
  const moments = [['adam.m.head.fc.bias', { shape: [24], values: new Float32Array(24) }]];
  const tensors = new Map([...weights, ...moments] as [string, { shape: number[]; values: Float32Array }][]);
  const metadata = { model, progress: { updates: 33 } };
  await writeFile(inFolder('run.checkpoint'), encodeTensorFile({ metadata, tensors }));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

test('a .pth holds the weights in torch layout, and importing it gives the same weights', async () => {
  const { code, stdout } = await exporting('pth', 'run.pth', '--json');
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ format: 'pth', updates: 33, network: 'conv_small' });
  const file = readTorchFile(new Uint8Array(await readFile(inFolder('run.pth'))));
  expect(importStateDict(network, file)).toMatchObject({ state, missing: [], unused: [] });
  expect(file.tensors.get('backbone.conv1.weight')?.shape).toEqual([16, 3, 5, 5]);
  const counter = file.tensors.get('head.bn.num_batches_tracked');
  expect(counter && tensorValues(counter)).toEqual(BigInt64Array.of(33n));
});

test('a safetensors file holds the same keys and shapes, and where they come from', async () => {
  expect((await exporting('safetensors', 'run.safetensors')).code).toBe(0);
  const { tensors, metadata } = decodeTensorFile(new Uint8Array(await readFile(inFolder('run.safetensors'))));
  expect([...tensors.keys()]).toEqual(network.specs.map(({ name }) => name));
  expect(tensors.get('backbone.conv1.weight')?.shape).toEqual([16, 3, 5, 5]);
  expect(tensors.get('head.fc.bias')?.values).toEqual(state.get('head.fc.bias'));
  expect(metadata).toMatchObject({ sha256: expect.stringMatching(/^[0-9a-f]{64}$/) });
});

test('TensorFlow.js decodes what its format holds', async () => {
  expect((await exporting('tfjs', 'model.json')).code).toBe(0);
  const { weightsManifest } = JSON.parse(await readFile(inFolder('model.json'), 'utf8'));
  expect(weightsManifest[0].paths).toEqual(['model.bin']);
  const shard = new Uint8Array(await readFile(inFolder('model.bin')));
  const decoded = tf.io.decodeWeights(shard.buffer, weightsManifest[0].weights);
  for (const { name, shape } of network.specs) {
    expect(decoded[name]?.shape).toEqual(shape);
    expect(decoded[name]?.dataSync()).toEqual(state.get(name));
  }
  tf.dispose(decoded);
});

test('wrong flags are named with what is allowed, exit code 1, and nothing is written', async () => {
  const before = await readdir(folder);
  expect(await exporting('onnx', 'x.onnx')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('--format onnx: must be pth, safetensors, tfjs'),
  });
  expect((await exporting('pth', 'x.bin')).stderr).toContain('must end in .pth or .pt for --format pth');
  expect((await exporting('pth', 'no/such/folder/x.pth')).stderr).toContain('there is no folder');
  const neither = await spherelab('export', '--format', 'pth', '--out', inFolder('x.pth'));
  expect(neither.stderr).toContain('name either an experiment or --file');
  const absent = await spherelab('export', '--format', 'pth', '--file', inFolder('absent'), '--out', inFolder('x.pth'));
  expect(absent).toMatchObject({ code: 1, stderr: expect.stringContaining('cannot be read (ENOENT)') });
  await writeFile(inFolder('other.safetensors'), 'not a checkpoint');
  const other = await spherelab(
    'export',
    '--format',
    'pth',
    '--file',
    inFolder('other.safetensors'),
    '--out',
    inFolder('x.pth'),
  );
  expect(other).toMatchObject({ code: 1, stderr: expect.stringContaining('cannot be used') });
  expect(await readdir(folder)).toEqual([...before, 'other.safetensors'].sort());
});
