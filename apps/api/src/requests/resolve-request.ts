import {
  ConfigError,
  type DatasetFacts,
  type Division,
  datasetsOfSweep,
  divisionName,
  divisionOf,
  eachCell,
  experimentIdentity,
  type Provenance,
  parseExperimentRequest,
  parseSweepRequest,
  type ResolvedExperiment,
  resolveExperiment,
  runCourse,
  type SweepRequest,
} from '@spherelab/config';
import type { NewExperiment } from '@spherelab/db';
import type { AppDependencies } from '../app-dependencies.ts';
import { checkWeightsFile } from './check-weights-file.ts';
import { presentFolder } from './present-folder.ts';
import { turn } from './turn.ts';

/** Cells that are made before other requests get their turn: some ms. */
const cellsAtOnce = 50;

type Known = Pick<AppDependencies, 'catalogue' | 'dataRoot' | 'numerics'>;

/** Checks and completes a posted experiment. @throws ConfigError */
export async function resolveExperimentRequest(dependencies: Known, body: unknown): Promise<NewExperiment> {
  const { force, request } = splitForce(body);
  const asked = parseExperimentRequest(request);
  const facts = await factsOf(dependencies, asked.dataset, divisionOf(asked));
  const resolved = resolveExperiment(request, facts);
  await checkWeightsFile(dependencies.dataRoot, resolved);
  const weights = await weightsSha256(dependencies, resolved.config.weights);
  return toNewExperiment(resolved, { facts, weights, force, numerics: dependencies.numerics });
}

/** Checks and completes every cell of a posted sweep before anything is stored. @throws ConfigError */
export async function resolveSweepRequest(
  dependencies: Known,
  body: unknown,
): Promise<{ sweep: SweepRequest; cells: NewExperiment[] }> {
  const sweep = parseSweepRequest(body);
  return { sweep, cells: await resolveSweepCells(dependencies, sweep) };
}

/** The cells of a sweep, in their order. @param rung of successive halving @throws ConfigError */
export async function resolveSweepCells(dependencies: Known, sweep: SweepRequest, rung = 0): Promise<NewExperiment[]> {
  const known = new Map<string, DatasetFacts | null>();
  const key = (dataset: string, division: Division) => `${divisionName(division)} ${dataset}`;
  for (const { dataset, division } of datasetsOfSweep(sweep)) {
    known.set(key(dataset, division), await factsOf(dependencies, dataset, division));
  }
  const lookUp = (dataset: string, division: Division) => known.get(key(dataset, division)) ?? null;
  const weights = new Map<string, string | null>();
  const cells: NewExperiment[] = [];
  for (const cell of eachCell(sweep, lookUp, rung)) {
    if (cells.length % cellsAtOnce === 0) await turn();
    await checkWeightsFile(dependencies.dataRoot, cell);
    const { dataset, weights: name } = cell.config;
    if (!weights.has(name)) weights.set(name, await weightsSha256(dependencies, name));
    const facts = lookUp(dataset, divisionOf(cell.config));
    const found = { facts, weights: weights.get(name) ?? null, force: sweep.force, numerics: dependencies.numerics };
    cells.push(toNewExperiment(cell, found));
  }
  return cells;
}

/** What was found beside the config. */
type Found = {
  readonly facts: DatasetFacts | null;
  readonly weights: string | null;
  readonly numerics: string;
  readonly force: boolean;
};

/** A folder has one name, however a request spells it; its content and that of the weights are part of the identity. */
function toNewExperiment({ config, sources }: ResolvedExperiment, found: Found): NewExperiment {
  const { facts, weights, numerics, force } = found;
  const named = { ...config, dataset: facts?.name ?? config.dataset };
  const provenance: Provenance = {
    numerics,
    data_sha256: facts?.dataSha256 ?? null,
    weights_sha256: weights,
  };
  const identity = experimentIdentity(named, provenance);
  return { config: named, sources, provenance, course: runCourse(named, facts), identity, force };
}

/** `random`, or the hash of a file of weights; null where this process has no data root. */
async function weightsSha256({ catalogue, dataRoot }: Known, weights: string): Promise<string | null> {
  if (weights === 'random') return 'random';
  const root = await presentFolder(dataRoot);
  return root === null ? null : catalogue.weightsSha256(root, weights);
}

/** `force` is about the request, not about the experiment. */
function splitForce(body: unknown): { force: boolean; request: unknown } {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return { force: false, request: body ?? {} };
  if (!Object.hasOwn(body, 'force')) return { force: false, request: body };
  const { force = false, ...request } = body as Record<string, unknown>;
  if (typeof force !== 'boolean') {
    throw new ConfigError([{ field: 'force', value: force, reason: 'must be a boolean', allowed: 'true, false' }]);
  }
  return { force, request };
}

/** What is known of a data set; null where this process has no data root, and the worker judges. */
async function factsOf(
  { catalogue, dataRoot }: Known,
  dataset: string,
  division: Division,
): Promise<DatasetFacts | null> {
  try {
    return await catalogue.describe(await presentFolder(dataRoot), dataset, division);
  } catch (error) {
    const { code, field } = error as { code?: unknown; field?: unknown };
    if (code === 'no_data_root') return null;
    if (!(error instanceof Error) || error.name !== 'DatasetError' || typeof field !== 'string') throw error;
    throw new ConfigError([{ field, value: blamedValue(field, dataset, division), reason: error.message }]);
  }
}

/** What the request has in the field that a data set's error is about. */
function blamedValue(field: string, dataset: string, division: Division): unknown {
  if (field === 'protocol') return 'validation';
  return field === 'folds' && typeof division === 'object' ? division.folds : dataset;
}
