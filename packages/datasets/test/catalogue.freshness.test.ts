import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  cpSync,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { type Catalogue, openCatalogue } from '@spherelab/datasets/catalogue';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { changesSeen, FolderWatch } from '../src/catalogue/folder-watch.ts';
import { KnownDatasets } from '../src/catalogue/known-datasets.ts';
import { type ByteFolder, canWatch, makeByteFolder } from './byte-folder.ts';

let bytes: ByteFolder;
let datasets: KnownDatasets;

beforeEach(async () => {
  bytes = await makeByteFolder('Toy', 4, 5);
  datasets = new KnownDatasets({ cacheFolder: null });
});

afterEach(async () => {
  datasets.close();
  await bytes.remove();
});

function watchThatGaveUp(): FolderWatch {
  const watch = new FolderWatch();
  watch.giveUp();
  return watch;
}

/** What somebody finds who has never seen the folder. */
async function freshSha256(): Promise<string> {
  const stranger = new KnownDatasets({ cacheFolder: null, openWatch: watchThatGaveUp });
  return (await stranger.describe(bytes.dataRoot, 'Toy', 'paper')).dataSha256;
}

describe.each([
  ['watched', () => new FolderWatch()],
  ['that cannot be watched', watchThatGaveUp],
])('a folder %s', (kind, openWatch) => {
  let described: () => Promise<string>;

  beforeEach(() => {
    datasets = new KnownDatasets({ cacheFolder: null, openWatch });
    described = async () => (await datasets.describe(bytes.dataRoot, 'Toy', 'paper')).dataSha256;
  });

  /** Asks, changes, asks. The second answer is another one, and right. */
  async function expectNoticed(change: () => void): Promise<void> {
    const before = await described();
    change();
    const after = await described();
    expect(after).not.toBe(before);
    expect(after).toBe(await freshSha256());
  }

  test('is the same to the next question where nothing changed', async () => {
    expect(await described()).toBe(await described());
    expect(await described()).toBe(await freshSha256());
  });

  test('is other data to the next question where all images were replaced under their names and sizes', () =>
    expectNoticed(bytes.replaceAll));

  test('is other data where one byte changed under the same size and mtime', () =>
    expectNoticed(() => {
      const file = bytes.image('c1/3.png');
      const { atime, mtime } = statSync(file);
      const content = readFileSync(file);
      content[0] = (content[0] as number) ^ 1;
      writeFileSync(file, content);
      utimesSync(file, atime, mtime);
    }));

  test('is other data where a class was removed and made again, and once more', async () => {
    const replaceClass = () => {
      rmSync(bytes.image('c2'), { recursive: true });
      mkdirSync(bytes.image('c2'));
      writeFileSync(bytes.image('c2/0.png'), randomBytes(10));
    };
    await expectNoticed(replaceClass);
    await expectNoticed(replaceClass);
    await expectNoticed(() => writeFileSync(bytes.image('c2/0.png'), randomBytes(10)));
  });

  test('is other data where another folder took its name, and where that one changes', async () => {
    const own = path.join(bytes.dataRoot, 'Toy');
    cpSync(own, path.join(bytes.dataRoot, 'other'), { recursive: true });
    writeFileSync(path.join(bytes.dataRoot, 'other/images/c0/0.png'), 'other');
    await expectNoticed(() => {
      renameSync(own, path.join(bytes.dataRoot, 'old'));
      renameSync(path.join(bytes.dataRoot, 'other'), own);
    });
    await expectNoticed(() => writeFileSync(bytes.image('c0/1.png'), 'more'));
  });

  test('is other data where a class is added, where a split.json appears and where it changes', async () => {
    await expectNoticed(() => cpSync(bytes.image('c0'), bytes.image('c9'), { recursive: true }));
    const split = path.join(bytes.dataRoot, 'Toy/split.json');
    await expectNoticed(() => writeFileSync(split, '{"train": ["c0", "c1"], "test": ["c2", "c3"]}'));
    await expectNoticed(() => writeFileSync(split, '{"train": ["c0", "c1"], "test": ["c3", "c2"]}'));
  });

  test('is other data where the file that a symbolic link leads to changed', async () => {
    const store = path.join(bytes.dataRoot, 'store');
    mkdirSync(store);
    writeFileSync(path.join(store, 'x'), 'one');
    symlinkSync(path.join(store, 'x'), bytes.image('c0/x.png'));
    await expectNoticed(() => writeFileSync(path.join(store, 'x'), 'two'));
    await expectNoticed(() => {
      renameSync(store, `${store}-old`);
      mkdirSync(store);
      writeFileSync(path.join(store, 'x'), 'six');
    });
  });

  test('is other data where a link on the way to its images leads elsewhere', async () => {
    const at = (name: string): string => path.join(bytes.dataRoot, name);
    for (const name of ['one', 'two', 'three']) {
      mkdirSync(at(name));
      writeFileSync(path.join(at(name), '1.png'), name);
    }
    const point = (link: string, target: string): void => {
      rmSync(link, { force: true });
      symlinkSync(target, link);
    };
    point(at('link'), at('one'));
    point(bytes.image('c8'), '../../link');
    await expectNoticed(() => point(at('link'), at('two')));
    await expectNoticed(() => writeFileSync(path.join(at('two'), '1.png'), 'more'));
    await expectNoticed(() => point(bytes.image('c8'), at('three')));
    await expectNoticed(() => writeFileSync(path.join(at('three'), '1.png'), 'other'));
  });

  test('is other data where an image changed through another name of its file', async () => {
    const other = path.join(bytes.dataRoot, 'elsewhere.png');
    linkSync(bytes.image('c0/0.png'), other);
    await expectNoticed(() => writeFileSync(other, 'two'));
  });

  test('that becomes unusable is refused, and is told again when it is whole', async () => {
    const before = await described();
    renameSync(bytes.image('c3'), path.join(bytes.dataRoot, 'away'));
    mkdirSync(bytes.image('c3'));
    await expect(described()).rejects.toMatchObject({ code: 'too_few_images' });
    rmSync(bytes.image('c3'), { recursive: true });
    renameSync(path.join(bytes.dataRoot, 'away'), bytes.image('c3'));
    expect(await described()).toBe(before);
    rmSync(path.join(bytes.dataRoot, 'Toy'), { recursive: true });
    await expect(described()).rejects.toMatchObject({ code: 'unknown_dataset' });
  });

  test('that is written while it is read is told right', async () => {
    let isWriting = true;
    const writing = (async () => {
      for (let round = 0; round < 40; round += 1) {
        writeFileSync(bytes.image(`c1/new-${round}.png`), randomBytes(50));
        writeFileSync(bytes.image('c0/0.png'), randomBytes(50));
        await delay(2);
      }
      isWriting = false;
    })();
    while (isWriting) await described();
    await writing;
    expect(await described()).toBe(await freshSha256());
  });

  test('is read by as few scans as can be for questions that come at once', async () => {
    await described();
    const { scans } = datasets.counts();
    bytes.replaceAll();
    const answers = await Promise.all(Array.from({ length: 8 }, described));
    expect(new Set(answers)).toEqual(new Set([await freshSha256()]));
    expect(datasets.counts().scans - scans).toBeLessThanOrEqual(kind === 'watched' ? 2 : 4);
  });
});

