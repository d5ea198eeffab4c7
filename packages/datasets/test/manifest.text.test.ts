import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import {
  decodeManifest,
  encodeManifest,
  type Manifest,
  type ManifestEntry,
  manifestSha256,
} from '../src/content/manifest.ts';
import { manifestDifferences } from '../src/content/manifest-differences.ts';

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');
const entry = (path: string, label: number, content = path): ManifestEntry => ({
  path,
  label,
  sha256: hashOf(content),
});

const manifest: Manifest = {
  train: [entry('images/a/1.png', 0), entry('images/a/2.png', 0), entry('images/b/3.png', 1)],
  test: [entry('images/c/1.png', 2), entry('images/d/1.png', 3)],
  gallery: null,
};
const withTrain = (train: readonly ManifestEntry[]): Manifest => ({ ...manifest, train });

describe('a manifest as text', () => {
  test('has a line for each image, and its hash is that of the text', () => {
    const text = Buffer.from(encodeManifest(manifest)).toString();
    expect(text.split('\n').slice(0, 2)).toEqual(['train 3', `images/a/1.png,0,${hashOf('images/a/1.png')}`]);
    expect(manifestSha256(manifest)).toBe(hashOf(text));
  });

  test.each([
    ['commas, line ends and backslashes', 'images/a,b/1,2\n3\\n\r\u2028.png'],
    ['a name that looks like the head of a part', 'test 3'],
    ['letters beyond the basic plane', 'images/𝒳/1.png'],
  ])('is read back as it was with %s in a name', (_, path) => {
    const odd: Manifest = { ...withTrain([entry(path, 12)]), gallery: [entry(path, 12), entry('x', 3)] };
    expect(decodeManifest(encodeManifest(odd))).toEqual(odd);
  });

  test.each([
    '',
    'train 1\n',
    'train 0\n',
    'train 0\ntest 0\nmore',
    'train 0\ntest 0\nimages/a,0,ff\n',
    'test 0\ntrain 0\n',
    'train 1\na,b\ntest 0\n',
  ])('%j is refused', (text) => {
    expect(() => decodeManifest(Buffer.from(text))).toThrow(/manifest/);
  });
});

describe('differences of manifests', () => {
  const [first, second, third] = manifest.train as [ManifestEntry, ManifestEntry, ManifestEntry];

  test('are none where nothing changed', () => {
    expect(manifestDifferences(manifest, decodeManifest(encodeManifest(manifest)))).toEqual([]);
  });

  test('name each image that is new, gone, other, moved or in another class', () => {
    const now: Manifest = {
      train: [first, { ...third, sha256: hashOf('other') }, entry('images/c/9.png', 1)],
      test: [entry('images/c/1.png', 4), entry('images/d/1.png', 3), second],
      gallery: null,
    };
    expect(manifestDifferences(manifest, now)).toEqual([
      'images/b/3.png: other bytes',
      'images/c/9.png: added',
      'label of images/c/1.png changed from 2 to 4',
      'images/a/2.png: moved from train to test',
    ]);
    expect(manifestDifferences(withTrain([first, second]), withTrain([first, third]))).toEqual([
      'images/b/3.png: added',
      'images/a/2.png: removed',
    ]);
  });

  test('say where the images are the same in another order', () => {
    expect(manifestDifferences(manifest, withTrain([second, first, third]))).toEqual([
      'order of the train list changed',
    ]);
  });

  test('are found in a gallery that shares its images with the queries', () => {
    const shared: Manifest = { ...manifest, gallery: manifest.test };
    const [query] = manifest.test as [ManifestEntry];
    expect(manifestDifferences(manifest, shared)[0]).toBe('images/c/1.png: moved from test to test and gallery');
    const now = { ...shared, test: [query], gallery: [query] };
    expect(manifestDifferences(shared, now)).toEqual(['images/d/1.png: removed']);
  });
});
