import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type PostgresServer, startPostgresServer } from '../../../test/postgres-server.ts';
import { readApiEnv } from '../src/env.ts';
import { type AppUnderTest, appUnderTest } from './app-under-test.ts';

const basePath = '/user/x/proxy/3000';

describe('behind a path of a proxy', () => {
  let server: PostgresServer;
  let api: AppUnderTest;
  let folder: string;

  beforeAll(async () => {
    server = await startPostgresServer();
    folder = await mkdtemp(path.join(tmpdir(), 'spherelab-page-'));
    await mkdir(path.join(folder, 'assets'));
    const html = '<head><script src="./assets/app-1a2b.js"></script><link href="./assets/app-1a2b.css"></head>';
    await writeFile(path.join(folder, 'index.html'), html);
    await writeFile(path.join(folder, 'assets', 'app-1a2b.js'), 'let a;');
    api = await appUnderTest(server, { pageFolder: folder, basePath });
  });
  afterAll(async () => {
    await api.close();
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  });

  test.each(['', basePath])(
    'everything answers whether the proxy takes its path off or leaves it ("%s")',
    async (before) => {
      const open = (url: string, accept = 'text/html') =>
        api.app.inject({ url: `${before}${url}`, headers: { accept } });
      for (const url of ['/', '/lab/experiments/1?tab=norms']) {
        const answer = await open(url);
        expect(answer.statusCode).toBe(200);
        expect(answer.body).toContain(`src="${basePath}/assets/app-1a2b.js"`);
        expect(answer.body).toContain(`href="${basePath}/assets/app-1a2b.css"`);
        expect(answer.body).toContain(`<meta name="base-path" content="${basePath}" />`);
      }
      expect((await open('/assets/app-1a2b.js', '*/*')).statusCode).toBe(200);
      expect((await open('/experiments')).json()).toMatchObject({ items: [] });
      expect((await open('/openapi.json')).json()).toMatchObject({ servers: [{ url: basePath }] });
      const docs = await open('/docs');
      expect(docs.statusCode).toBe(200);
      expect(docs.body).toContain(`${basePath}/docs/static/`);
    },
  );

  test('the path alone is the page, and what only begins like it is not', async () => {
    expect((await api.app.inject({ url: basePath, headers: { accept: 'text/html' } })).statusCode).toBe(200);
    expect((await api.app.inject({ url: `${basePath}1/experiments` })).statusCode).toBe(404);
  });

  test('what was made is named by an address that the proxy knows', async () => {
    const payload = { dataset: 'shapes', loss: 'triplet' };
    const made = await api.app.inject({ method: 'POST', url: '/experiments', payload });
    expect(made.headers.location).toBe(`${basePath}/experiments/${made.json().id}`);
  });

  test('the variable is a path, with or without a slash at its end', () => {
    const read = (text: string) => readApiEnv({ DATABASE_URL: 'postgresql://x', SPHERELAB_BASE_PATH: text }).basePath;
    expect([read('/lab/'), read('/'), read('')]).toEqual(['/lab', '', '']);
    expect(() => read('"><script>')).toThrow('SPHERELAB_BASE_PATH');
    expect(() => read('http://x/lab')).toThrow('SPHERELAB_BASE_PATH');
  });
});
