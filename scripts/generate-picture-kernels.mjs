#!/usr/bin/env node
// Compiles packages/datasets/assembly/resize-pixels.ts to the WebAssembly that the resize of pictures runs. Needs npm (its tool
// lives in scripts/picture-kernels); what it writes is committed, so nothing else needs it.
// usage: node scripts/generate-picture-kernels.mjs
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const tool = path.join(root, 'scripts/picture-kernels');
const source = path.join(root, 'packages/datasets/assembly/resize-pixels.ts');
const module = path.join(root, 'packages/datasets/src/pictures/generated/resize-pixels.ts');

if (process.argv.includes('--help')) {
  console.log('usage: node scripts/generate-picture-kernels.mjs   compiles the passes of the resize to WebAssembly');
} else {
  if (!existsSync(path.join(tool, 'node_modules'))) {
    execFileSync('npm', ['ci', '--no-audit', '--no-fund', '--workspaces=false'], { cwd: tool, stdio: 'inherit' });
  }
  const folder = mkdtempSync(path.join(tmpdir(), 'spherelab-kernels-'));
  try {
    const binary = path.join(folder, 'resize-pixels.wasm');
    const compiler = path.join(tool, 'node_modules/assemblyscript/bin/asc.js');
    const options = ['-O3', '--noAssert', '--runtime', 'stub', '--enable', 'simd', '--outFile', binary];
    execFileSync(process.execPath, [compiler, source, ...options], { stdio: 'inherit' });
    const sha256 = createHash('sha256').update(readFileSync(source)).digest('hex');
    const base64 = readFileSync(binary).toString('base64');
    mkdirSync(path.dirname(module), { recursive: true });
    writeFileSync(
      module,
      `// From assembly/resize-pixels.ts with SHA-256 ${sha256} by scripts/generate-picture-kernels.mjs.\n` +
        `export const resizePixelsModule =\n  '${base64}';\n`,
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
