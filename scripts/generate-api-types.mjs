#!/usr/bin/env node
// Writes openapi.json from the built API and, from it, the types of the page's client. Needs npm (its tool lives in
// scripts/api-types, for it wants another TypeScript); what it writes is committed, so nothing else needs it.
// usage: node scripts/generate-api-types.mjs   after a build
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const tool = path.join(root, 'scripts', 'api-types');
const types = path.join(root, 'apps/dashboard/src/api/generated/api-schema.d.ts');
const document = path.join(root, 'openapi.json');

if (process.argv.includes('--help')) {
  console.log(
    'usage: node scripts/generate-api-types.mjs   writes openapi.json and the types made from it; build first',
  );
} else {
  writeFileSync(document, execFileSync(process.execPath, ['apps/api/dist/document/openapi.js'], { cwd: root }));
  if (!existsSync(path.join(tool, 'node_modules'))) {
    execFileSync('npm', ['ci', '--no-audit', '--no-fund', '--workspaces=false'], { cwd: tool, stdio: 'inherit' });
  }
  const cli = path.join(tool, 'node_modules/openapi-typescript/bin/cli.js');
  const text = execFileSync(process.execPath, [cli, document], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const sha256 = createHash('sha256').update(readFileSync(document)).digest('hex');
  mkdirSync(path.dirname(types), { recursive: true });
  writeFileSync(types, `// From openapi.json with SHA-256 ${sha256} by scripts/generate-api-types.mjs.\n${text}`);
}