test.runIf(canWatch())(
  'a watched folder that does not change is read once, for both protocols and every spelling',
  async () => {
    const facts = await datasets.describe(bytes.dataRoot, 'Toy', 'paper');
    const { scans, hashedFiles } = datasets.counts();
    expect({ scans, hashedFiles }).toEqual({ scans: 1, hashedFiles: bytes.names.length });
    for (const name of ['toy', 'TOY', 'Toy']) {
      expect(await datasets.describe(bytes.dataRoot, name, 'paper')).toEqual({ ...facts, name: 'Toy' });
    }
    await expect(datasets.describe(bytes.dataRoot, 'toy', 'validation')).rejects.toMatchObject({ field: 'protocol' });
    expect(datasets.counts().scans).toBe(scans);
  },
);

test('protocol validation has a hash of its own lists: an image of the test classes is not in it', async () => {
  for (const name of ['c4', 'c5', 'c6', 'c7']) cpSync(bytes.image('c0'), bytes.image(name), { recursive: true });
  const both = () =>
    Promise.all((['paper', 'validation'] as const).map((name) => datasets.describe(bytes.dataRoot, 'Toy', name)));
  const [paper, validation] = await both();
  writeFileSync(bytes.image('c7/0.png'), 'other');
  const [changed, same] = await both();
  expect(changed?.dataSha256).not.toBe(paper?.dataSha256);
  expect(same?.dataSha256).toBe(validation?.dataSha256);
});

