import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { goldenRoot, readGolden } from '../../../test/golden-reader.ts';
import { counterUniform } from '../../models/src/counter-uniform.ts';
import { elementCount, encodeTorchFile, readTorchFile, TorchFileError, tensorValues } from '../src/torch-file/index.ts';

const SEED = 2011_02785;
const VARIANTS_A_KIND = 8;
const SECONDS_A_VARIANT = 2;
const MAX_GROWTH_MIB = 256;

type Random = (below: number) => number;
type Damage = (file: Uint8Array, other: Uint8Array, random: Random) => Uint8Array;

const concatenated = (...parts: readonly Uint8Array[]) => new Uint8Array(Buffer.concat(parts));

/** Overwrites `count` bytes somewhere in the part that steers the reader: anywhere, but mostly at the ends. */
function overwrite(file: Uint8Array, random: Random, value: readonly number[]): Uint8Array {
  const changed = file.slice();
  const near = Math.min(file.length, 600);
  const at = [random(file.length), random(near), file.length - 1 - random(near)][random(3)] as number;
  for (const [index, byte] of value.entries()) if (at + index < changed.length) changed[at + index] = byte;
  return changed;
}

const damages: Readonly<Record<string, Damage>> = {
  truncated: (file, _, random) => file.slice(0, random(file.length)),
  'with its front cut off': (file, _, random) => file.slice(1 + random(file.length - 1)),
  'with flipped bits': (file, _, random) => {
    let changed = file;
    for (let i = 0; i <= random(6); i += 1) changed = overwrite(changed, random, [random(256)]);
    return changed;
  },
  'with a huge length': (file, _, random) =>
    overwrite(file, random, random(2) === 0 ? [255, 255, 255, 255] : [255, 255, 255, 127]),
  'with a huge 64-bit length': (file, _, random) => overwrite(file, random, [255, 255, 255, 255, 255, 255, 255, 127]),
  'with zeros': (file, _, random) => overwrite(file, random, Array<number>(1 + random(64)).fill(0)),
  'with a part doubled': (file, _, random) => {
    const at = random(file.length);
    return concatenated(file.subarray(0, at), file.subarray(Math.max(0, at - random(400))));
  },
  'with a part cut out': (file, _, random) => {
    const at = random(file.length);
    return concatenated(file.subarray(0, at), file.subarray(Math.min(file.length, at + 1 + random(200))));
  },
  'spliced with another': (file, other, random) =>
    concatenated(file.subarray(0, random(file.length)), other.subarray(random(other.length))),
};

const files = readGolden<{ readonly files: readonly { readonly file: string; readonly expect: string }[] }>(
  'pth',
).manifest.files.filter(({ expect: expected }) => expected !== 'reject');
const contents = files.map(({ file }) => new Uint8Array(readFileSync(path.join(goldenRoot(), 'pth', file))));

/** 'read' when every tensor has as many values as its shape says; the reason when it was refused; else it throws. */
function outcome(bytes: Uint8Array): string {
  try {
    for (const tensor of readTorchFile(bytes).tensors.values()) {
      expect(tensorValues(tensor).length).toBe(elementCount(tensor.shape));
    }
    return 'read';
  } catch (error) {
    if (!(error instanceof TorchFileError)) throw error;
    expect(error.message.length).toBeGreaterThan(12);
    return error.message;
  }
}

test.each(Object.entries(damages))(
  'a good file %s is read or refused, quickly and in little memory',
  (kind, damage) => {
    const before = process.resourceUsage().maxRSS;
    let variants = 0;
    const outcomes = new Set<string>();
    for (const [index, file] of contents.entries()) {
      for (let variant = 0; variant < VARIANTS_A_KIND; variant += 1) {
        const uniform = counterUniform(SEED, `${kind} ${files[index]?.file} ${variant}`);
        let draws = 0;
        const random: Random = (below) => {
          draws += 1;
          return Math.floor(uniform(draws) * below);
        };
        const other = contents[(index + 1 + random(contents.length - 1)) % contents.length] as Uint8Array;
        const bad = damage(file, other, random);
        const started = performance.now();
        outcomes.add(outcome(bad));
        expect(performance.now() - started).toBeLessThan(SECONDS_A_VARIANT * 1000);
        variants += 1;
      }
    }
    expect(variants).toBeGreaterThanOrEqual(80);
    expect(outcomes.size).toBeGreaterThan(1);
    // ru_maxrss is in KiB.
    expect((process.resourceUsage().maxRSS - before) / 1024).toBeLessThan(MAX_GROWTH_MIB);
  },
);

test('a flipped bit in the values of a zip file is found by the checksum', () => {
  const file = encodeTorchFile([{ name: 'w', shape: [4], values: Float32Array.of(1, 2, 3, 4) }]);
  const name = Buffer.from(file).indexOf('/data/0');
  const header = Buffer.from(file).subarray(0, name).lastIndexOf('PK\x03\x04');
  const view = new DataView(file.buffer);
  const data = header + 30 + view.getUint16(header + 26, true) + view.getUint16(header + 28, true);
  expect(outcome(file)).toBe('read');
  file[data] = (file[data] as number) ^ 1;
  expect(outcome(file)).toContain('checksum');
});
