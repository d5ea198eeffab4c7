import { CliError } from '../cli-error.ts';
import { readFieldValue } from './experiment-flags.ts';

/** An arm as POST /studies takes it. */
export type StudyArm = {
  readonly name: string;
  readonly set: Readonly<Record<string, unknown>>;
};

/** Reads `plain,sec` or `small:embedding_dim=8,large:embedding_dim=128`; several fields of an arm are joined by `+`. @throws CliError */
export function readArms(text: string): (StudyArm | string)[] {
  return text.split(',').map((part) => readArm(part.trim()));
}

/** A name alone is for the API to know. */
function readArm(text: string): StudyArm | string {
  const at = text.indexOf(':');
  if (at === -1 && text !== '') return text;
  if (at < 1) throw new CliError(`--arms ${text}: write plain, sec, l2reg, or name:field=value+field=value`);
  const set = text
    .slice(at + 1)
    .split('+')
    .map((pair) => readPair(pair, text));
  return { name: text.slice(0, at), set: Object.fromEntries(set) };
}

function readPair(pair: string, arm: string): [string, unknown] {
  const at = pair.indexOf('=');
  if (at < 1) throw new CliError(`--arms ${arm}: ${pair} is not field=value`);
  return [pair.slice(0, at), readFieldValue(pair.slice(0, at), pair.slice(at + 1))];
}

/** Reads `--tune lr=1e-5..1e-2` (each factor as likely) or `--tune lr=1e-4,1e-3`. @throws CliError */
export function readSpace(axes: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(axes.map(readAxis));
}

function readAxis(text: string): [string, unknown] {
  const [, field, values] = /^(\w+)=(.+)$/.exec(text) ?? [];
  if (field === undefined || values === undefined) {
    throw new CliError(`--tune ${text}: write field=low..high or field=value,value`);
  }
  const [low, high] = values.split('..');
  if (high === undefined) return [field, values.split(',').map((value) => readFieldValue(field, value.trim()))];
  const scale = Number(low) > 0 ? 'log' : 'linear';
  return [field, { low: readFieldValue(field, low ?? ''), high: readFieldValue(field, high), scale }];
}
