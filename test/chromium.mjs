import { spawnSync } from 'node:child_process';

/** What to do where no browser is found. */
export const chromiumMissing = 'no Chromium found: `apt-get install chromium`, or name one in SPHERELAB_CHROMIUM';

const names = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];

/** A Chromium of this machine; where there is none and packages may be installed, Debian's; else null. */
export function provideChromium() {
  return find() ?? (install() ? find() : null);
}

/** Absolute path of the first that runs. */
function find() {
  for (const name of [process.env.SPHERELAB_CHROMIUM ?? '', ...names]) {
    const { status, stdout } = spawnSync('sh', ['-c', 'command -v "$0"', name], { encoding: 'utf8' });
    const file = stdout.trim();
    if (name !== '' && status === 0 && spawnSync(file, ['--version'], { stdio: 'ignore' }).status === 0) return file;
  }
  return null;
}

function install() {
  if (process.getuid?.() !== 0 || spawnSync('apt-get', ['--version'], { stdio: 'ignore' }).status !== 0) return false;
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const run = (...args) => spawnSync('apt-get', args, { stdio: 'ignore', timeout: 240_000, env }).status === 0;
  return (
    run('install', '-y', '--no-install-recommends', 'chromium') ||
    (run('update') && run('install', '-y', '--no-install-recommends', 'chromium'))
  );
}
