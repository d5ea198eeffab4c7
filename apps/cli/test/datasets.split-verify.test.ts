import { linkSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { goldenRoot, readGolden } from '../../../test/golden-reader.ts';
import { runSpherelab } from './run-spherelab.ts';

type GoldenList = { readonly list_file: string; readonly text: string; readonly count: number };
type Manifest = {
  readonly root: string;
  readonly datasets: Readonly<Record<string, Readonly<Record<string, GoldenList>>>>;
  readonly inshop_gallery_without_query: {
    readonly list_file: string;
    readonly text: Readonly<Record<'train' | 'query' | 'gallery', string>>;
  };
};

const { manifest } = readGolden<Manifest>('splits');
const goldenTree = path.join(goldenRoot(), 'splits', manifest.root);
const names = Object.keys(manifest.datasets);
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'spherelab-cli-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

/** `spherelab datasets ...` as a user types it, whatever its exit code. */
const datasets = (dataRoot: string, ...args: string[]) =>
  runSpherelab(['datasets', ...args], { SPHERELAB_DATA_DIR: dataRoot });

describe('datasets split', () => {
  it.each(names)('writes the lists of %s byte by byte as the reference does, and says so in JSON', async (name) => {
    const { code, stdout } = await datasets(goldenTree, 'split', name, '--out', folder, '--json');
    expect(code).toBe(0);
    const printed = JSON.parse(stdout) as { lists: { part: string; file: string; images: number }[] };
    const lists = Object.entries(manifest.datasets[name] ?? {});
    expect(printed.lists.map(({ part, images }) => [part, images])).toEqual(
      lists.map(([part, { count }]) => [part, count]),
    );
    for (const [, { list_file: file, text }] of lists) {
      expect(readFileSync(path.join(folder, path.basename(file)), 'utf8')).toBe(text);
    }
  });

  it('writes them where the reference has them, unless told otherwise', async () => {
    await cp(goldenTree, folder, { recursive: true });
    const [name = ''] = names;
    expect((await datasets(folder, 'split', name)).code).toBe(0);
    for (const { list_file: file, text } of Object.values(manifest.datasets[name] ?? {})) {
      expect(readFileSync(path.join(folder, file), 'utf8')).toBe(text);
    }
  });

  it('writes a gallery that ends early as the reference does, and says that it did', async () => {
    const { list_file: file, text } = manifest.inshop_gallery_without_query;
    mkdirSync(path.join(folder, 'Inshop'));
    await cp(path.join(goldenRoot(), 'splits', file), path.join(folder, 'Inshop', 'list_eval_partition.txt'));
    const { code, stdout } = await datasets(folder, 'split', 'Inshop');
    expect(code).toBe(0);
    expect(stdout).toContain('the gallery ends before it');
    for (const [part, expected] of Object.entries(text)) {
      expect(readFileSync(path.join(folder, 'Inshop', `inshop_${part}.txt`), 'utf8')).toBe(expected);
    }
  });

  it.each([
    ['cub', 'CUB_200_2011/images.txt was expected under the data root'],
    ['shapes', 'has no files to list'],
    ['nothing', 'there is no data set "nothing"'],
  ])('fails for %s with the reason where there is nothing to list', async (name, reason) => {
    const { code, stderr } = await datasets(folder, 'split', name);
    expect(code).toBe(1);
    expect(stderr).toContain(reason);
    expect(stderr).not.toContain('    at ');
  });
});

it.each([
  ['datasets', 'verify', 'CUB_200_2011'],
  ['datasets', 'split', 'CUB_200_2011'],
  ['embed', '--dataset', 'CUB_200_2011', '--weights', 'random', '--out', 'E.npy'],
])('%s %s refuses another name of a data set of the paper with the one that was meant', async (...args) => {
  mkdirSync(path.join(folder, 'CUB_200_2011'));
  const { code, stderr } = await runSpherelab(args, { SPHERELAB_DATA_DIR: folder });
  expect([code, stderr]).toEqual([1, expect.stringContaining('did you mean cub?')]);
});

type Verification = {
  readonly ok: boolean;
  readonly missing: readonly string[];
  readonly unreadable: readonly { readonly path: string }[];
  readonly problem: string | null;
};

describe('datasets verify', () => {
  const picture = path.join(goldenRoot(), 'preprocess', 'images', 'tiny-restart.jpg');

  async function makeOwn(): Promise<string[]> {
    const files: string[] = [];
    for (const className of ['a', 'b', 'c', 'd']) {
      mkdirSync(path.join(folder, 'own', 'images', className), { recursive: true });
      for (const image of ['1.jpg', '2.jpg']) {
        files.push(path.join(folder, 'own', 'images', className, image));
        await cp(picture, files.at(-1) as string);
      }
    }
    return files;
  }

  it.each(names)('prints what it expected of %s, and fails where the counts are others', async (name) => {
    const { code, stdout } = await datasets(goldenTree, 'verify', name);
    expect(code).toBe(1);
    expect(stdout).toMatch(/\d+ \(expected \d+\)/);
    expect(stdout).toContain('is not as expected');
    expect(stdout).not.toMatch(/missing|unreadable/);
  });

  it('succeeds where CUB is complete, and names what is missing', async () => {
    const rows = Array.from({ length: 11_788 }, (_, index) => {
      const number = index < 5_864 ? 1 + (index % 100) : 101 + (index % 100);
      return `${String(number).padStart(3, '0')}.Bird/${index}.jpg`;
    });
    const cub = path.join(folder, 'CUB_200_2011');
    for (let number = 1; number <= 200; number += 1) {
      mkdirSync(path.join(cub, 'images', `${String(number).padStart(3, '0')}.Bird`), { recursive: true });
    }
    writeFileSync(path.join(cub, 'images.txt'), rows.map((row, index) => `${index + 1} ${row}\n`).join(''));
    const source = path.join(folder, 'picture.jpg');
    await cp(picture, source);
    for (const row of rows) linkSync(source, path.join(cub, 'images', row));
    const complete = await datasets(folder, 'verify', 'CUB');
    expect(complete.stdout).toContain('cub is complete');
    expect(complete.code).toBe(0);
    await rm(path.join(cub, 'images', rows[5] as string));
    const { code, stdout } = await datasets(folder, 'verify', 'CUB', '--json');
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ ok: false, missing: [`images/${rows[5]}`], unreadable: [] });
  });

  it('finds a picture that is none by its header, and one that was cut short by decoding it', async () => {
    const files = await makeOwn();
    expect((await datasets(folder, 'verify', 'own', '--decode')).code).toBe(0);
    truncateSync(files[2] as string, 1_000);
    const header = await datasets(folder, 'verify', 'own', '--json');
    expect((JSON.parse(header.stdout) as Verification).ok).toBe(true);
    writeFileSync(files[5] as string, 'no picture');
    const unreadable = async (...flags: string[]): Promise<string[]> => {
      const { code, stdout } = await datasets(folder, 'verify', 'own', '--json', ...flags);
      expect(code).toBe(1);
      return (JSON.parse(stdout) as Verification).unreadable.map((item) => item.path);
    };
    expect(await unreadable()).toEqual(['images/c/2.jpg']);
    expect(await unreadable('--decode')).toEqual(['images/b/1.jpg', 'images/c/2.jpg']);
  });

  it('fails with the reason where the lists cannot be read', async () => {
    const { code, stdout } = await datasets(folder, 'verify', 'sop', '--json');
    expect(code).toBe(1);
    expect((JSON.parse(stdout) as Verification).problem).toMatch(/Ebay_t.*\.txt was expected/);
  });
});
