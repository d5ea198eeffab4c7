import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  encodeSafetensors,
  encodeTorchFile,
  readTorchFile,
  type StateTensor,
  tensorBytes,
} from '@spherelab/weight-files';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createNetwork } from '../src/create-network.ts';
import { exportStateDict } from '../src/export-state-dict.ts';
import { initialState } from '../src/initial-state.ts';

/** A Python that has torch; without it these tests are skipped, for `npm test` never installs torch. */
const python = process.env.SPHERELAB_PEER_PYTHON;
const why = python === undefined ? ' (skipped: set SPHERELAB_PEER_PYTHON to a Python that has torch)' : '';

function runPython(script: string, ...args: string[]): string {
  return execFileSync(python as string, ['-c', script, ...args], { encoding: 'utf8', timeout: 50_000 });
}

const network = createNetwork({
  backbone: 'conv_small',
  freezeBn: true,
  imageSize: 32,
  embeddingDim: 16,
  needBn: true,
});
const tensors: readonly StateTensor[] = [
  ...exportStateDict(network, initialState(network, 3), { 'head-bn': 41 }),
  { name: 'empty ü', shape: [0, 3], values: new Float32Array(0) },
  { name: 'scalar', shape: [], values: Float32Array.of(Number.NaN) },
  { name: 'negative', shape: [2, 1], values: BigInt64Array.of(-(2n ** 63n), -1n) },
];

/** Prints, for each entry: key, dtype, shape, hex of the contiguous values. */
const describeFile = `
import sys, json, torch
state = torch.load(sys.argv[1], weights_only=True, map_location='cpu')
print(type(state).__name__)
for key, t in state.items():
    raw = t.contiguous().reshape(-1).view(torch.uint8) if t.numel() else torch.zeros(0, dtype=torch.uint8)
    print(json.dumps([key, str(t.dtype), list(t.shape), bytes(raw.tolist()).hex()]))
`;

const hexOf = (values: Float32Array | BigInt64Array) =>
  Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('hex');

describe.skipIf(python === undefined)(`with PyTorch itself${why}`, () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'spherelab-torch-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('an exported .pth loads with weights_only=True and gives equal tensors in the same order', () => {
    const file = path.join(folder, 'exported.pth');
    writeFileSync(file, encodeTorchFile(tensors));
    const [type, ...lines] = runPython(describeFile, file).trim().split('\n');
    expect(type).toBe('OrderedDict');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(
      tensors.map(({ name, shape, values }) => [
        name,
        values instanceof Float32Array ? 'torch.float32' : 'torch.int64',
        shape,
        hexOf(values),
      ]),
    );
  });

  test('an exported .pth can be mapped into memory and loads into a module', () => {
    const file = path.join(folder, 'module.pth');
    const head = tensors.filter(({ name }) => name.startsWith('head.'));
    writeFileSync(file, encodeTorchFile(head));
    const script = `
import sys, torch
head = torch.nn.ModuleDict({'bn': torch.nn.BatchNorm1d(96), 'fc': torch.nn.Linear(96, 16)})
state = torch.load(sys.argv[1], weights_only=True, mmap=True)
print(head.load_state_dict({k[len('head.'):]: v for k, v in state.items()}, strict=True))
print(int(head.bn.num_batches_tracked))`;
    expect(runPython(script, file)).toBe('<All keys matched successfully>\n41\n');
  });

  test('an exported safetensors file holds the same values', () => {
    const file = path.join(folder, 'exported.safetensors');
    writeFileSync(file, encodeSafetensors(tensors));
    const script = `
import sys, json, struct
data = open(sys.argv[1], 'rb').read()
n = struct.unpack('<Q', data[:8])[0]
header = json.loads(data[8:8 + n]); header.pop('__metadata__')
for key, t in header.items():
    a, b = t['data_offsets']
    print(json.dumps([key, t['dtype'], t['shape'], data[8 + n + a:8 + n + b].hex()]))`;
    const floats = tensors.filter(({ values }) => values instanceof Float32Array);
    expect(
      runPython(script, file)
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual(floats.map(({ name, shape, values }) => [name, 'F32', shape, hexOf(values)]));
  });

  test.each(['True', 'False'])('what torch.save writes today is read exactly, in the zip format: %s', (zip) => {
    const file = path.join(folder, `saved-${zip}.pth`);
    const save = `
import sys, torch
torch.manual_seed(0)
w = torch.randn(5, 4, 3, 2)
state = {'model': {'w': w, 't': w.permute(3, 1, 0, 2), 'part': w[1:3, ::2], 'h': w.half(), 'b': w.bfloat16(),
  'd': w.double(), 'i8': torch.tensor([-128, 127], dtype=torch.int8), 'i16': torch.tensor([-32768], dtype=torch.int16),
  'p': torch.nn.Parameter(w[0]), 'flag': torch.tensor([True, False])}, 'step': 7}
torch.save(state, sys.argv[1], _use_new_zipfile_serialization=${zip})
state = torch.load(sys.argv[1])
for key, t in state['model'].items():
    t = t.detach().contiguous().reshape(-1)
    print('model.' + key, bytes(t.view(torch.uint8).tolist()).hex())`;
    const expected = runPython(save, file).trim().split('\n');
    const { tensors: read, scalars, container } = readTorchFile(new Uint8Array(readFileSync(file)));
    expect(container).toBe(zip === 'True' ? 'zip' : 'legacy');
    expect(scalars.get('step')).toBe(7);
    expect([...read].map(([key, tensor]) => `${key} ${Buffer.from(tensorBytes(tensor)).toString('hex')}`)).toEqual(
      expected,
    );
  });
});
