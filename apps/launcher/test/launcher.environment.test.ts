import { afterEach, expect, it } from 'vitest';
import { readSystemOptions } from '../src/system-options.ts';
import { type LauncherUnderTest, launcherUnderTest } from './launcher-under-test.ts';

let one: LauncherUnderTest | null = null;
afterEach(() => one?.remove());

it('starts whatever other tools have put into the environment', async () => {
  one = launcherUnderTest();
  const foreign = {
    PGHOST: 'db.example.org',
    PGPORT: '1',
    PGUSER: 'x',
    PGPASSWORD: 'y',
    PGDATABASE: 'z',
    PGSSLMODE: 'require',
    PGOPTIONS: '-c nothing=1',
    HOST: 'x86_64-conda-linux-gnu',
    LOG_LEVEL: 'INFO',
    NODE_ENV: 'production',
    NODE_PATH: '/x',
    HTTP_PROXY: 'http://127.0.0.1:9',
    HTTPS_PROXY: 'http://127.0.0.1:9',
    NODE_USE_ENV_PROXY: '1',
    LC_ALL: 'tr_TR.UTF-8',
    TZ: 'Asia/Kolkata',
    SPHERELAB_WORKERS: '',
    PORT: '',
    XDG_CACHE_HOME: '',
    // To be taken out of what services get: with this, each of theirs would want the same port of the debugger.
    NODE_OPTIONS: '--max-old-space-size=512',
  };
  const { child, ready, ended } = one.start(foreign, []);
  const url = await ready;
  expect(new URL(url).hostname).toBe('127.0.0.1');
  expect((await fetch(`${url}/readyz`)).status).toBe(200);
  const names = one.processes().map(({ command }) => /(api|worker)\/dist\/\w+\.js/.exec(command)?.[0]);
  expect(names).toContain('worker/dist/main.js');
  child.kill('SIGTERM');
  expect(await ended).toBe(0);
});

it('takes an empty variable for one that was left out, and no blank for a number', () => {
  const empty = {
    SPHERELAB_WORKERS: '',
    SPHERELAB_STATE_DIR: '',
    SPHERELAB_DATA_DIR: '',
    PORT: '',
    SPHERELAB_HOST: '',
  };
  expect(readSystemOptions([], empty)).toEqual(readSystemOptions([], {}));
  expect(() => readSystemOptions(['--workers', ''], {})).toThrow('--workers must be a whole number');
  expect(() => readSystemOptions([], { PORT: 'tcp://10.0.0.1:80' })).toThrow('--port must be a whole number');
});
