import { readFileSync } from 'node:fs';
import path from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { goldenRoot } from '../../../test/golden-reader.ts';
import { counterRandom } from '../src/counter-random.ts';
import { DatasetError } from '../src/dataset-error.ts';
import { readDatasetLists } from '../src/dataset-lists.ts';
import { runPictureTask } from '../src/pictures/run-picture-task.ts';
import { withDataRoot } from './data-root.ts';
import { matFile } from './mat-writer.ts';

/** Every damage follows from (kind, number): a failure can be repeated. */
type Damage = (good: Buffer, number: number) => Buffer;

const SEED = 2011;
const MAX_MS = 5_000;
/** The whole suite of good files needs a tenth of it; a size believed before it is checked needs more. */
const MAX_GROWTH_BYTES = 400 * 2 ** 20;

const damages: Readonly<Record<string, Damage>> = {
  'cut short': (good, number) => good.subarray(0, counterRandom(SEED, 'shapes', 1, number).integer(good.length)),
  'with turned bytes': (good, number) => {
    const { integer } = counterRandom(SEED, 'shapes', 2, number);
    const bad = Buffer.from(good);
    for (let flips = 0; flips < 1 + (number % 8); flips += 1) bad[integer(bad.length)] = integer(256);
    return bad;
  },
  'with a huge number written over four bytes': (good, number) => {
    const { integer } = counterRandom(SEED, 'shapes', 3, number);
    const bad = Buffer.from(good);
    bad.writeUInt32LE(0xffffffff - integer(16) * 0x10000000, integer(Math.max(1, bad.length - 4)));
    return bad;
  },
  'with a part moved away': (good, number) => {
    const { integer } = counterRandom(SEED, 'shapes', 4, number);
    const from = integer(good.length);
    return Buffer.concat([good.subarray(0, from), good.subarray(from + 1 + integer(40))]);
  },
  'that is noise after a good beginning': (good, number) => {
    const { integer } = counterRandom(SEED, 'shapes', 5, number);
    const kept = integer(good.length);
    return Buffer.concat([good.subarray(0, kept), Buffer.from(Array.from({ length: 600 }, () => integer(256)))]);
  },
};

type Outcome = { readonly refused: number; readonly read: number; readonly messages: readonly string[] };

let refusedInAll = 0;

/** Feeds inputs to a reader, one by one. Anything but an answer or a DatasetError that names the file fails the test. */
async function feed(
  inputs: readonly Buffer[],
  reader: (input: Buffer) => Promise<unknown>,
  named: RegExp,
): Promise<Outcome> {
  const messages: string[] = [];
  for (const input of inputs) {
    const memory = process.memoryUsage().rss;
    const start = performance.now();
    const problem = await reader(input).then(
      () => null,
      (error: unknown) => error,
    );
    expect(performance.now() - start).toBeLessThan(MAX_MS);
    expect(process.memoryUsage().rss - memory).toBeLessThan(MAX_GROWTH_BYTES);
    if (problem === null) continue;
    expect(problem).toBeInstanceOf(DatasetError);
    expect((problem as Error).message).toMatch(named);
    messages.push((problem as Error).message);
  }
  refusedInAll += messages.length;
  return { refused: messages.length, read: inputs.length - messages.length, messages };
}

function damaged(good: Buffer, count: number): Buffer[] {
  return Object.values(damages).flatMap((damage) => Array.from({ length: count }, (_, number) => damage(good, number)));
}

const golden = (...parts: string[]): Buffer => readFileSync(path.join(goldenRoot(), ...parts));
const cars = 'CARS196/cars_annos.mat';

function readCars(input: Buffer): Promise<unknown> {
  return withDataRoot({ [cars]: input }, (root) => readDatasetLists(root, 'cars'));
}

/** A data element that says it has `size` bytes. */
function element(type: number, size: number, data: Uint8Array): Buffer {
  const tag = Buffer.alloc(8);
  tag.writeUInt32LE(type, 0);
  tag.writeUInt32LE(size, 4);
  return Buffer.concat([tag, data]);
}

function whole(type: number, data: Uint8Array): Buffer {
  return element(type, data.length, Buffer.concat([data, Buffer.alloc((8 - (data.length % 8)) % 8)]));
}

const int32s = (...values: number[]): Buffer => Buffer.from(new Int32Array(values).buffer);

function structHead(count: number): Buffer {
  const name = Buffer.from('annotations');
  const fields = Buffer.from('path'.padEnd(8, '\0') + 'class'.padEnd(8, '\0'));
  return Buffer.concat([
    whole(6, int32s(2, 0)),
    whole(5, int32s(1, count)),
    whole(1, name),
    whole(5, int32s(8)),
    whole(1, fields),
  ]);
}

function nested(depth: number): Buffer {
  const inner = depth === 0 ? Buffer.alloc(0) : nested(depth - 1);
  return whole(
    14,
    Buffer.concat([whole(6, int32s(1, 0)), whole(5, int32s(1, 1)), whole(1, Buffer.from('annotations')), inner]),
  );
}

