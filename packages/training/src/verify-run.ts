import { randomInt } from 'node:crypto';
import { type CheckpointFacts, type Environment, mayResume, type RunFacts } from '@spherelab/config';
import type { NetworkOptions } from '@spherelab/models';
import type { CheckpointMetadata } from './checkpoint.ts';
import { compareMetrics, compareStates, pointKey } from './compare-stretch.ts';
import { provideStepGraph, readStepGraph } from './provide-step-graph.ts';
import { retraceStretch } from './retrace-stretch.ts';
import { stepRecipeOf } from './step-recipe.ts';
import { type CheckedCheckpoint, checkStoredRun, isOwn, type StoredRun } from './stored-run.ts';
import type { TrainOptions } from './train-options.ts';
import { TrainingError } from './training-error.ts';
import type { Finding, StretchReport, VerificationReport } from './verification.ts';

export type VerifyOptions = Omit<TrainOptions, 'config' | 'chooseStart'> & {
  readonly stored: StoredRun;
  /** Folder of the recorded step that the run was made with; null where it is not kept. */
  readonly graphFolder: string | null;
  /** Path of the list of images that the run was made with; null where it is not kept. */
  readonly manifestFile: string | null;
  /** One stretch between two checkpoints that are kept, or all of them; the first begins at step 0. */
  readonly stretch: 'random' | 'all';
};

type Stretch = { readonly from: CheckedCheckpoint | null; readonly to: CheckedCheckpoint };

/**
 * Whether a finished run is what it says it is: its stored parts are compared with each other and with the code, data and weights of
 * this machine, and a stretch of it is computed again. Throws what an unreadable data set throws.
 */
export async function verifyRun(options: VerifyOptions): Promise<VerificationReport> {
  const { stored, graphFolder } = options;
  const { findings: inconsistent, readable } = await checkStoredRun(stored);
  const findings: Finding[] = [...inconsistent];
  const newest = readable.at(-1)?.loaded.metadata;
  const made = newest?.facts;
  const graph = graphFolder === null ? null : await readStepGraph(graphFolder);
  if (graph === null) findings.push({ what: 'code', message: 'the recorded step of the run is not there' });
  else if (made !== undefined && graph.sha256 !== made.graph_sha256) {
    findings.push({ what: 'code', message: 'the recorded step is not the one that the checkpoints were made with' });
  }
  if (made === undefined || graph === null || graph.sha256 !== made.graph_sha256) {
    return { same_bits: null, findings, notes: [], stretches: [], environment: {} };
  }
  const { model } = newest as CheckpointMetadata;
  let now: RunFacts | null = null;
  const notes: string[] = [];
  const stretches: StretchReport[] = [];
  const own = readable.filter(({ loaded }) => isOwn(loaded.metadata.facts, stored.config));
  for (const stretch of chosen(stretchesOf(own), options.stretch)) {
    const judge = async (facts: RunFacts): Promise<void> => {
      if (now !== null) return;
      now = facts;
      const told = await judgeFacts(options, made, model, facts);
      findings.push(...told.findings);
      notes.push(...told.notes);
    };
    try {
      stretches.push(await retrace(options, graph.folder, stretch, judge));
    } catch (error) {
      if (!(error instanceof TrainingError)) throw error;
      findings.push({ what: 'recomputation', message: error.message });
      break;
    }
  }
  const isEqual = stretches.every(({ state, metrics }) => state.differing + metrics.differing === 0);
  const environment: Environment = (now as RunFacts | null)?.environment ?? {};
  return { same_bits: stretches.length === 0 ? null : isEqual, findings, notes, stretches, environment };
}

/** From step 0 to the first checkpoint, and from each to the next. */
function stretchesOf(checkpoints: readonly CheckedCheckpoint[]): Stretch[] {
  const distinct = checkpoints.filter(({ updates }, at) => updates > (checkpoints[at - 1]?.updates ?? 0));
  return distinct.map((to, at) => ({ from: distinct[at - 1] ?? null, to }));
}

function chosen(stretches: readonly Stretch[], how: 'random' | 'all'): readonly Stretch[] {
  if (how === 'all' || stretches.length === 0) return stretches;
  return [stretches[randomInt(stretches.length)] as Stretch];
}

/** What of this machine differs from where the run was made. */
async function judgeFacts(
  { stored, numerics, cacheFolder }: VerifyOptions,
  made: CheckpointFacts,
  model: NetworkOptions,
  now: RunFacts,
): Promise<{ readonly findings: readonly Finding[]; readonly notes: readonly string[] }> {
  const findings: Finding[] = [];
  const notes: string[] = [];
  const judgement = mayResume(made, now);
  if (judgement.verdict === 'yes') notes.push(...judgement.notes.map((note) => `another machine: ${note}`));
  if (made.data_sha256 !== now.data_sha256) {
    findings.push({ what: 'data', message: 'the images are not those that the run was made with' });
  }
  if (made.weights_sha256 !== now.weights_sha256) {
    const message = `weights/${stored.config.weights} is not the file that the run began with`;
    findings.push({ what: 'weights file', message });
  }
  if (made.numerics === now.numerics) return { findings, notes };
  const versions = `version ${now.numerics.slice(0, 12)} of the numerics, the run was made with ${made.numerics.slice(0, 12)}`;
  const graph = await provideStepGraph(cacheFolder, stepRecipeOf(stored.config, model.proxies ?? 0), numerics.version);
  const isSame = graph.sha256 === made.graph_sha256 && made.host_numerics === now.host_numerics;
  if (isSame) notes.push(`another release: ${versions}, with the same recorded step`);
  else findings.push({ what: 'code', message: `the code here computes something else: ${versions}` });
  return { findings, notes };
}

async function retrace(
  options: VerifyOptions,
  graphFolder: string,
  { from, to }: Stretch,
  judge: (facts: RunFacts) => Promise<void>,
): Promise<StretchReport> {
  const { stored, manifestFile } = options;
  const made = to.loaded.metadata.facts;
  const startedMs = performance.now();
  const again = await retraceStretch(
    {
      ...options,
      config: stored.config,
      chooseStart: async (facts) => {
        await judge(facts);
        const judgement = mayResume(made, facts);
        if (judgement.verdict === 'yes') return { type: 'begin', resumeFrom: from?.file ?? null, graphFolder };
        return { type: 'refuse', differences: judgement.differences, updates: from?.updates ?? null, manifestFile };
      },
    },
    to.updates,
  );
  const points = new Map(stored.points.map(({ name, step, value }) => [pointKey(name, step), value]));
  return {
    from: from?.updates ?? 0,
    to: to.updates,
    state: compareStates(to.loaded.state, again.state),
    metrics: compareMetrics(points, again.points),
    seconds: (performance.now() - startedMs) / 1000,
  };
}
