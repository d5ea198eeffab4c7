import { CliError } from '../cli-error.ts';
import { readFieldValue } from './experiment-flags.ts';

/** An arm as POST /studies takes it. */
export type StudyArm = {
  readonly name: string;
  readonly set: Readonly<Record<string, unknown>>;
  readonly space?: Readonly<Record<string, unknown>>;
};

/** Arms that have a name of their own: the weight of a regulariser is tuned with the rest. */
const known: Readonly<Record<string, StudyArm>> = {
  plain: { name: 'plain', set: { sec_wei: 0, l2reg_wei: 0 } },
  sec: { name: 'sec', set: { l2reg_wei: 0 }, space: { sec_wei: { low: 0.01, high: 1, scale: 'log' } } },
  l2reg: { name: 'l2reg', set: { sec_wei: 0 }, space: { l2reg_wei: { low: 1e-4, high: 0.1, scale: 'log' } } },
};

/** Weights of the reference's README, for triplet on CUB. */
const publishedWeights: Readonly<Record<string, number>> = { sec_wei: 1, l2reg_wei: 1e-4 };

/** An arm where nothing is searched: the weight of its regulariser is the published one. */
export function untunedArm({ name, set, space = {} }: StudyArm): StudyArm {
  const weights = Object.keys(space).map((field) => [field, publishedWeights[field]] as const);
  return { name, set: { ...set, ...Object.fromEntries(weights) } };
}

/** Reads `plain,sec` or `small:embedding_dim=8,large:embedding_dim=128`; several fields of an arm are joined by `+`. @throws CliError */
export function readArms(text: string): StudyArm[] {
  return text.split(',').map((part) => readArm(part.trim()));
}

function readArm(text: string): StudyArm {
  const arm = Object.hasOwn(known, text) ? known[text] : undefined;
  if (arm !== undefined) return arm;
  const at = text.indexOf(':');
  if (at < 1) {
    throw new CliError(`--arms ${text}: write ${Object.keys(known).join(', ')}, or name:field=value+field=value`);
  }
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
