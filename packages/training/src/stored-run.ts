import {
  type CheckpointFacts,
  configSha256,
  type ExperimentConfig,
  updateMetrics,
  updateSequence,
} from '@spherelab/config';
import { createNetwork } from '@spherelab/models';
import { type LoadedCheckpoint, readCheckpoint } from './checkpoint.ts';
import { pointKey } from './compare-stretch.ts';
import { emptyDigest, withPoints } from './metrics-digest.ts';
import type { RunProgress } from './run-progress.ts';
import { TrainingError } from './training-error.ts';
import type { EvaluationSummary, MetricPoint, TrainingResult } from './training-events.ts';
import type { Finding } from './verification.ts';
import { weightsSha256 } from './weights-sha256.ts';

/** A checkpoint that is still there, and what its row says. */
export type KeptCheckpoint = {
  readonly file: string;
  readonly kind: string;
  /** updates done */
  readonly updates: number;
  readonly weightsSha256: string;
};

/** What is stored of a finished run. */
export type StoredRun = {
  readonly config: ExperimentConfig;
  /** By updates, ascending. */
  readonly checkpoints: readonly KeptCheckpoint[];
  readonly points: readonly MetricPoint[];
  readonly result: TrainingResult;
};

export type CheckedCheckpoint = KeptCheckpoint & { readonly loaded: LoadedCheckpoint };

/** What the stored parts of a run say of each other, without computing anything again. */
export async function checkStoredRun({
  config,
  checkpoints,
  points,
  result,
}: StoredRun): Promise<{ readonly findings: readonly Finding[]; readonly readable: readonly CheckedCheckpoint[] }> {
  const findings: Finding[] = [];
  const readable: CheckedCheckpoint[] = [];
  for (const kept of checkpoints) {
    const loaded = await readCheckpoint(kept.file).catch((error: unknown) => {
      if (!(error instanceof TrainingError)) throw error;
      findings.push({ what: 'checkpoint', message: `${nameOf(kept)}: ${error.message}` });
      return null;
    });
    if (loaded === null) continue;
    readable.push({ ...kept, loaded });
    findings.push(...checkOne({ ...kept, loaded }, config, points));
  }
  const others = readable.filter(
    ({ loaded }) => madeUnder(loaded.metadata.facts) !== madeUnder(readable[0]?.loaded.metadata.facts),
  );
  for (const other of others) {
    findings.push({
      what: 'checkpoint',
      message: `${nameOf(other)} was made under other facts than ${nameOf(readable[0] as KeptCheckpoint)}`,
    });
  }
  findings.push(...checkResult(result, points, readable.at(-1)));
  return { findings, readable };
}

function checkOne(
  { loaded, ...kept }: CheckedCheckpoint,
  config: ExperimentConfig,
  points: readonly MetricPoint[],
): Finding[] {
  const { metadata, state } = loaded;
  const findings: Finding[] = [];
  const found = weightsSha256(createNetwork(metadata.model), state);
  if (found !== metadata.weightsSha256 || found !== kept.weightsSha256) {
    const message = `${nameOf(kept)}: its weights have SHA-256 ${found}, ${kept.weightsSha256} was recorded`;
    findings.push({ what: 'checkpoint', message });
  }
  if (metadata.progress.updates !== kept.updates) {
    const message = `${nameOf(kept)}: it holds ${metadata.progress.updates} updates`;
    findings.push({ what: 'checkpoint', message });
  }
  if (!isOwn(metadata.facts, config) && !isTakenOver({ loaded, ...kept }, config)) {
    findings.push({ what: 'config', message: `${nameOf(kept)} was made with another config than the row has` });
  }
  const covered = points.filter((point) => kept.kind === 'final' || wasMeasured(point, metadata.progress));
  if (withPoints(emptyDigest, covered) !== metadata.progress.metricsDigest) {
    const message = `the ${covered.length} points up to ${nameOf(kept)} are not those that were measured`;
    findings.push({ what: 'metrics', message });
  }
  return findings;
}

/** Whether a checkpoint was made by a run of this config, whatever its length. */
export function isOwn(facts: CheckpointFacts, config: ExperimentConfig): boolean {
  return facts.config_sha256 === configSha256(config);
}

/** The best of the past that was taken over from a run whose config differs only later; no stretch begins or ends at it. */
function isTakenOver({ kind, loaded }: CheckedCheckpoint, config: ExperimentConfig): boolean {
  return kind === 'best' && loaded.metadata.facts.sequence?.trunk === updateSequence(config).trunk;
}

/** Whether a point comes before a checkpoint: the evaluation of its newest step may come after it. */
function wasMeasured({ name, step }: MetricPoint, { updates, evaluatedAt }: RunProgress): boolean {
  if (step < updates - 1 || step === 0) return true;
  return step === updates - 1 && (evaluatedAt === step || updateMetrics.has(name));
}

function checkResult(
  result: TrainingResult,
  points: readonly MetricPoint[],
  newest: CheckedCheckpoint | undefined,
): Finding[] {
  const findings: Finding[] = [];
  const stored = new Map(points.map(({ name, step, value }) => [pointKey(name, step), value]));
  const summaries: [string, EvaluationSummary][] = [
    ['last', result.last],
    ['best', result.best],
    ['untrained', result.baselines.untrained],
  ];
  for (const [name, { step, metrics }] of summaries) {
    for (const [metric, value] of Object.entries(metrics)) {
      const measured = stored.get(pointKey(metric, step));
      if (Object.is(measured, value)) continue;
      const message = `${name}: ${metric} is ${value}, the point of step ${step} is ${measured ?? 'missing'}`;
      findings.push({ what: 'result', message });
    }
  }
  if (newest === undefined) return [...findings, { what: 'checkpoint', message: 'no checkpoint can be read' }];
  const { updates, loaded } = newest;
  if (
    newest.kind !== 'final' ||
    updates !== result.updates ||
    loaded.metadata.weightsSha256 !== result.weights_sha256
  ) {
    const message = `after ${result.updates} updates with weights ${result.weights_sha256}: no checkpoint has that`;
    findings.push({ what: 'result', message });
  }
  return findings;
}

function madeUnder(facts: CheckpointFacts | undefined): string {
  return [facts?.graph_sha256, facts?.data_sha256, facts?.weights_sha256, facts?.layout_sha256].join();
}

function nameOf({ kind, updates }: KeptCheckpoint): string {
  return `checkpoint ${kind} after ${updates} updates`;
}
