import { fork } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  type Experiment,
  finishVerification,
  getExperiment,
  listCheckpoints,
  readMetrics,
  renewVerification,
  type Verification,
} from '@spherelab/db';
import type { KeptCheckpoint, StoredRun, VerificationReport } from '@spherelab/training';
import { bringArtifact } from './bring-artifact.ts';
import { type Device, deviceEnvironment } from './device.ts';
import { downloadCheckpoint } from './download-checkpoint.ts';
import { storedThreads } from './stored-threads.ts';
import type { VerifierAnswer, VerifierOrder } from './verifier-messages.ts';
import { withWorkFolder } from './work-folder.ts';
import type { WorkerContext } from './worker-context.ts';

const verifierScript = fileURLToPath(new URL('./verifier-process.js', import.meta.url));

/** Checks a finished run on one device and writes what was found. A claim that is lost is left to whoever has it. */
export async function verifyExperiment(
  context: WorkerContext,
  verification: Verification,
  device: Device,
): Promise<void> {
  const { database, workerName, numbers } = context;
  const { id, experiment_id: experimentId, stretch } = verification;
  const experiment = await getExperiment(database.pool, experimentId);
  if (experiment === null) return; // deleted, and the verification with it
  const ended = new AbortController();
  const renewal = setInterval(() => {
    renewVerification(database.pool, id, workerName, numbers.leaseMs).then(
      (held) => (held ? undefined : ended.abort()),
      () => undefined,
    );
  }, numbers.renewEveryMs);
  try {
    const report = await withWorkFolder(async (workFolder) => {
      const { order, damaged } = await prepare(context, experiment, workFolder);
      const answer = await ask({ ...order, stretch }, experiment, device, context, ended.signal);
      return { ...answer, findings: [...damaged, ...answer.findings] };
    }).catch((error: unknown) => nothing(error instanceof Error ? error.message : String(error)));
    if (!ended.signal.aborted) await finishVerification(database.pool, id, workerName, report);
  } finally {
    clearInterval(renewal);
  }
}

/** Brings all that is stored of the run into the work folder. */
async function prepare(
  { database, dataRoot, cacheFolder, cacheBytes, threads }: WorkerContext,
  experiment: Experiment,
  workFolder: string,
): Promise<{ order: Omit<VerifierOrder, 'stretch'>; damaged: VerificationReport['findings'] }> {
  const damaged: VerificationReport['findings'][number][] = [];
  const checkpoints: KeptCheckpoint[] = [];
  for (const checkpoint of (await listCheckpoints(database.pool, experiment.id)).reverse()) {
    const { kind, step: updates, weights_sha256: weightsSha256 } = checkpoint;
    const file = join(workFolder, checkpoint.id);
    const damage = await downloadCheckpoint(database, checkpoint, file);
    if (damage === null) checkpoints.push({ file, kind, updates, weightsSha256 });
    else damaged.push({ what: 'checkpoint', message: damage });
  }
  const graph = await bringArtifact(database, experiment.graph_sha256, join(workFolder, 'graph', 'saved_model.pb'));
  const stored: StoredRun = {
    config: experiment.config,
    checkpoints,
    points: await readMetrics(database.pool, experiment.id, {}),
    result: experiment.result as StoredRun['result'],
  };
  const order = {
    stored,
    graphFolder: graph === null ? null : dirname(graph),
    manifestFile: await bringArtifact(database, experiment.manifest_sha256, join(workFolder, 'manifest')),
    dataRoot,
    cacheFolder,
    cacheBytes,
    workFolder: join(workFolder, 'work'),
    hostEnvironment: storedThreads(experiment) ?? threads,
  };
  return { order, damaged };
}

/** Asks a process of its own, which TensorFlow needs and may break. */
async function ask(
  order: VerifierOrder,
  experiment: Experiment,
  device: Device,
  { threads }: WorkerContext,
  signal: AbortSignal,
): Promise<VerificationReport> {
  const env = deviceEnvironment(device, experiment.config.device, storedThreads(experiment) ?? threads);
  const child = fork(verifierScript, [], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    serialization: 'advanced',
    signal,
    killSignal: 'SIGKILL',
  });
  return new Promise((resolve) => {
    let answer: VerifierAnswer = { error: 'the process that computed it again broke' };
    child.on('message', (message: VerifierAnswer) => {
      answer = message;
    });
    child.once('error', (error) => resolve(nothing(error.message)));
    child.once('close', () => resolve('report' in answer ? answer.report : nothing(answer.error)));
    child.send(order);
  });
}

function nothing(message: string): VerificationReport {
  const findings = [{ what: 'recomputation', message }] as const;
  return { same_bits: null, findings, notes: [], stretches: [], environment: {} };
}
