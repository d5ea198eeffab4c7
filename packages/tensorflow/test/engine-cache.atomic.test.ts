import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { engineCacheFolder, makeCached } from '../src/install/engine-cache.ts';
import { EngineError } from '../src/install/engine-error.ts';
import { findTensorflow, isTensorflowFolder } from '../src/install/find-tensorflow.ts';

let cache: string;

beforeEach(async () => {
  cache = await mkdtemp(path.join(tmpdir(), 'engine-cache-'));
});
afterEach(() => rm(cache, { recursive: true, force: true }));

describe('the engine cache', () => {
  it('shows a folder only when it is whole', async () => {
    const folder = await makeCached(cache, 'thing', async (temporary) => {
      await writeFile(path.join(temporary, 'file'), 'half');
      expect(await readdir(cache)).not.toContain('thing');
      await writeFile(path.join(temporary, 'file'), 'whole');
    });
    expect(await readFile(path.join(folder, 'file'), 'utf8')).toBe('whole');
    expect(await readdir(cache)).toEqual(['thing']);
  });

  it('leaves nothing behind when making it fails', async () => {
    const failing = makeCached(cache, 'thing', () => Promise.reject(new Error('disk full')));
    await expect(failing).rejects.toThrow('disk full');
    expect(await readdir(cache)).toEqual([]);
  });

  it('removes what a killed setup left, and keeps what a living one is making', async () => {
    const { pid: dead } = spawnSync(process.execPath, ['-e', '']);
    await mkdir(path.join(cache, `.making-${dead}-a`));
    await mkdir(path.join(cache, `.making-${process.ppid}-b`));
    await makeCached(cache, 'thing', async () => undefined);
    expect((await readdir(cache)).sort()).toEqual([`.making-${process.ppid}-b`, 'thing']);
  });

  it('keeps the first of two that make the same thing', async () => {
    await makeCached(cache, 'thing', (folder) => writeFile(path.join(folder, 'file'), 'first'));
    const folder = await makeCached(cache, 'thing', (temporary) => writeFile(path.join(temporary, 'file'), 'second'));
    expect(await readFile(path.join(folder, 'file'), 'utf8')).toBe('first');
  });

  it('lies under XDG_CACHE_HOME', () => {
    expect(engineCacheFolder({ XDG_CACHE_HOME: '/x' })).toBe(path.join('/x', 'spherelab', 'engine'));
  });
});

describe('findTensorflow', () => {
  async function fakeTensorflow(folder: string): Promise<string> {
    await mkdir(path.join(folder, 'include/tensorflow/c'), { recursive: true });
    for (const file of ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2', 'include/tensorflow/c/c_api.h']) {
      await writeFile(path.join(folder, file), '');
    }
    return folder;
  }

  it('takes the folder that SPHERELAB_TENSORFLOW_DIR names, or the package in it', async () => {
    const folder = await fakeTensorflow(path.join(cache, 'tensorflow'));
    expect(isTensorflowFolder(folder)).toBe(true);
    for (const named of [folder, cache]) expect(await findTensorflow({ SPHERELAB_TENSORFLOW_DIR: named })).toBe(folder);
  });

  it('refuses a folder that holds none, with what was expected', async () => {
    const refused = findTensorflow({ SPHERELAB_TENSORFLOW_DIR: cache });
    await expect(refused).rejects.toThrow(EngineError);
    await expect(refused).rejects.toThrow('libtensorflow_cc.so.2');
  });
});
