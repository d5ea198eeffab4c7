import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { type EmojiOrigin, fetchEmoji } from '../src/emoji/fetch-emoji.ts';
import { folderLists } from '../src/folder-lists.ts';
import { withDataRoot } from './data-root.ts';
import { emojiPackage } from './emoji-package.ts';

const disc = (fill: string) => ({ body: `<circle cx="8" cy="8" r="6" fill="${fill}"/>` });
const wide = { body: '<path d="M0 0h32v16H0z" fill="#000"/>', width: 32 };

/** Four designers who drew the same things in their own colours. */
function originOf(extra: Readonly<Record<string, { body: string }>> = {}): EmojiOrigin {
  const packages = ['red', 'green', 'blue', 'gold'].map((colour) =>
    emojiPackage(colour, {
      icons: { ball: disc(colour), bar: wide, cone: disc(colour), star: disc(colour), ...extra },
    }),
  );
  return {
    packages: packages.map(({ pinned }) => pinned),
    fetch: ({ designer }) => {
      const found = packages.find(({ pinned }) => pinned.designer === designer);
      return found === undefined ? Promise.reject(new Error('no such package')) : Promise.resolve(found.tarball);
    },
    expected: { classes: 4, images: 16 },
  };
}

const picture = (root: string, name: string) => path.join(root, 'emoji/images', name);

describe('the data set emoji', () => {
  it('is a folder of classes like any other, with its sources beside, and no reader complains of them', async () => {
    await withDataRoot({}, async (dataRoot) => {
      const steps: string[] = [];
      const made = await fetchEmoji({ dataRoot, onProgress: (step) => steps.push(step) }, originOf());
      expect(made).toMatchObject({ name: 'emoji', classes: 4, images: 16, made: true });
      expect(steps[0]).toBe('fetching @made-up/red 1.0.0 through npm');
      expect(steps.at(-1)).toBe('rendering 16/16 pictures');
      const { train, test, notes } = await folderLists(dataRoot, 'emoji');
      expect(train.slice(0, 4).map(({ path }) => path)).toEqual(
        ['blue', 'gold', 'green', 'red'].map((designer) => `images/ball/${designer}.png`),
      );
      expect({ test: test.length, notes }).toEqual({ test: 8, notes: [] });
      const sources = await readFile(path.join(dataRoot, 'emoji/SOURCES.md'), 'utf8');
      expect(sources).toContain(
        '| `gold.png` | Set of gold | [Author of gold](https://example.org/gold) | [CC BY 4.0](https://example.org/by) (CC-BY-4.0) | @made-up/gold 1.0.0 | 4 |',
      );
      expect(await readdir(dataRoot)).toEqual(['emoji']);
    });
  });

  it('renders at 96 px on white, centred where a drawing is not square', async () => {
    await withDataRoot({}, async (dataRoot) => {
      await fetchEmoji({ dataRoot }, originOf());
      const { data, info } = await sharp(picture(dataRoot, 'bar/red.png')).raw().toBuffer({ resolveWithObject: true });
      expect(info).toMatchObject({ width: 96, height: 96, channels: 3 });
      const pixel = (x: number, y: number) => [...data.subarray(3 * (96 * y + x), 3 * (96 * y + x) + 3)];
      expect([pixel(48, 10), pixel(48, 48), pixel(2, 48), pixel(48, 86)]).toEqual([
        [255, 255, 255],
        [0, 0, 0],
        [0, 0, 0],
        [255, 255, 255],
      ]);
    });
  });

  it('has the same bytes when it is made again, and is left alone unless that is asked for', async () => {
    await withDataRoot({}, async (dataRoot) => {
      await fetchEmoji({ dataRoot }, originOf());
      const first = await readFile(picture(dataRoot, 'star/gold.png'));
      const refuse: EmojiOrigin = { ...originOf(), fetch: () => Promise.reject(new Error('asked npm')) };
      expect(await fetchEmoji({ dataRoot }, refuse)).toMatchObject({ made: false, classes: 4, images: 16 });
      await writeFile(picture(dataRoot, 'star/gold.png'), 'spoilt');
      expect(await fetchEmoji({ dataRoot, force: true }, originOf())).toMatchObject({ made: true });
      expect(await readFile(picture(dataRoot, 'star/gold.png'))).toEqual(first);
      expect(await readdir(dataRoot)).toEqual(['emoji']);
    });
  });

  it('tells of pictures that are gone', async () => {
    await withDataRoot({}, async (dataRoot) => {
      await fetchEmoji({ dataRoot }, originOf());
      await rm(picture(dataRoot, 'star/gold.png'));
      await expect(fetchEmoji({ dataRoot }, originOf())).rejects.toThrow(
        /emoji: 4 classes with 15 pictures, where 4 with 16 are expected; .*--force/,
      );
    });
  });

  it('leaves nothing behind where a package, a drawing or a count is not as it should be', async () => {
    await withDataRoot({}, async (dataRoot) => {
      const origin = originOf();
      const away = { ...origin, fetch: () => Promise.reject(new Error('no network')) };
      await expect(fetchEmoji({ dataRoot }, away)).rejects.toThrow('no network');
      const broken = originOf({ ball: { body: '<circle' } });
      await expect(fetchEmoji({ dataRoot }, broken)).rejects.toThrow('the drawing ball of red cannot be rendered');
      const more = originOf({ more: disc('red') });
      await expect(fetchEmoji({ dataRoot }, more)).rejects.toThrow('5 classes with 20 pictures');
      expect(await readdir(dataRoot)).toEqual([]);
    });
  });

  it('keeps what was there where making it again fails or is stopped', async () => {
    await withDataRoot({}, async (dataRoot) => {
      await fetchEmoji({ dataRoot }, originOf());
      const broken = originOf({ ball: { body: '<circle' } });
      await expect(fetchEmoji({ dataRoot, force: true }, broken)).rejects.toThrow('cannot be rendered');
      const stop = new AbortController();
      const stopped = fetchEmoji(
        {
          dataRoot,
          force: true,
          signal: stop.signal,
          onProgress: (step) => void (step.startsWith('rendering') && stop.abort('SIGINT')),
        },
        originOf(),
      );
      await expect(stopped).rejects.toBe('SIGINT');
      expect(await readdir(dataRoot)).toEqual(['emoji']);
      expect(await fetchEmoji({ dataRoot }, originOf())).toMatchObject({ made: false });
    });
  });

  it('clears what a killed process left, and nothing of a living one', async () => {
    await withDataRoot({}, async (dataRoot) => {
      const [dead, alive] = ['.emoji-making-999999999-abc', `.emoji-making-${process.pid}-abc`];
      for (const name of [dead, alive]) await mkdir(path.join(dataRoot, name));
      await fetchEmoji({ dataRoot }, originOf());
      expect(await readdir(dataRoot)).toEqual([alive, 'emoji']);
    });
  });

  it('never touches a folder of that name of the user', async () => {
    await withDataRoot({ 'emoji/images/cat/1.png': 'mine', 'emoji/SOURCES.md': '# Mine' }, async (dataRoot) => {
      for (const force of [false, true])
        await expect(fetchEmoji({ dataRoot, force }, originOf())).rejects.toThrow('was not made by');
      expect(await readFile(picture(dataRoot, 'cat/1.png'), 'utf8')).toBe('mine');
    });
  });
});
