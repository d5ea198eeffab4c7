import { CliError } from '../cli-error.ts';
import { readFieldValue } from './experiment-flags.ts';

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
  return [field, values.split(',').map((value) => readFieldValue(field, value.trim()))];
}
