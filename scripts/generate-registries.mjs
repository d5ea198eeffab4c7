#!/usr/bin/env node
// Writes what follows from the records of packages/catalogue: the registry of losses and the tables of docs.
// usage: node scripts/generate-registries.mjs [--check]   (after building packages/catalogue)
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { losses, lossNames } from '../packages/catalogue/dist/index.js';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const isCheck = process.argv.includes('--check');
const stale = [];

write('packages/losses/src/metric-losses/index.ts', lossRegistry());
if (stale.length > 0) {
  console.error(`not what the records say: ${stale.join(', ')}; run node scripts/generate-registries.mjs`);
  process.exit(1);
}

function lossRegistry() {
  const entries = lossNames.map((name) => {
    const file = losses[name].title.toLowerCase().replaceAll(' ', '-');
    const camel = file.replace(/-(.)/g, (_, letter) => letter.toUpperCase());
    return { key: /^[a-z]+$/.test(name) ? name : name.includes('-') ? `'${name}'` : name, file, fn: `${camel}Loss` };
  });
  const imports = entries.toSorted((a, b) => (a.file < b.file ? -1 : 1));
  return [
    '// Made by scripts/generate-registries.mjs from the records of packages/catalogue.',
    "import type { LossName } from '@spherelab/catalogue';",
    "import type { MetricLossFunction } from '../metric-loss-function.ts';",
    ...imports.map(({ file, fn }) => `import { ${fn} } from './${file}.ts';`),
    '',
    '/** Every loss of the catalogue by its name. */',
    'export const metricLosses: { readonly [L in LossName]: MetricLossFunction<L> } = {',
    ...entries.map(({ key, fn }) => `  ${key}: ${fn},`),
    '};',
    '',
  ].join('\n');
}

function write(file, text) {
  const target = path.join(root, file);
  let present = null;
  try {
    present = readFileSync(target, 'utf8');
  } catch {}
  if (present === text) return;
  if (isCheck) stale.push(file);
  else writeFileSync(target, text);
}
