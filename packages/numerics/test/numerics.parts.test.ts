import { execFileSync } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { recorded, rooms, uncounted } from '../src/code-parts.ts';
import { isListed, numericsOf, readNumerics, roomFiles } from '../src/numerics.ts';

const packages = fileURLToPath(new URL('../../', import.meta.url));
const root = fileURLToPath(new URL('../../../', import.meta.url));

describe('the version of the numerics', () => {
  let pristine: string;
  let copy: string;

  beforeAll(async () => {
    pristine = await mkdtemp(path.join(tmpdir(), 'numerics-'));
    for (const room of rooms) {
      for (const part of ['dist', 'src']) {
        await cp(`${packages}/${room}/${part}`, `${pristine}/${room}/${part}`, { recursive: true });
      }
      await cp(`${packages}/${room}/package.json`, `${pristine}/${room}/package.json`);
    }
  });
  beforeEach(async () => {
    copy = await mkdtemp(path.join(tmpdir(), 'numerics-'));
    await cp(pristine, copy, { recursive: true });
    return () => rm(copy, { recursive: true });
  });
  afterAll(() => rm(pristine, { recursive: true }));

  async function edit(file: string, change: (text: string) => string): Promise<void> {
    const text = await readFile(`${copy}/${file}`, 'utf8');
    expect(change(text)).not.toBe(text);
    await writeFile(`${copy}/${file}`, change(text));
  }

  it('is that of the code, wherever it lies', () => {
    expect(numericsOf(copy)).toEqual(readNumerics());
    expect(readNumerics().version).toMatch(/^[0-9a-f]{64}$/);
  });

  it('is another for a loss written in another order, which a recorded step does not notice', async () => {
    await edit('losses/dist/metric-losses/triplet.js', (text) => text.replace('tf.add(margin, ', 'tf.add(0, margin, '));
    const changed = numericsOf(copy);
    expect(changed.version).not.toBe(readNumerics().version);
    expect(changed.host).toBe(readNumerics().host);
  });

  it.each([
    'losses/dist/batch-layout.js',
    'evaluation/dist/recall-at-k.js',
    'datasets/dist/class-balanced-sampler.js',
    'datasets/dist/pictures/pillow-resize.js',
    'training/dist/optimizers/adam.js',
    'training/dist/training-loop.js',
    'catalogue/dist/datasets/measures.js',
    'models/dist/initial-state.js',
  ])('is another for a change in %s, and no run goes on across it', async (file) => {
    await edit(file, (text) => `${text}\nexport const more = 1;`);
    const changed = numericsOf(copy);
    expect(changed.version).not.toBe(readNumerics().version);
    expect(changed.host).not.toBe(readNumerics().host);
  });

  it.each(['datasets', 'tensorflow'])('is another for another library in %s', async (room) => {
    await edit(`${room}/package.json`, (text) => text.replace(/"(sharp|@tensorflow[^"]*)": "/, '"$1": "9'));
    expect(numericsOf(copy).host).not.toBe(readNumerics().host);
  });

  it('is the same beside what an older build left', async () => {
    await writeFile(`${copy}/losses/dist/of-an-old-release.js`, 'export const more = 1;');
    expect(numericsOf(copy)).toEqual(readNumerics());
  });

  it('is the same for what computes nothing', async () => {
    await edit('datasets/dist/verify-dataset.js', (text) => `${text}\nexport const more = 1;`);
    await edit('catalogue/dist/datasets/folder.js', (text) => `${text}\nexport const more = 1;`);
    expect(numericsOf(copy)).toEqual(readNumerics());
  });

  it('counts every file but those named, and names none that is not there', () => {
    const names = rooms.flatMap((room) => roomFiles(packages, room)).map(({ name }) => name);
    const isThere = (entry: string) => names.some((name) => isListed(name, [entry]));
    expect([...uncounted, ...recorded].filter((entry) => !isThere(entry))).toEqual([]);
    expect(recorded.filter((entry) => isListed(entry, uncounted))).toEqual([]);
    expect(names.filter((name) => !isListed(name, uncounted)).length).toBeGreaterThan(80);
  });

  it('does not see comments, types and layout: the compiler takes them out', async () => {
    const compile = async (text: string): Promise<string> => {
      await writeFile(`${copy}/one.ts`, text);
      const config = { extends: path.join(root, 'tsconfig.base.json'), compilerOptions: { outDir: copy, types: [] } };
      await writeFile(`${copy}/tsconfig.json`, JSON.stringify({ ...config, files: ['one.ts'] }));
      await writeFile(`${copy}/package.json`, '{"type":"module"}');
      execFileSync(process.execPath, [path.join(root, 'node_modules/.bin/tsc'), '-p', `${copy}/tsconfig.json`]);
      return readFile(`${copy}/one.js`, 'utf8');
    };
    const plain = await compile('export function twice(x: number): number {\n  return 2 * x;\n}\n');
    const commented = await compile(
      '/** Twice. */\nexport function twice(x: 1 | 2): number {\n\n  // why\n  return 2 * x; // here\n}\n',
    );
    expect(commented).toBe(plain);
  });
});
