#!/usr/bin/env node
// Prints, as JSON by name, the losses of the catalogue whose golden numbers come from pytorch-metric-learning:
// {pml, arguments, constants: {field: default}, proxies}.
// usage: node scripts/golden/records.mjs   (after building packages/catalogue)
import { lossNames, lossRecord } from '../../packages/catalogue/dist/index.js';

const entries = lossNames.flatMap((name) => {
  const { golden, constants, proxies } = lossRecord(name);
  if (golden === 'reference') return [];
  const defaults = Object.fromEntries(Object.entries(constants).map(([field, { value }]) => [field, value]));
  return [[name, { ...golden, constants: defaults, proxies }]];
});
console.log(JSON.stringify(Object.fromEntries(entries)));
