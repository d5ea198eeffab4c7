import { dirname, join } from 'node:path';
import {
  type Continuation,
  experimentIdentity,
  mayAdopt,
  mayResume,
  type Provenance,
  pastMisfit,
  type RunFacts,
} from '@spherelab/config';
import {
  adoptPast,
  beginAnew,
  type Checkpoint,
  type Database,
  type Experiment,
  type Fence,
  pastCandidates,
  previousErrorCode,
  resumableCheckpoints,
  writeLogLine,
} from '@spherelab/db';
import type { RunStart } from '@spherelab/training';
import { bringArtifact } from './bring-artifact.ts';
import { downloadCheckpoint } from './download-checkpoint.ts';

export type StartChoice = {
  readonly database: Database;
  readonly fence: Fence;
  readonly experiment: Experiment;
  /** What the trainer is about to compute. */
  readonly facts: RunFacts;
  readonly workFolder: string;
};

/** Errors that told the owner of a run that its data have to be seen to: what differs after them was meant. */
const toldOfData: ReadonlySet<string> = new Set(['data_changed', 'unreadable_image']);

const anew: RunStart = { type: 'begin', resumeFrom: null, graphFolder: null };

/**
 * Where an attempt begins: at the run's own newest checkpoint that may be continued, at that of another run with the same past,
 * or at step 0. Judged by one table (may-continue-from.ts), before anything is copied. Data or weights that changed under the run are told once; a retry
 * after that starts over.
 */
export async function chooseStart(choice: StartChoice): Promise<RunStart> {
  const { database, fence, experiment, facts } = choice;
  const checkpoints = await resumableCheckpoints(database.pool, experiment.id);
  const judged = checkpoints.map((checkpoint) => ({
    checkpoint,
    judgement: mayResume(checkpoint.facts, facts),
  }));
  for (const { checkpoint, judgement } of judged) {
    if (judgement.verdict !== 'yes') continue;
    const resumed = await bring(choice, checkpoint);
    if (resumed !== null) return resumed;
  }
  const changed = changedUnderRun(choice, judged.at(0)?.judgement ?? null);
  if (changed !== null && !toldOfData.has((await previousErrorCode(database.pool, fence)) ?? '')) {
    const manifestFile = await bringArtifact(
      database,
      experiment.manifest_sha256,
      join(choice.workFolder, 'manifest-before'),
    );
    return { type: 'refuse', ...changed, updates: checkpoints[0]?.step ?? null, manifestFile };
  }
  const identified = await identify(choice, judged[0] ?? null, changed?.differences ?? []);
  return experiment.dedup_identity === null ? anew : startOfAnother({ ...choice, experiment: identified });
}

/** What differs where data or weights changed since the run began, or was first judged. */
function changedUnderRun(
  { experiment, facts }: StartChoice,
  newest: Continuation | null,
): { readonly differences: readonly string[] } | null {
  if (newest?.verdict === 'restorable') return newest;
  // Without a checkpoint the row alone tells what an attempt before this one began with.
  if (newest !== null || experiment.attempt === 1 || experiment.environment === null) return null;
  const { data_sha256: data, weights_sha256: weights } = experiment.provenance ?? {};
  const differences = [
    ...(data && data !== facts.data_sha256 ? ['data: other than when it began'] : []),
    ...(weights && weights !== facts.weights_sha256 ? ['weights: other than when it began'] : []),
  ];
  return differences.length > 0 ? { differences } : null;
}

