import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const run = promisify(execFile);

/** Who may import whom: the table of ARCHITECTURE.md. An app may be imported by nobody. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  'packages/catalogue': [],
  'packages/config': ['catalogue'],
  'packages/tensorflow': ['host'],
  'packages/host': [],
  'packages/losses': ['catalogue', 'tensorflow'],
  'packages/weight-files': [],
  'packages/models': ['tensorflow', 'weight-files'],
  'packages/evaluation': ['host', 'tensorflow'],
  'packages/statistics': [],
  'packages/studies': ['config', 'statistics'],
  'packages/queue': ['config'],
  'packages/datasets': ['catalogue', 'config', 'host'],
  'packages/db': ['config'],
  'packages/numerics': ['config'],
  'packages/training': [
    'catalogue',
    'config',
    'datasets',
    'models',
    'losses',
    'evaluation',
    'tensorflow',
    'weight-files',
  ],
  'apps/worker': ['training', 'queue', 'db', 'config', 'numerics', 'host'],
  'apps/api': [
    'catalogue',
    'queue',
    'db',
    'config',
    'datasets/catalogue',
    'numerics',
    'statistics',
    'studies',
    'weight-files/npy',
    'host',
  ],
  'apps/cli': [
    'catalogue',
    'config',
    'evaluation',
    'models',
    'weight-files',
    'datasets',
    'statistics',
    'tensorflow',
    'host',
  ],
  'apps/launcher': ['db', 'host'],
  'apps/dashboard': ['statistics', 'weight-files'],
};

/** The rooms of mathematics know tensors and numbers only. */
const mathsRooms = [
  'packages/losses',
  'packages/models',
  'packages/weight-files',
  'packages/evaluation',
  'packages/statistics',
];
const worldly =
  /from '(node:fs|node:fs\/promises|node:net|node:http|ioredis|pg|bullmq|@prisma\/[^']*)'|process\.env|Date\.now/;

async function trackedSources(): Promise<string[]> {
  const { stdout } = await run(
    'git',
    ['ls-files', '--cached', '--others', '--exclude-standard', '*.ts', '*.tsx', '*.mjs'],
    { cwd: root },
  );
  const files = stdout.split('\n').filter((file) => file !== '' && !file.includes('/generated/'));
  return files.filter(isThere);
}

function isThere(file: string): boolean {
  return existsSync(path.join(root, file));
}

function read(file: string): string {
  return readFileSync(path.join(root, file), 'utf8');
}

describe('the house', () => {
  it('lets each room import only those that the table names', async () => {
    const wrong: string[] = [];
    for (const file of await trackedSources()) {
      const room = file.split('/').slice(0, 2).join('/');
      if (!file.includes('/src/')) continue;
      const allowed = mayImport[room];
      if (allowed === undefined) {
        wrong.push(`${room} is not in the table`);
        continue;
      }
      for (const [, name = ''] of read(file).matchAll(/(?:from|import\(|import) ?'@spherelab\/([^']+)'/g)) {
        // The API may use what of the data sets loads no image library; elsewhere a room's parts go with the room.
        const part = room === 'apps/api' ? name : name.split('/')[0];
        if (!allowed.includes(part as string)) wrong.push(`${file} imports ${name}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('keeps disk, network, clock and environment out of the rooms of mathematics', async () => {
    const files = (await trackedSources()).filter((file) => mathsRooms.some((room) => file.startsWith(`${room}/src/`)));
    expect(files.length).toBeGreaterThan(10);
    expect(files.filter((file) => worldly.test(read(file)))).toEqual([]);
  });

  it('has no file above 400 lines and none whose name says nothing', async () => {
    const files = await trackedSources();
    expect(files.filter((file) => read(file).split('\n').length > 401)).toEqual([]);
    expect(files.filter((file) => /(^|\/)(utils?|helpers?|common|lib|misc|manager)(\/|\.[a-z]+$)/.test(file))).toEqual(
      [],
    );
  });

  it('compiles to code alone, so that no hash of what runs changes with a comment', async () => {
    const sources = (await trackedSources()).filter((file) => /^(packages|apps)\/[^/]+\/src\/.*\.ts$/.test(file));
    const compiled = sources.map((file) => file.replace('/src/', '/dist/').replace(/\.ts$/, '.js')).filter(isThere);
    expect(compiled.length).toBeGreaterThan(100);
    const isComment = /^\s*(\/\*|\/\/(?!# sourceMappingURL=))/m;
    expect(compiled.filter((file) => isComment.test(read(file)))).toEqual([]);
  });

  it('is formatted and linted', async () => {
    await run(path.join(root, 'node_modules/.bin/biome'), ['check', '.'], { cwd: root });
    await run(path.join(root, 'node_modules/.bin/oxlint'), ['--type-aware', '--deny-warnings'], { cwd: root });
  });

  it('has what follows from the catalogue as the records say', async () => {
    await run(process.execPath, ['scripts/generate-registries.mjs', '--check'], { cwd: root });
  });

  it('has WebAssembly that was compiled from its sources', async () => {
    const { stdout } = await run('git', ['ls-files', 'packages'], { cwd: root });
    const files = stdout.split('\n').filter((file) => /\/(assembly|generated)\/[^/]+\.ts$/.test(file));
    const sources = files.filter((file) => file.includes('/assembly/'));
    expect(sources.length).toBeGreaterThan(0);
    for (const source of sources) {
      const made = files.find((file) => file !== source && file.endsWith(`/${path.basename(source)}`));
      const sha256 = createHash('sha256').update(read(source)).digest('hex');
      expect(read(made ?? source), `${source}: run node scripts/generate-assembly.mjs`).toContain(sha256);
    }
  });

  it('names no file in its documents that is not there', async () => {
    const { stdout } = await run('git', ['ls-files', '*.md'], { cwd: root });
    const named = stdout
      .split('\n')
      .filter((file) => file !== '' && !file.startsWith('test/golden/'))
      .flatMap((file) =>
        [...read(file).matchAll(/`((?:packages|apps|scripts|test|bench|docs|prisma|examples)\/[\w./-]+\.\w+)`/g)].map(
          ([, name]) => ({
            file,
            name: name as string,
          }),
        ),
      );
    expect(named.length).toBeGreaterThan(50);
    // What is built or generated is not there in a fresh clone.
    expect(named.filter(({ name }) => !name.includes('/dist/') && !isThere(name))).toEqual([]);
  });

  it('has a lock file that npm ci takes on every platform', async () => {
    await run(process.execPath, ['scripts/complete-lock.mjs', '--check'], { cwd: root });
  });
});
