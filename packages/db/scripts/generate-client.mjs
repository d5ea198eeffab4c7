// Writes the Prisma client into src/generated. No internet is needed: `prisma generate` only checks that a schema engine exists
// and never starts it, so this Node executable stands in for it.
// Use: node scripts/generate-client.mjs [--help]
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

if (process.argv.includes('--help')) {
  console.log('node scripts/generate-client.mjs: writes packages/db/src/generated from prisma/schema.prisma, offline');
  process.exit(0);
}

const packageFolder = fileURLToPath(new URL('..', import.meta.url));
const prismaManifest = createRequire(import.meta.url).resolve('prisma/package.json');
const { status, error } = spawnSync(
  process.execPath,
  [
    join(dirname(prismaManifest), 'build', 'index.js'),
    'generate',
    '--schema',
    '../../prisma/schema.prisma',
    '--no-hints',
  ],
  {
    cwd: packageFolder,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: process.execPath, CHECKPOINT_DISABLE: '1' },
  },
);
if (error) throw error;
process.exit(status ?? 1);