/** Brings checkpoint and recorded step into the work folder; null where either is not whole. */
async function bring(
  { database, fence, workFolder }: StartChoice,
  checkpoint: Checkpoint,
): Promise<Extract<RunStart, { type: 'begin' }> | null> {
  const warn = (message: string) => writeLogLine(database.pool, fence, 'warn', message);
  const sha256 = checkpoint.facts?.graph_sha256 ?? null;
  const graph = await bringArtifact(database, sha256, join(workFolder, 'graph', 'saved_model.pb'));
  if (graph === null) {
    await warn(`the checkpoint of step ${checkpoint.step} cannot be continued: its recorded step is not there`);
    return null;
  }
  const resumeFrom = join(workFolder, `resume-${checkpoint.step}.checkpoint`);
  const damage = await downloadCheckpoint(database, checkpoint, resumeFrom);
  if (damage !== null) {
    await warn(`${damage}; the checkpoint before it is tried`);
    return null;
  }
  return { type: 'begin', resumeFrom, graphFolder: dirname(graph) };
}

/** Gives the row the identity of what is about to be computed from step 0, and says what is thrown away for it. */
async function identify(
  { database, fence, experiment, facts }: StartChoice,
  newest: { readonly checkpoint: Checkpoint; readonly judgement: Continuation } | null,
  changed: readonly string[],
): Promise<Experiment> {
  const provenance: Provenance = {
    numerics: facts.numerics,
    data_sha256: facts.data_sha256,
    weights_sha256: facts.weights_sha256,
  };
  const config = { ...experiment.config, dataset: facts.dataset };
  const identity = experimentIdentity(config, provenance);
  const posted = experiment.provenance;
  // Until it has succeeded it answers for what was posted.
  const keepsPosted = isPostedBlindly(experiment);
  await beginAnew(database, fence, { config, identity, provenance, keepsPosted });
  const log = (message: string) => writeLogLine(database.pool, fence, 'warn', message);
  if (newest !== null) {
    const { judgement, checkpoint } = newest;
    const reasons =
      judgement.verdict === 'yes'
        ? ['it cannot be read']
        : judgement.verdict === 'no'
          ? judgement.differences
          : changed;
    await log(
      `starts over from step 0: the checkpoint of step ${checkpoint.step} cannot be continued (${reasons.join('; ')})`,
    );
  } else if (changed.length > 0) await log(`starts over from step 0: ${changed.join('; ')}`);
  else if (experiment.attempt === 1 && posted !== null && !keepsPosted && identity !== experiment.identity) {
    await log('its data, weights or the code changed between its post and its start: it is a run of what is there now');
  }
  return { ...experiment, config };
}

/** Whether its poster could not see the data root: then only the worker knows whether it ran before. */
function isPostedBlindly({ provenance }: Experiment): boolean {
  return provenance !== null && (provenance.data_sha256 === null || provenance.weights_sha256 === null);
}

/**
 * Goes on from the furthest checkpoint of another run whose facts allow it. The very same config is the same experiment, whose result
 * an API that sees the data would have answered with: it is taken for those that could not.
 */
async function startOfAnother(choice: StartChoice): Promise<RunStart> {
  const { database, fence, experiment, facts } = choice;
  const log = (message: string) => writeLogLine(database.pool, fence, 'info', message);
  let refusal: string | null = null;
  for (const past of await pastCandidates(database.pool, experiment, facts.total_updates)) {
    if (past.isSame && !isPostedBlindly(experiment)) continue;
    const offer = { ...past, updates: past.step };
    // Another past is the usual case, and nothing to tell.
    if (pastMisfit(offer, facts) !== null) continue;
    const judgement = mayAdopt(offer, facts);
    const named = `experiment ${past.experiment_id}, whose first ${past.step} updates are of the same config,`;
    if (judgement.verdict !== 'yes') {
      refusal ??= `begins at step 0: ${named} cannot be continued (${judgement.differences.join('; ')})`;
      continue;
    }
    // Before anything of it is taken over: it may be deleted at any time.
    const start = await bring(choice, past);
    if (start !== null && (await adoptPast(database, fence, past))) return { ...start, isAdopted: true };
    refusal ??= `begins at step 0: what ${named} left cannot be read`;
  }
  if (refusal !== null) await log(refusal);
  return anew;
}