test('the generated data set has the content of its list', async () => {
  const [own, other] = [
    await datasets.describe(null, 'shapes', 'paper'),
    await datasets.describe(null, 'SHAPES', 'paper'),
  ];
  expect(other).toEqual(own);
  expect(own).toMatchObject({ name: 'shapes', dataSha256: expect.stringMatching(/^[0-9a-f]{64}$/) });
});

test.runIf(canWatch())('data sets beyond what is watched at once are let go, and found again', async () => {
  const names = Array.from({ length: 70 }, (_, index) => `set-${index}`);
  for (const name of names)
    cpSync(path.join(bytes.dataRoot, 'Toy'), path.join(bytes.dataRoot, name), { recursive: true });
  const first = await datasets.describe(bytes.dataRoot, 'set-0', 'paper');
  for (const name of names) await datasets.describe(bytes.dataRoot, name, 'paper');
  const { scans } = datasets.counts();
  await datasets.describe(bytes.dataRoot, 'set-69', 'paper');
  expect(datasets.counts().scans).toBe(scans);
  expect(await datasets.describe(bytes.dataRoot, 'set-0', 'paper')).toEqual(first);
  expect(datasets.counts().scans).toBeGreaterThan(scans);
});

test('a folder that never comes to rest is told as it was found at last, and found again by the next question', async () => {
  const watch = new FolderWatch();
  let isRestless = true;
  const change = (): void => {
    watch.noteChange();
    if (isRestless) setImmediate(change);
  };
  datasets = new KnownDatasets({ cacheFolder: null, openWatch: () => watch });
  change();
  await datasets.describe(bytes.dataRoot, 'Toy', 'paper');
  const { scans } = datasets.counts();
  expect(scans).toBeLessThanOrEqual(6);
  const earlier = datasets.describe(bytes.dataRoot, 'Toy', 'paper');
  while (datasets.counts().scans < scans + 5) await delay(1);
  bytes.replaceAll();
  isRestless = false;
  expect((await datasets.describe(bytes.dataRoot, 'Toy', 'paper')).dataSha256).toBe(await freshSha256());
  await earlier;
});

test.runIf(canWatch())('more changes than the kernel keeps for a reader count for every folder', async () => {
  const [busy, quiet] = [new FolderWatch(), new FolderWatch()];
  try {
    busy.follow([bytes.image('c0')]);
    quiet.follow([bytes.image('c1')]);
    for (let index = 0; index < 5_000; index += 1) writeFileSync(bytes.image(`c0/x${index % 10}`), '');
    await changesSeen();
    expect(busy.changes).toBeGreaterThan(1_000);
    expect(quiet.changes).toBe(1);
  } finally {
    busy.giveUp();
    quiet.giveUp();
  }
});

