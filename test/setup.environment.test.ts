import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
let clone: string;

beforeAll(() => {
  clone = mkdtempSync(path.join(tmpdir(), 'spherelab-clone-'));
  cpSync(path.join(root, 'scripts'), path.join(clone, 'scripts'), { recursive: true });
  cpSync(path.join(root, 'package-lock.json'), path.join(clone, 'package-lock.json'));
  for (const folder of ['bin', 'node_modules']) mkdirSync(path.join(clone, folder));
  // Stands in for an npm that leaves the build tools out, and writes down what it was told.
  writeFileSync(path.join(clone, 'bin', 'npm'), '#!/bin/sh\nenv > told\necho "$@" >> told\n', { mode: 0o755 });
});

afterAll(() => rmSync(clone, { recursive: true, force: true }));

it('setup asks npm for build tools whatever the shell says, and trusts no installation without them', () => {
  const foreign = {
    NODE_ENV: 'production',
    npm_config_omit: 'dev',
    NPM_CONFIG_PRODUCTION: 'true',
    npm_config_bin_links: 'false',
    NODE_OPTIONS: '--max-old-space-size=300',
    TURBO_TEAM: 'another',
  };
  const { status, stderr } = spawnSync(process.execPath, [path.join(clone, 'scripts/setup.mjs')], {
    env: {
      ...process.env,
      ...foreign,
      npm_config_registry: 'https://registry.example/',
      PATH: `${path.join(clone, 'bin')}:${process.env.PATH}`,
    },
    encoding: 'utf8',
  });
  expect(stderr).toContain('npm ci left out turbo, tsc, vite');
  expect(status).toBe(1);
  expect(existsSync(path.join(clone, 'node_modules/.spherelab-lock'))).toBe(false);
  const told = readFileSync(path.join(clone, 'told'), 'utf8');
  expect(told).toContain('--include=dev');
  expect(told).toContain('npm_config_registry=https://registry.example/');
  for (const name of Object.keys(foreign)) expect(told).not.toContain(`${name}=`);
});
