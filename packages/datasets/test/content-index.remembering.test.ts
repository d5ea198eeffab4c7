import { existsSync, readdirSync, readFileSync, symlinkSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ContentIndex } from '../src/content/content-index.ts';
import { findListedFile, type ListedFile } from '../src/content/listed-file.ts';
import { timeSlices } from '../src/content/time-slices.ts';
import { type ByteFolder, makeByteFolder } from './byte-folder.ts';

let bytes: ByteFolder;

beforeEach(async () => {
  bytes = await makeByteFolder('toy', 2, 3);
});

afterEach(() => {
  vi.restoreAllMocks();
  return bytes.remove();
});

const { now } = Date;

/** Stamps of files that have just been written are not final, so nothing would be remembered: the clock goes on. */
function untilFinal(): void {
  vi.spyOn(Date, 'now').mockImplementation(() => now() + 5_000);
}

/** Hashes every image and saves. @returns hashes and how many files were read for them */
async function hashAll(cacheFolder: string | null = bytes.cacheFolder): Promise<{ hashes: string[]; hashed: number }> {
  const index = new ContentIndex(bytes.dataRoot, cacheFolder);
  const hashes: string[] = [];
  for (const name of bytes.names) {
    hashes.push(await index.sha256Of(name, findListedFile(bytes.image(name)) as ListedFile, timeSlices()));
  }
  index.save();
  return { hashes, hashed: index.hashed };
}

function indexFile(): string {
  const folder = path.join(bytes.cacheFolder, 'content');
  const [file = ''] = readdirSync(folder);
  return path.join(folder, file);
}

test('a file is hashed once, by whichever process comes first', async () => {
  untilFinal();
  const first = await hashAll();
  expect(first.hashed).toBe(6);
  expect(await hashAll()).toEqual({ hashes: first.hashes, hashed: 0 });
  expect(readdirSync(path.join(bytes.cacheFolder, 'content'))).toHaveLength(1);
});

test('a file that has just been written may change within its stamp, and is hashed again', async () => {
  await hashAll();
  expect((await hashAll()).hashed).toBe(6);
});

test('a byte that changes under the same size and mtime is another hash', async () => {
  const file = bytes.image(bytes.names[2] as string);
  const times = new Date(Date.now() - 60_000);
  utimesSync(file, times, times);
  untilFinal();
  const before = await hashAll();
  const content = readFileSync(file);
  content[7] = (content[7] as number) ^ 1;
  writeFileSync(file, content);
  utimesSync(file, times, times);
  const after = await hashAll();
  expect(after.hashed).toBe(1);
  expect(after.hashes.filter((hash, index) => hash !== before.hashes[index])).toHaveLength(1);
});

test.each<[string, (file: string) => void]>([
  ['cut short', (file) => truncateSync(file, readFileSync(file).length - 10)],
  ['changed in one place', (file) => writeFileSync(file, readFileSync(file, 'utf8').replace(/png/, 'pnh'))],
  ['of another version', (file) => writeFileSync(file, readFileSync(file, 'utf8').replace('content 1', 'content 0'))],
  ['empty', (file) => truncateSync(file, 0)],
])('an index that is %s is as good as none', async (_, damage) => {
  untilFinal();
  const { hashes } = await hashAll();
  damage(indexFile());
  expect(await hashAll()).toEqual({ hashes, hashed: 6 });
  expect(await hashAll()).toEqual({ hashes, hashed: 0 });
});

test('writers at once leave one whole index', async () => {
  untilFinal();
  const results = await Promise.all(Array.from({ length: 4 }, () => hashAll()));
  expect(new Set(results.map(({ hashes }) => hashes.join()))).toHaveProperty('size', 1);
  expect((await hashAll()).hashed).toBe(0);
});

test('a cache folder that cannot be written costs speed only, and is said once', async () => {
  untilFinal();
  const { hashes } = await hashAll(null);
  const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
  const blocked = path.join(bytes.dataRoot, 'a-file');
  writeFileSync(blocked, '');
  for (let round = 0; round < 2; round += 1) expect(await hashAll(blocked)).toEqual({ hashes, hashed: 6 });
  expect(warn).toHaveBeenCalledOnce();
  expect(warn.mock.calls[0]?.[0]).toContain(blocked);
});

test('nothing is written where no cache is wanted, and links are hashed by what they lead to', async () => {
  const target = bytes.image(bytes.names[0] as string);
  const link = path.join(bytes.dataRoot, 'link.png');
  symlinkSync(target, link);
  const file = findListedFile(link) as ListedFile;
  expect(file).toMatchObject({ isLinked: true, stamp: findListedFile(target)?.stamp });
  await hashAll(null);
  expect(existsSync(bytes.cacheFolder)).toBe(false);
});
