import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createGraphBuilder, type GraphSession, openGraphSession, tf } from '../src/index.ts';

const SIZE = 24;
/** One in four arrays begins at a multiple of 64 bytes. */
const VARIABLES = 64;

let folder: string;
let session: GraphSession;

beforeAll(() => {
  const graph = createGraphBuilder();
  const names = Array.from({ length: VARIABLES }, (_, index) => `v${index}`);
  for (const name of names) graph.variable(name, [SIZE]);
  const assigned = names.map((name) => graph.assign(name, graph.placeholder(`set_${name}`, 'float32', [SIZE])));
  graph.output('assigned', graph.scalar(1), assigned);
  for (const name of names) graph.output(`get_${name}`, graph.read(name));
  folder = mkdtempSync(path.join(tmpdir(), 'graph-'));
  writeFileSync(path.join(folder, 'saved_model.pb'), graph.encode());
  session = openGraphSession(folder);
});

afterAll(() => {
  session.close();
  rmSync(folder, { recursive: true });
});

it('keeps what a variable was set to, whatever becomes of the array', () => {
  const arrays = Array.from({ length: VARIABLES }, (_, index) => new Float32Array(SIZE).fill(index));
  const feeds = arrays.map((values, index) => [`set_v${index}`, { values, shape: [SIZE] }] as const);
  session.run(Object.fromEntries(feeds), ['assigned']);
  for (const array of arrays) array.fill(-1);
  const values = session.run(
    {},
    arrays.map((_, index) => `get_v${index}`),
  );
  expect(values.map((value) => [...value])).toEqual(arrays.map((_, index) => Array(SIZE).fill(index)));
});

it('takes every kind of array, a part of one too', () => {
  const floats = Float32Array.from({ length: 30 }, (_, index) => index / 4);
  const kinds = [
    floats,
    floats.subarray(5, 29),
    Int32Array.of(1, -2, 3),
    Uint8Array.of(1, 2, 255),
    Buffer.from([3, 2, 1]),
    new Float32Array(0),
  ];
  for (const values of kinds) {
    const tensor = tf.tensor1d(values, values instanceof Float32Array ? 'float32' : 'int32');
    expect([...tensor.dataSync()]).toEqual([...values]);
    tensor.dispose();
  }
  const words = tf.tensor1d(['as', 'text']);
  expect(words.dataSync()).toEqual(['as', 'text']);
  words.dispose();
  // Larger than what is kept for the next tensor.
  const large = new Float32Array(2 ** 21).fill(3);
  const tensor = tf.tensor1d(large);
  expect(tensor.sum().dataSync()[0]).toBe(3 * 2 ** 21);
});
