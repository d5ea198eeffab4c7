import { expect, it } from 'vitest';
import { forgetForeignVariables } from '../src/forget-foreign-variables.ts';

function left(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const copy = { ...env };
  forgetForeignVariables(copy);
  return copy;
}

it('takes out what other tools put there for themselves', () => {
  const foreign = {
    PGHOST: 'db.example.org',
    PGSSLMODE: 'require',
    PGOPTIONS: '-c search_path=other',
    PGPASSWORD: 'secret',
    NODE_PG_FORCE_NATIVE: '1',
    NODE_OPTIONS: '--require ./not-there.js --inspect=9229',
    NODE_PATH: '/somewhere',
    TF_XLA_FLAGS: '--tf_xla_auto_jit=2',
    XLA_FLAGS: '--xla_gpu_cuda_data_dir=/x',
  };
  const kept = { PATH: '/bin', HOME: '/root', LANG: 'tr_TR.UTF-8', TZ: 'Asia/Kolkata', CUDA_VISIBLE_DEVICES: '' };
  expect(left({ ...foreign, ...kept })).toEqual(kept);
});

it('takes one of ours that is empty for one that was left out', () => {
  const empty = { SPHERELAB_WORKERS: '', SPHERELAB_STATE_DIR: ' ', DATABASE_URL: '', PORT: '', XDG_CACHE_HOME: '' };
  expect(left({ ...empty, SPHERELAB_DEVICES: 'cpu' })).toEqual({ SPHERELAB_DEVICES: 'cpu' });
});

it('keeps loopback from being asked through a proxy, in both spellings, and nothing else', () => {
  const all = 'a.example,b.example,127.0.0.1,localhost,::1';
  expect(left({ HTTPS_PROXY: 'http://p:1', no_proxy: 'a.example', NO_PROXY: 'b.example, a.example' })).toEqual({
    HTTPS_PROXY: 'http://p:1',
    no_proxy: all,
    NO_PROXY: all,
  });
  expect(left({ http_proxy: 'http://p:1', NO_PROXY: '*' })).toEqual({ http_proxy: 'http://p:1', NO_PROXY: '*' });
  expect(left({ NO_PROXY: 'x' })).toEqual({ NO_PROXY: 'x' });
});
