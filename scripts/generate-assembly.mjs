#!/usr/bin/env node
// Compiles the inner loops in packages/*/assembly to WebAssembly. Needs npm (its tool lives in scripts/assembly); what it writes is
// committed, so nothing else needs it.
// usage: node scripts/generate-assembly.mjs
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const tool = path.join(root, 'scripts/assembly');
const modules = [
  {
    source: 'packages/datasets/assembly/resize-pixels.ts',
    target: 'packages/datasets/src/pictures/generated/resize-pixels.ts',
    name: 'resizePixelsModule',
  },
  {
    source: 'packages/evaluation/assembly/scan-products.ts',
    target: 'packages/evaluation/src/generated/scan-products.ts',
    name: 'scanProductsModule',
  },
];

function compile({ source, target, name }, folder) {
  const binary = path.join(folder, `${name}.wasm`);
  const compiler = path.join(tool, 'node_modules/assemblyscript/bin/asc.js');
  const options = ['-O3', '--noAssert', '--runtime', 'stub', '--enable', 'simd', '--outFile', binary];
  execFileSync(process.execPath, [compiler, path.join(root, source), ...options], { stdio: 'inherit' });
  const sha256 = createHash('sha256')
    .update(readFileSync(path.join(root, source)))
    .digest('hex');
  mkdirSync(path.dirname(path.join(root, target)), { recursive: true });
  writeFileSync(
    path.join(root, target),
    `// From ${source.split('/').slice(2).join('/')} with SHA-256 ${sha256} by scripts/generate-assembly.mjs.\n` +
      `export const ${name} =\n  '${readFileSync(binary).toString('base64')}';\n`,
  );
}

if (process.argv.includes('--help')) {
  console.log('usage: node scripts/generate-assembly.mjs   compiles packages/*/assembly to WebAssembly');
} else {
  if (!existsSync(path.join(tool, 'node_modules'))) {
    execFileSync('npm', ['ci', '--no-audit', '--no-fund', '--workspaces=false'], { cwd: tool, stdio: 'inherit' });
  }
  const folder = mkdtempSync(path.join(tmpdir(), 'spherelab-assembly-'));
  try {
    for (const module of modules) compile(module, folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
