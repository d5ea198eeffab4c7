#!/usr/bin/env node
// Writes what follows from the records of packages/catalogue: the registry of losses and their lines in docs/paper-map.md.
// usage: node scripts/generate-registries.mjs [--check]   (after building packages/catalogue)
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  backboneNames,
  backbones,
  datasetNames,
  datasets,
  losses,
  lossNames,
  optimizerNames,
  optimizers,
} from '../packages/catalogue/dist/index.js';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const isCheck = process.argv.includes('--check');
const stale = [];
/** Those of the backbones that were there before golden numbers were made for all in one file. */
const backboneTests = {
  bn_inception: 'packages/models/test/bn-inception.golden.test.ts',
  conv_small: 'packages/models/test/conv-small.network.test.ts',
};

write('packages/losses/src/metric-losses/index.ts', lossRegistry());
write('docs/paper-map.md', paperMap());
if (stale.length > 0) {
  console.error(`not what the records say: ${stale.join(', ')}; run node scripts/generate-registries.mjs`);
  process.exit(1);
}

/** The name of a loss's files: its title in lower case with dashes. */
function fileOf(name) {
  return losses[name].title.toLowerCase().replaceAll(' ', '-');
}

function lossRegistry() {
  const entries = lossNames.map((name) => {
    const file = fileOf(name);
    const camel = file.replace(/-(.)/g, (_, letter) => letter.toUpperCase());
    return { key: name.includes('-') ? `'${name}'` : name, file, fn: `${camel}Loss` };
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

/** Which formula stands where, and what holds it; a line each, so that a new loss changes no other. */
function lossLines() {
  return lossNames.map((name) => {
    const { title, source, quirk, golden } = losses[name];
    const file = fileOf(name);
    const numbers = golden === 'reference' ? 'losses.golden.test.ts' : 'losses.golden-pml.test.ts';
    return [
      `- ${title} (\`${name}\`; ${source}): ${quirk}`,
      `\`packages/losses/src/metric-losses/${file}.ts\``,
      `\`packages/losses/test/${file}.oracle.test.ts\`, \`${numbers}\``,
    ].join(' -> ');
  });
}

/** The other records: what each is, where its code stands, and what holds it. */
function recordLines() {
  const line = (name, { title = name, source, about }, file, test) =>
    `- ${title} (\`${name}\`; ${source}): ${about} -> \`${file}\` -> \`${test}\``;
  return [
    ...backboneNames.map((name) => {
      const file = `packages/models/src/${name.replaceAll('_', '-')}.ts`;
      return line(name, backbones[name], file, backboneTests[name] ?? 'packages/models/test/backbones.golden.test.ts');
    }),
    ...optimizerNames.map((name) => {
      const test = name === 'adam' ? 'optimizer' : name;
      const file = `packages/training/src/optimizers/${name}.ts`;
      return line(name, optimizers[name], file, `packages/training/test/${test}.golden.test.ts`);
    }),
    ...datasetNames.map((name) => {
      const test = datasets[name].kind === 'paper' ? 'presets.reference' : 'resolve-experiment.requests';
      const file = `packages/catalogue/src/datasets/${name}.ts`;
      return line(name, datasets[name], file, `packages/config/test/${test}.test.ts`);
    }),
  ];
}

function paperMap() {
  const file = 'docs/paper-map.md';
  const text = readFileSync(path.join(root, file), 'utf8');
  return withLines(withLines(text, 'losses', lossLines()), 'records', recordLines());
}

/** The text with these lines between its two marks. */
function withLines(text, mark, lines) {
  const [start, end] = [`<!-- ${mark}: made by scripts/generate-registries.mjs -->\n`, `<!-- end of ${mark} -->`];
  if (!text.includes(start) || !text.includes(end)) throw new Error(`the text has no marks of ${mark}`);
  return `${text.slice(0, text.indexOf(start))}${start}\n${lines.join('\n')}\n\n${text.slice(text.indexOf(end))}`;
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
