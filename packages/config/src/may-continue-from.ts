import type { ExperimentConfig } from './experiment-schema.ts';
import type { CheckpointFacts, RunFacts } from './run-facts.ts';

/** `resume`: a run's own checkpoint; `adopt`: that of a finished run of the same config that is not longer. */
export type ContinueHow = 'resume' | 'adopt';

/**
 * What must hold of a fact. `same`: equal, or nobody goes on; `restorable`: equal, but its owner can put it back, so it is told
 * before anything is thrown away; `noted`: where it differs the numbers may too, which is logged; `free`: does not matter.
 */
type Demand = 'same' | 'restorable' | 'noted' | 'free';

type Rule = {
  readonly fact: string;
  readonly of: (facts: RunFacts) => string | number | boolean | null;
  readonly resume: Demand;
  readonly adopt: Exclude<Demand, 'restorable'>;
};

const environment = (name: string) => (facts: RunFacts) => facts.environment[name] ?? null;
const deviceKind = ({ environment: { device } }: RunFacts) => String(device ?? 'cpu').replace(/:.*/, '');

/**
 * The one table of what a checkpoint may be continued under; docs/run-states.md shows it. A run takes its recorded step along, so its
 * own checkpoint goes on under another version of what is recorded; who adopts one of another run begins with the present step.
 */
export const continuationRules: readonly Rule[] = [
  { fact: 'config', of: (facts) => facts.config_sha256, resume: 'same', adopt: 'same' },
  { fact: 'data', of: (facts) => facts.data_sha256, resume: 'restorable', adopt: 'same' },
  { fact: 'weights', of: (facts) => facts.weights_sha256, resume: 'restorable', adopt: 'same' },
  { fact: 'numerics', of: (facts) => facts.numerics, resume: 'free', adopt: 'same' },
  { fact: 'numerics outside the recorded step', of: (facts) => facts.host_numerics, resume: 'same', adopt: 'same' },
  { fact: 'state layout', of: (facts) => facts.layout_sha256, resume: 'same', adopt: 'same' },
  { fact: 'tensorflow', of: environment('tensorflow'), resume: 'same', adopt: 'same' },
  { fact: 'onednn', of: environment('onednn'), resume: 'same', adopt: 'same' },
  { fact: 'libvips', of: environment('libvips'), resume: 'same', adopt: 'same' },
  { fact: 'device', of: deviceKind, resume: 'same', adopt: 'same' },
  { fact: 'cpu', of: environment('cpu'), resume: 'noted', adopt: 'same' },
  { fact: 'intra_op_threads', of: environment('intra_op_threads'), resume: 'noted', adopt: 'same' },
  { fact: 'inter_op_threads', of: environment('inter_op_threads'), resume: 'noted', adopt: 'same' },
  { fact: 'platform', of: environment('platform'), resume: 'noted', adopt: 'same' },
  { fact: 'node', of: environment('node'), resume: 'noted', adopt: 'same' },
];

/** Whether a run goes on from a checkpoint; `differences` are words for a person. */
export type Continuation =
  | { readonly verdict: 'yes'; readonly notes: readonly string[] }
  /** only data or weights differ: putting them back would make it a yes */
  | { readonly verdict: 'restorable'; readonly facts: readonly string[]; readonly differences: readonly string[] }
  | { readonly verdict: 'no'; readonly differences: readonly string[] };

/** Judges by facts alone, before anything is copied. A checkpoint of a release that recorded no facts is never continued. */
export function mayContinueFrom(checkpoint: CheckpointFacts | null, now: RunFacts, how: ContinueHow): Continuation {
  if (checkpoint === null) return { verdict: 'no', differences: ['it was made by a release that recorded no facts'] };
  const differing = continuationRules.filter((rule) => rule.of(checkpoint) !== rule.of(now));
  const demanding = (demand: Demand) => differing.filter((rule) => rule[how] === demand);
  const words = (rules: readonly Rule[]) => rules.map((rule) => describe(rule, checkpoint, now));
  if (how === 'adopt' && checkpoint.steps > now.steps) return { verdict: 'no', differences: ['it is longer'] };
  const refused = demanding('same');
  if (refused.length > 0) return { verdict: 'no', differences: words(refused) };
  const restorable = demanding('restorable');
  if (restorable.length === 0) return { verdict: 'yes', notes: words(demanding('noted')) };
  return { verdict: 'restorable', facts: restorable.map(({ fact }) => fact), differences: words(restorable) };
}

function describe({ fact, of }: Rule, before: RunFacts, now: RunFacts): string {
  return `${fact}: ${brief(of(before))} -> ${brief(of(now))}`;
}

/** Hashes by their first digits. */
function brief(value: string | number | boolean | null): string {
  const text = value === null ? 'not recorded' : String(value);
  return /^[0-9a-f]{64}$/.test(text) ? text.slice(0, 12) : text;
}

/** How a finished run of the same config ended, for one that might go on from it. */
export type PrefixEnd = {
  readonly steps: number;
  /** updates done */
  readonly updates: number;
  /** its last evaluation measured what those before did not (SOP's clusters): a longer run would have it too much, or miss it */
  readonly measuredMoreAtTheEnd: boolean;
};

/** Why a run of `config` would not have passed through the other's end; null where it would have. */
export function prefixMisfit(end: PrefixEnd, config: Pick<ExperimentConfig, 'steps' | 'eval_every'>): string | null {
  if (end.steps === config.steps) return null;
  if (end.updates <= 1 || (end.updates - 1) % config.eval_every !== 0) {
    return `its last evaluation, at step ${end.updates - 1}, is none of this run`;
  }
  return end.measuredMoreAtTheEnd ? 'its last evaluation measured more than this run does there' : null;
}
