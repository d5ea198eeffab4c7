import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isStampFinal } from '../file-stamp.ts';
import { sweepCache, unfinishedPrefix } from '../pictures/sweep-cache.ts';
import { hashFile } from './hash-file.ts';
import type { ListedFile } from './listed-file.ts';
import type { Pause } from './time-slices.ts';

/** Raise it whenever the lines mean something else. */
const HEADER = 'spherelab content 1';
/** 200 bytes an image: the hashes of two million. Those of data sets that nobody has scanned for longest make room. */
const LIMIT_BYTES = 512 * 2 ** 20;

type Known = { readonly stamp: string; readonly sha256: string };

let hasWarned = false;

/** A folder that cannot be written costs a hash of each file in the next process, nothing else: it is said once. */
function warnOnce(folder: string, error: unknown): void {
  if (hasWarned) return;
  hasWarned = true;
  const reason = error instanceof Error ? error.message : String(error);
  process.emitWarning(`hashes of images cannot be kept in ${folder}, so each process makes them anew: ${reason}`);
}

/**
 * SHA-256 of the files of a folder, each hashed once while its size, inode and times stay, by all processes that share a
 * cache folder. Its file there appears whole or not at all; one that is damaged or of another version is as good as none.
 */
export class ContentIndex {
  readonly #folder: string;
  readonly #cacheFolder: string | null;
  #known: Map<string, Known>;
  #isSaved = true;
  /** How many files were hashed, because nobody had or because they had changed. */
  hashed = 0;

  /** @param cacheFolder null: nothing is remembered beyond this object */
  constructor(folder: string, cacheFolder: string | null) {
    this.#folder = folder;
    this.#cacheFolder = cacheFolder === null ? null : join(cacheFolder, 'content');
    const file = this.#file();
    this.#known = file === null ? new Map() : readIndex(file);
  }

  #file(): string | null {
    const name = createHash('sha256').update(this.#folder).digest('hex');
    return this.#cacheFolder === null ? null : join(this.#cacheFolder, name);
  }

  /** The hash (hex) of a file under its path in the folder, if it is known for the stamp. */
  known(path: string, file: ListedFile): string | null {
    const before = this.#known.get(path);
    return before?.stamp === file.stamp ? before.sha256 : null;
  }

  /** The same, hashing the file where it is not known. Throws where it cannot be read. */
  async sha256Of(path: string, file: ListedFile, pause: Pause): Promise<string> {
    const known = this.known(path, file);
    if (known !== null) return known;
    const found = await hashFile(file.path, pause);
    this.hashed += 1;
    if (isStampFinal(found)) this.#known.set(path, { stamp: found.stamp, sha256: found.sha256 });
    else this.#known.delete(path);
    this.#isSaved = false;
    return found.sha256;
  }

  /** Forgets all other paths. */
  keepOnly(paths: ReadonlySet<string>): void {
    for (const path of this.#known.keys()) {
      if (paths.has(path)) continue;
      this.#known.delete(path);
      this.#isSaved = false;
    }
  }

  /** Writes what changed since it was read or written. */
  save(): void {
    const file = this.#file();
    if (this.#isSaved || file === null || this.#cacheFolder === null) return;
    this.#isSaved = true;
    try {
      mkdirSync(this.#cacheFolder, { recursive: true });
      const unfinished = join(this.#cacheFolder, `${unfinishedPrefix}${randomUUID()}`);
      try {
        writeFileSync(unfinished, indexText(this.#known));
        renameSync(unfinished, file);
      } catch (error) {
        rmSync(unfinished, { force: true });
        throw error;
      }
      sweepCache(this.#cacheFolder, LIMIT_BYTES);
    } catch (error) {
      warnOnce(this.#cacheFolder, error);
    }
  }
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** A head with the hash of all that follows, then a line for each file: hash, stamp, path as JSON. */
function indexText(known: ReadonlyMap<string, Known>): string {
  const lines = [...known].map(([path, entry]) => `${entry.sha256} ${entry.stamp} ${JSON.stringify(path)}\n`);
  const body = lines.join('');
  return `${HEADER} ${sha256(body)}\n${body}`;
}

function readIndex(file: string): Map<string, Known> {
  try {
    const text = readFileSync(file, 'utf8');
    const end = text.indexOf('\n') + 1;
    const body = text.slice(end);
    if (text.slice(0, end) !== `${HEADER} ${sha256(body)}\n`) return new Map();
    const lines = body.split('\n').slice(0, -1);
    return new Map(lines.map((line) => readLine(line)));
  } catch {
    return new Map(); // not there yet, or not to be read
  }
}

function readLine(line: string): [path: string, known: Known] {
  const stampAt = line.indexOf(' ') + 1;
  const pathAt = line.indexOf(' ', stampAt) + 1;
  const path = JSON.parse(line.slice(pathAt)) as string;
  return [path, { sha256: line.slice(0, stampAt - 1), stamp: line.slice(stampAt, pathAt - 1) }];
}