describe('annotations of Cars196', () => {
  test('that are damaged end in a DatasetError or are read', async () => {
    const plain = golden('splits', 'datasets', cars);
    const outcome = await feed(damaged(plain, 24), readCars, /cars_annos\.mat|data set cars/);
    // A byte turned in the header's text does no harm.
    expect(outcome.refused).toBeGreaterThanOrEqual(100);
  });

  test('that claim what they do not have are refused before it is allocated', async () => {
    const bomb = deflateSync(Buffer.alloc(80 * 2 ** 20));
    const inputs = [
      matFile(element(14, 0xfffffff0, Buffer.alloc(64))),
      matFile(element(15, 0x7fffffff, deflateSync(Buffer.alloc(64)))),
      matFile(element(15, bomb.length, bomb)),
      matFile(element(15, 200, Buffer.alloc(200, 0x78))),
      matFile(element(15, 0, Buffer.alloc(0))),
      matFile(whole(14, structHead(2 ** 31 - 1))),
      matFile(whole(14, structHead(-1))),
      matFile(whole(14, Buffer.concat([structHead(1e6), Buffer.alloc(4096)]))),
      matFile(nested(64)),
      matFile(
        whole(
          14,
          Buffer.concat([
            whole(6, int32s(6, 0)),
            whole(5, int32s(65_536, 65_536, 65_536)),
            whole(1, Buffer.from('annotations')),
          ]),
        ),
      ),
    ];
    const outcome = await feed(inputs, readCars, /cars_annos\.mat/);
    expect(outcome.read).toBe(0);
    expect(outcome.messages[2]).toMatch(/inflates to more than/);
    expect(outcome.messages[5]).toMatch(/do not fit into/);
    expect(outcome.messages[8]).toMatch(/nested more than/);
  });
});

describe('lists of text', () => {
  const texts = [
    ['cub', 'CUB_200_2011/images.txt', {}],
    ['sop', 'SOP/Stanford_Online_Products/Ebay_train.txt', { 'SOP/Stanford_Online_Products/Ebay_test.txt': 'h\n' }],
    ['inshop', 'Inshop/list_eval_partition.txt', {}],
  ] as const;

  test.each(texts)('of %s that are damaged end in a DatasetError or are read', async (name, file, others) => {
    const good = golden('splits', 'datasets', ...file.split('/'));
    const read = (input: Buffer) => withDataRoot({ ...others, [file]: input }, (root) => readDatasetLists(root, name));
    const inputs = [
      ...damaged(good, 12),
      Buffer.alloc(0),
      Buffer.from('\0'.repeat(1_000)),
      Buffer.from('a'.repeat(2 ** 20)),
    ];
    const { refused, messages } = await feed(inputs, read, new RegExp(`${path.basename(file)}|data set ${name}`));
    expect(refused).toBeGreaterThanOrEqual(name === 'inshop' ? 15 : 30);
    for (const message of messages) expect(message.length).toBeLessThan(400);
  });
});

/** A PNG of the size that its header claims, with hardly any data. */
function claimedPng(width: number, height: number): Buffer {
  const good = golden('preprocess', 'images', 'landscape.png');
  const bad = Buffer.from(good);
  bad.writeUInt32BE(width, 16);
  bad.writeUInt32BE(height, 20);
  bad.writeUInt32BE(crc32(bad.subarray(12, 29)), 29);
  return bad;
}

describe('pictures', () => {
  const read = (input: Buffer) =>
    withDataRoot({ 'a/1.jpg': input }, (folder) => {
      const items = [{ path: 'a/1.jpg', label: 0, sha256: null, resized: null }];
      return runPictureTask({
        id: 0,
        folder,
        imageSize: 32,
        rows: 1,
        training: null,
        items,
        keepBytes: 0,
        cache: null,
      });
    });

  test.each(['baseline-420.jpg', 'progressive.jpg', 'landscape.png', 'palette.png', 'cmyk.jpg'])(
    '%s damaged ends in a DatasetError or is decoded',
    async (name) => {
      const outcome = await feed(
        damaged(golden('preprocess', 'images', name), 6),
        read,
        /cannot read the image a\/1\.jpg: /,
      );
      // Those that were cut short at least; a turned byte may be a pixel.
      expect(outcome.refused).toBeGreaterThanOrEqual(6);
    },
  );

  test('that are none, or claim a size that they cannot have, are refused', async () => {
    const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>';
    const inputs = [
      Buffer.alloc(0),
      Buffer.from('no picture'),
      Buffer.from(svg),
      Buffer.from('GIF89a\x01\0\x01\0\0\0\0;', 'latin1'),
      Buffer.from('%PDF-1.4\n'),
      Buffer.alloc(2 ** 20),
      claimedPng(2 ** 31 - 1, 2 ** 31 - 1),
      claimedPng(60_000, 60_000),
      claimedPng(0, 10),
      claimedPng(7_000, 7_000),
    ];
    const outcome = await feed(inputs, read, /cannot read the image a\/1\.jpg: /);
    expect(outcome.read).toBe(0);
    expect(outcome.messages[7]).toMatch(/pixel limit/);
  });
});

test('in all, more than 200 malformed inputs were refused', () => {
  expect(refusedInAll).toBeGreaterThan(200);
});
