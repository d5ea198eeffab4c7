import type { CheckpointFacts, RunFacts } from './run-facts.ts';
import { passesThroughEnd, sharedUpdates } from './update-sequence.ts';

/** `resume`: a run's own checkpoint; `adopt`: that of another run with the same past. */
export type ContinueHow = 'resume' | 'adopt';

/**
 * What must hold of a fact. `same`: equal, or nobody goes on; `restorable`: equal, but its owner can put it back, so it is told
 * before anything is thrown away; `noted`: where it differs the numbers may too, which is logged; `free`: does not matter; `shared`:
 * equal for all updates up to the checkpoint.
 */
type Demand = 'same' | 'shared' | 'restorable' | 'noted' | 'free';

/** What a run and a checkpoint both have. */
type Compared = Omit<RunFacts, 'sequence' | 'total_updates'>;

type Rule = {
  readonly fact: string;
  readonly of: (facts: Compared) => string | number | boolean | null;
  readonly resume: Demand;
  readonly adopt: Exclude<Demand, 'restorable'>;
};

const environment = (name: string) => (facts: Compared) => facts.environment[name] ?? null;
const deviceKind = ({ environment: { device } }: Compared) => String(device ?? 'cpu').replace(/:.*/, '');

/**
 * The one table of what a checkpoint may be continued under; docs/run-states.md shows it. A run takes its recorded step along, so its
 * own checkpoint goes on under another version of what is recorded; who adopts one of another run begins with the present step.
 */
export const continuationRules: readonly Rule[] = [
  { fact: 'config', of: (facts) => facts.config_sha256, resume: 'same', adopt: 'shared' },
  { fact: 'data', of: (facts) => facts.data_sha256, resume: 'restorable', adopt: 'same' },
  { fact: 'weights', of: (facts) => facts.weights_sha256, resume: 'restorable', adopt: 'same' },
  { fact: 'numerics', of: (facts) => facts.numerics, resume: 'free', adopt: 'same' },
  { fact: 'numerics outside the recorded step', of: (facts) => facts.host_numerics, resume: 'same', adopt: 'same' },
  { fact: 'state layout', of: (facts) => facts.layout_sha256, resume: 'same', adopt: 'same' },
  { fact: 'tensorflow', of: environment('tensorflow'), resume: 'same', adopt: 'same' },
  { fact: 'onednn', of: environment('onednn'), resume: 'same', adopt: 'same' },
  { fact: 'libvips', of: environment('libvips'), resume: 'same', adopt: 'same' },
  { fact: 'device', of: deviceKind, resume: 'same', adopt: 'same' },
  { fact: 'gpu', of: environment('gpu'), resume: 'noted', adopt: 'same' },
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

/** Whether a run goes on from its own checkpoint; one of a release that recorded no facts is never continued. */
export function mayResume(checkpoint: CheckpointFacts | null, now: RunFacts): Continuation {
  return judge(checkpoint, now, 'resume');
}

/** A checkpoint of another run. */
export type OfferedCheckpoint = {
  readonly facts: CheckpointFacts | null;
  /** updates done */
  readonly updates: number;
  /** whether its run's last evaluation is done; otherwise the evaluation that is due after these updates is not */
  readonly isEnd: boolean;
  /** that last evaluation measured what those before it did not */
  readonly measuredMore: boolean;
};

/** Whether a run that has nothing yet goes on from a checkpoint of another, because all of its past would be the same. */
export function mayAdopt(offer: OfferedCheckpoint, now: RunFacts): Continuation {
  const judgement = judge(offer.facts, now, 'adopt');
  if (judgement.verdict !== 'yes') return judgement;
  const misfit = pastMisfit(offer, now);
  return misfit === null ? judgement : { verdict: 'no', differences: [misfit] };
}

/** Why a run would not have passed through a checkpoint; null where it would have. */
export function pastMisfit({ facts, ...offer }: OfferedCheckpoint, now: RunFacts): string | null {
  const { updates } = offer;
  if (facts?.sequence === undefined) return 'it was made by a release that recorded no sequence of updates';
  if (updates > now.total_updates) return `it has ${updates} updates, and this run makes ${now.total_updates}`;
  const shared = sharedUpdates(facts.sequence, now.sequence);
  if (updates > shared) return `config: the same for ${shared} updates, and it has ${updates}`;
  if (!offer.isEnd || passesThroughEnd(offer, { updates: now.total_updates, sequence: now.sequence })) return null;
  return offer.measuredMore
    ? 'its last evaluation measured more than this run does there'
    : `its last evaluation, at step ${updates - 1}, is none of this run`;
}

/** Judges by facts alone, before anything is copied. */
function judge(checkpoint: CheckpointFacts | null, now: RunFacts, how: ContinueHow): Continuation {
  if (checkpoint === null) return { verdict: 'no', differences: ['it was made by a release that recorded no facts'] };
  const differing = continuationRules.filter((rule) => rule.of(checkpoint) !== rule.of(now));
  const demanding = (demand: Demand) => differing.filter((rule) => rule[how] === demand);
  const words = (rules: readonly Rule[]) => rules.map((rule) => describe(rule, checkpoint, now));
  const refused = demanding('same');
  if (refused.length > 0) return { verdict: 'no', differences: words(refused) };
  const restorable = demanding('restorable');
  if (restorable.length === 0) return { verdict: 'yes', notes: words(demanding('noted')) };
  return { verdict: 'restorable', facts: restorable.map(({ fact }) => fact), differences: words(restorable) };
}

function describe({ fact, of }: Rule, before: Compared, now: Compared): string {
  return `${fact}: ${brief(of(before))} -> ${brief(of(now))}`;
}

/** Hashes by their first digits. */
function brief(value: string | number | boolean | null): string {
  const text = value === null ? 'not recorded' : String(value);
  return /^[0-9a-f]{64}$/.test(text) ? text.slice(0, 12) : text;
}
