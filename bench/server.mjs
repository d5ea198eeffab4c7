// A server of our own for a bench: nothing in its state or cache, gone afterwards.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));

/** @returns {Promise<{ url: string, stop: () => Promise<void>, pid: number }>} @param release folder of a built checkout */
export async function startServer({ folder, workers, release = root, dataRoot = null }) {
  const flags = ['--state', path.join(folder, 'state'), '--workers', workers, '--port', '0'];
  const server = spawn(process.execPath, [path.join(release, 'apps/launcher/dist/main.js'), ...flags], {
    env: {
      ...process.env,
      XDG_CACHE_HOME: path.join(folder, 'cache'),
      DATABASE_URL: '',
      REDIS_URL: '',
      ...(dataRoot === null ? {} : { SPHERELAB_DATA_DIR: dataRoot }),
    },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  const said = [];
  server.stderr.on('data', (data) => said.push(data));
  const ended = new Promise((resolve) => server.once('exit', resolve));
  const { url } = await Promise.race([
    new Promise((resolve) => server.once('message', resolve)),
    ended.then(() => Promise.reject(new Error(`the server ended: ${Buffer.concat(said)}`))),
  ]);
  const stop = async () => {
    server.kill('SIGTERM');
    await ended;
  };
  return { url, stop, pid: server.pid };
}

/** The API alone on a database. @returns {Promise<{ url: string, stop: () => Promise<void> }>} */
export async function startApi(databaseUrl) {
  const script = path.join(root, 'apps/api/dist/server.js');
  const env = { ...process.env, DATABASE_URL: databaseUrl, REDIS_URL: '', PORT: '0', SPHERELAB_LOG_LEVEL: 'error' };
  const child = spawn(process.execPath, [script], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await once(child.stdout, 'data');
  return {
    url: JSON.parse(line.toString()).url,
    stop: async () => {
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}

export async function ask(url, body) {
  const answer = await fetch(url, {
    method: body === undefined ? 'GET' : 'POST',
    ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${await answer.text()}`);
  return answer.json();
}
