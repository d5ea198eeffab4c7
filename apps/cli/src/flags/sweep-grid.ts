import { type ExperimentField, experimentFields } from '@spherelab/config';
import { CliError } from '../cli-error.ts';
import { readValue } from './experiment-flags.ts';

/** The grid that `--grid field=value,value` stand for; a field that is named again has the values of both. @throws CliError */
export function readGrid(axes: readonly string[]): Record<string, unknown[]> {
  const grid: Record<string, unknown[]> = {};
  for (const axis of axes) {
    const [field, values] = readAxis(axis);
    grid[field] = [...(grid[field] ?? []), ...values];
  }
  return grid;
}

function readAxis(text: string): [string, unknown[]] {
  const at = text.indexOf('=');
  const field = text.slice(0, at).trim();
  const values = text.slice(at + 1);
  if (at < 1 || values === '') throw new CliError(`--grid ${text}: write it as field=value,value`);
  const known = (experimentFields as readonly string[]).includes(field);
  // An unknown field is sent as it is: the API names the nearest one.
  return [field, values.split(',').map((value) => (known ? readValue(field as ExperimentField, value.trim()) : value))];
}