describe('the catalogue', () => {
  let catalogue: Catalogue;
  beforeEach(() => {
    catalogue = openCatalogue({ cacheFolder: bytes.cacheFolder });
    return () => catalogue.close();
  });

  const script = `
    const { openCatalogue } = await import('@spherelab/datasets/catalogue');
    const [dataRoot, cacheFolder] = process.argv.slice(1);
    const catalogue = openCatalogue({ cacheFolder });
    const { dataSha256 } = await catalogue.describe(dataRoot, 'toy');
    const { hashedFiles } = await catalogue.counts();
    console.log(JSON.stringify({ dataSha256, hashedFiles }));`;

  /** Asks in a process of its own, which closes nothing and ends all the same. */
  async function elsewhere(): Promise<{ dataSha256: string; hashedFiles: number }> {
    const args = ['--input-type=module', '-e', script, bytes.dataRoot, bytes.cacheFolder];
    const cwd = path.join(import.meta.dirname, '..');
    const { stdout, stderr } = await promisify(execFile)(process.execPath, args, { cwd, timeout: 20_000 });
    expect(stderr).toBe('');
    return JSON.parse(stdout) as { dataSha256: string; hashedFiles: number };
  }

  test('hashes one image where one was added, in a process that comes later too', async () => {
    await delay(2_100); // what has just been written is hashed again
    const { dataSha256 } = await catalogue.describe(bytes.dataRoot, 'toy');
    const { hashedFiles } = await catalogue.counts();
    expect(hashedFiles).toBe(bytes.names.length);
    expect(await elsewhere()).toEqual({ dataSha256, hashedFiles: 0 });
    writeFileSync(bytes.image('c0/more.png'), randomBytes(10));
    expect((await elsewhere()).hashedFiles).toBeGreaterThan(0);
    await delay(2_100);
    const later = await elsewhere();
    expect(later.hashedFiles).toBe(1);
    expect((await catalogue.describe(bytes.dataRoot, 'toy')).dataSha256).toBe(later.dataSha256);
    expect((await catalogue.counts()).hashedFiles).toBeLessThanOrEqual(hashedFiles + 1);
  });

  test('tells a file of weights by content, and null where there is none', async () => {
    mkdirSync(path.join(bytes.dataRoot, 'weights'));
    const file = path.join(bytes.dataRoot, 'weights/w.pth');
    writeFileSync(file, randomBytes(3_000_000));
    const first = await catalogue.weightsSha256(bytes.dataRoot, 'w.pth');
    expect(await catalogue.weightsSha256(bytes.dataRoot, 'w.pth')).toBe(first);
    writeFileSync(file, randomBytes(3_000_000));
    expect(await catalogue.weightsSha256(bytes.dataRoot, 'w.pth')).not.toBe(first);
    expect(await catalogue.weightsSha256(bytes.dataRoot, 'none.pth')).toBeNull();
  });

  test('says what is wrong as the room of data sets does', async () => {
    await expect(catalogue.describe(bytes.dataRoot, 'birds')).rejects.toMatchObject({
      name: 'DatasetError',
      code: 'unknown_dataset',
      field: 'dataset',
    });
    await expect(catalogue.describe(null, 'toy')).rejects.toMatchObject({ code: 'no_data_root' });
    expect((await catalogue.list(bytes.dataRoot)).map(({ name, problem }) => [name, problem])).toEqual([
      ['shapes', null],
      ['Toy', null],
    ]);
  });

  test('leaves the loop of its process free while it hashes 3,000 images', { retry: 2 }, async () => {
    const many = await makeByteFolder('many', 10, 300);
    try {
      await catalogue.counts(); // the thread is there
      let longest = 0;
      let last = performance.now();
      const timer = setInterval(() => {
        longest = Math.max(longest, performance.now() - last);
        last = performance.now();
      }, 1);
      await catalogue.describe(many.dataRoot, 'many');
      clearInterval(timer);
      expect((await catalogue.counts()).hashedFiles).toBeGreaterThanOrEqual(3_000);
      expect(longest).toBeLessThan(50);
    } finally {
      await many.remove();
    }
  });

  test('refuses what is asked after it was closed', async () => {
    const open = catalogue.describe(bytes.dataRoot, 'toy');
    open.catch(() => undefined);
    await catalogue.close();
    await expect(open).rejects.toThrow('closed');
    await expect(catalogue.list(null)).rejects.toThrow('closed');
  });
});
