import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { mkdir, mkdtemp, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

const ROWS = 'rows.f32';
const COLOURS = 'colours.f32';
const FACTS = 'facts.json';
const BLOCK_BYTES = 4 * 2 ** 20;

type Facts = {
  readonly rows: number;
  readonly width: number;
  readonly rows_sha256: string;
  readonly colours_sha256: string;
};

/** Rows of float32 on disk, read by their index: any size, in the memory of the system's own cache. */
export type FeatureFile = {
  readonly rows: number;
  readonly width: number;
  /** The rows of these indices one after another; `into` receives them from its beginning on. */
  readonly read: (indices: ArrayLike<number>, into: Float32Array) => void;
  /** Colour histograms of all rows [rows, 64]. */
  readonly colours: Float32Array;
  readonly close: () => void;
};

/** What fills a file, in the order of its rows. */
export type FeatureRows = AsyncIterable<{ readonly values: Float32Array; readonly colours: Float32Array }>;

/** A file that is whole, by the hashes it was written with; null where there is none. */
export async function openFeatureFile(folder: string): Promise<FeatureFile | null> {
  try {
    const facts = JSON.parse(await readFile(path.join(folder, FACTS), 'utf8')) as Facts;
    const colours = await readFile(path.join(folder, COLOURS));
    const descriptor = openSync(path.join(folder, ROWS), 'r');
    const isWhole =
      fstatSync(descriptor).size === facts.rows * facts.width * 4 &&
      sha256OfFile(descriptor) === facts.rows_sha256 &&
      createHash('sha256').update(colours).digest('hex') === facts.colours_sha256;
    if (isWhole) return reader(descriptor, facts, floatsOf(colours));
    closeSync(descriptor);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' && !(error instanceof SyntaxError)) throw error;
  }
  return null;
}

/** Writes a file under a name of its own and gives it its place when it is whole; several processes may do so at once. */
export async function writeFeatureFile(folder: string, width: number, rows: FeatureRows): Promise<void> {
  const parent = path.dirname(folder);
  await mkdir(parent, { recursive: true });
  const temporary = await mkdtemp(path.join(parent, '.recording-'));
  try {
    const file = await open(path.join(temporary, ROWS), 'wx');
    const hash = createHash('sha256');
    const colours: Buffer[] = [];
    let count = 0;
    try {
      for await (const part of rows) {
        const bytes = bytesOf(part.values);
        hash.update(bytes);
        await file.appendFile(bytes);
        colours.push(Buffer.from(bytesOf(part.colours)));
        count += part.values.length / width;
      }
    } finally {
      await file.close();
    }
    const allColours = Buffer.concat(colours);
    await writeFile(path.join(temporary, COLOURS), allColours);
    const facts: Facts = {
      rows: count,
      width,
      rows_sha256: hash.digest('hex'),
      colours_sha256: createHash('sha256').update(allColours).digest('hex'),
    };
    await writeFile(path.join(temporary, FACTS), JSON.stringify(facts));
    await rm(folder, { recursive: true, force: true });
    await rename(temporary, folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
    });
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

function reader(descriptor: number, { rows, width }: Facts, colours: Float32Array): FeatureFile {
  return {
    rows,
    width,
    colours,
    read: (indices, into) => {
      for (let at = 0; at < indices.length; at += 1) {
        const view = bytesOf(into.subarray(at * width, (at + 1) * width));
        const read = readSync(descriptor, view, 0, view.length, (indices[at] as number) * view.length);
        if (read !== view.length) throw new RangeError(`the file of features has no row ${indices[at]}`);
      }
    },
    close: () => closeSync(descriptor),
  };
}

function bytesOf(values: Float32Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

function floatsOf(bytes: Buffer): Float32Array {
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
}

function sha256OfFile(descriptor: number): string {
  const hash = createHash('sha256');
  const block = Buffer.alloc(BLOCK_BYTES);
  for (let at = 0; ; ) {
    const read = readSync(descriptor, block, 0, block.length, at);
    if (read === 0) return hash.digest('hex');
    hash.update(block.subarray(0, read));
    at += read;
  }
}
