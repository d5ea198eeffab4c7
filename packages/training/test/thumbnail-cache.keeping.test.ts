import { readdir, truncate } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { openThumbnailCache } from '../src/thumbnail-cache.ts';
import { withFolder } from './observed-run.ts';

const of = { content: 'a'.repeat(64), imageSize: 96 };
const webp = Uint8Array.from({ length: 50 }, (_, i) => i);

describe('the thumbnails of this machine', () => {
  test('are kept by the content of the picture and the size of its crop, for every process', async () => {
    await withFolder(async (folder) => {
      await openThumbnailCache(folder).write(of, webp);
      const other = openThumbnailCache(folder);
      expect(Uint8Array.from((await other.read(of)) ?? [])).toEqual(webp);
      expect(await other.read({ ...of, imageSize: 64 })).toBeNull();
      expect(await other.read({ ...of, content: 'b'.repeat(64) })).toBeNull();
    });
  });

  test('a damaged one is not shown', async () => {
    await withFolder(async (folder) => {
      const cache = openThumbnailCache(folder);
      await cache.write(of, webp);
      const [part = ''] = await readdir(path.join(folder, 'thumbnails'));
      const [file = ''] = await readdir(path.join(folder, 'thumbnails', part));
      await truncate(path.join(folder, 'thumbnails', part, file), 60);
      expect(await cache.read(of)).toBeNull();
    });
  });

  test('where they cannot be kept nothing fails', async () => {
    const cache = openThumbnailCache(import.meta.filename);
    await cache.write(of, webp);
    expect(await cache.read(of)).toBeNull();
  });
});
