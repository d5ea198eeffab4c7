import { canonicalDatasetName, lossConstantFields, type PresetValues } from '@spherelab/catalogue';
import { ConfigError, type ConfigIssue } from './config-error.ts';
import type { DatasetFacts } from './dataset-facts.ts';
import { checkDatasetMeant } from './dataset-meant.ts';
import { type Division, divisionName, divisionOf } from './division.ts';
import {
  type ExperimentField,
  type ExperimentRequest,
  experimentFields,
  experimentRequestSchema,
} from './experiment-schema.ts';
import { parseRequest } from './parse-request.ts';
import { parseExperimentRequest, type ResolvedExperiment, resolveExperiment } from './resolve-experiment.ts';
import { drawSettings, type Settings } from './search-space.ts';
import { checkStrategy, fieldsOfRung } from './search-strategy.ts';
import { maxSweepCells, type SweepRequest, sweepKeys, sweepRequestSchema, sweptFields } from './sweep-schema.ts';

type Cell = Readonly<Record<string, unknown>>;

/** Facts of a cell's data set as it is divided, or null where the data root is not at hand. */
export type FactsOf = (dataset: string, division: Division) => DatasetFacts | null;

/** The images of a cell. */
type CellImages = { readonly dataset: string; readonly division: Division };

/** What all cells share, as each cell will be asked for it. */
const baseSchema = experimentRequestSchema.partial();

/**
 * Parses a sweep and counts its cells; none is made, so the work is that of reading the request.
 * @throws ConfigError
 */
export function parseSweepRequest(request: unknown): SweepRequest {
  const base = (request as { base?: unknown } | null)?.base;
  // Before the sweep around it, which takes any base.
  if (typeof base === 'object' && base !== null) parseRequest(baseSchema, experimentFields, base);
  const sweep = parseRequest(sweepRequestSchema, sweepKeys, request);
  const issues = [
    ...checkStrategy(sweep),
    ...Object.entries(sweep.grid).flatMap(([field, values]) => checkAxis(field, values ?? [], sweep)),
    ...(sweep.cells ?? []).flatMap((cell, index) => checkCell(cell, index, sweep)),
  ];
  if (sweep.strategy === 'grid' && sweptFields(sweep).length === 0) {
    issues.push({ field: 'grid', value: sweep.grid, reason: 'must name at least one field where there are no cells' });
  }
  const cells = countCells(sweep);
  if (cells > maxSweepCells) {
    issues.push({ field: 'grid', value: cells, reason: 'has too many cells', allowed: `at most ${maxSweepCells}` });
  }
  if (issues.length > 0) throw new ConfigError(issues);
  return sweep;
}

/** The data sets a sweep touches as they are divided, for a caller that reads facts before it expands. */
export function datasetsOfSweep(sweep: SweepRequest): CellImages[] {
  const seen = new Map<string, CellImages>();
  for (const cell of cellsOf(sweep, 0)) {
    const entry = imagesOf(cell);
    seen.set(`${entry.dataset} ${divisionName(entry.division)}`, entry);
  }
  return [...seen.values()];
}

/**
 * Every cell of a sweep as a complete experiment, `cells` in their order, last grid field fastest. One is made when it is
 * asked for: two thousand take a fifth of a second, and a server does other things meanwhile.
 * With preset_policy "matched" the first cell's values hold in all cells; only swept fields and loss constants differ.
 * @param rung of a sweep with successive halving: its cells with the steps of that rung
 * @throws ConfigError naming the field and, through `grid.<field>`, what is wrong with an axis
 */
export function* eachCell(sweep: SweepRequest, factsOf: FactsOf, rung = 0): Generator<ResolvedExperiment> {
  const swept = new Set(sweptFields(sweep));
  let matched: PresetValues = {};
  for (const [index, cell] of cellsOf(sweep, rung).entries()) {
    const { dataset, division } = imagesOf(cell);
    const resolved = resolveExperiment(cell, factsOf(dataset, division), matched);
    if (index === 0 && resolved.config.preset_policy === 'matched') matched = sharedValues(resolved, swept);
    yield resolved;
  }
}

/** All cells at once. @throws ConfigError */
export function expandSweep(sweep: SweepRequest, factsOf: FactsOf): ResolvedExperiment[] {
  return [...eachCell(sweep, factsOf)];
}

/** Its fields were checked one by one, so only the data set can be wrong. */
function imagesOf(cell: Cell): CellImages {
  const { dataset, ...others } = cell as Partial<ExperimentRequest>;
  const name = dataset === undefined ? parseExperimentRequest(cell).dataset : canonicalDatasetName(dataset);
  checkDatasetMeant(name);
  return { dataset: name, division: divisionOf(others) };
}

function countCells({ cells, grid, samples, strategy }: SweepRequest): number {
  const first = cells?.length ?? (strategy === 'ask' ? 0 : 1);
  return Object.values(grid).reduce((count, values) => count * (values?.length ?? 1), first * (samples ?? 1));
}

/** The cells of a sweep as they would be posted: `cells`, for each the draws, for each the grid with its last field fastest. */
function cellsOf(sweep: SweepRequest, rung: number): Cell[] {
  const base = { ...sweep.base, ...fieldsOfRung(sweep, rung) };
  let cells: Cell[] = (sweep.cells ?? (sweep.strategy === 'ask' ? [] : [{}])).map((cell) => ({ ...base, ...cell }));
  const { space, samples, draw_seed: seed } = sweep;
  if (space !== undefined && samples !== undefined) {
    const draws = Array.from({ length: samples }, (_, index) => drawSettings(space, seed, index));
    cells = cells.flatMap((cell) => draws.map((draw) => ({ ...cell, ...draw })));
  }
  for (const [field, values] of Object.entries(sweep.grid)) {
    cells = cells.flatMap((cell) => (values ?? []).map((value) => ({ ...cell, [field]: value })));
  }
  return cells;
}

/** The cells of a sweep by what they have in common but seed and fold: places of each in the order of `eachCell`. */
export function repetitionsOf(
  sweep: SweepRequest,
): { readonly settings: Settings; readonly places: readonly number[] }[] {
  const swept = sweptFields(sweep).filter((field) => !['seed', 'fold', 'steps'].includes(field));
  const groups = new Map<string, { settings: Settings; places: number[] }>();
  for (const [place, cell] of cellsOf(sweep, 0).entries()) {
    const settings = Object.fromEntries(swept.map((field) => [field, cell[field]]));
    const key = JSON.stringify(settings);
    const group = groups.get(key) ?? { settings, places: [] };
    group.places.push(place);
    groups.set(key, group);
  }
  return [...groups.values()];
}

/** A field stands in one place only: what wins where it stands in two would be a guess. */
function checkCell(cell: Cell, index: number, { base, grid }: SweepRequest): ConfigIssue[] {
  return Object.keys(cell).flatMap((key) => {
    const other = key in base ? 'base' : 'grid';
    if (!(key in base) && !(key in grid)) return [];
    return [{ field: `cells.${index}.${key}`, value: cell[key], reason: `is also in ${other}; name it once` }];
  });
}

function checkAxis(field: string, values: readonly unknown[], sweep: SweepRequest): ConfigIssue[] {
  const seen = new Set<string>();
  const twice = values.map((value) => JSON.stringify(value)).find((text) => seen.size === seen.add(text).size);
  if (twice !== undefined) return [{ field: `grid.${field}`, value: values, reason: `lists ${twice} twice` }];
  if (field in sweep.base) {
    return [{ field: `base.${field}`, value: sweep.base[field], reason: 'is also in the grid; name it once' }];
  }
  return [];
}

function sharedValues(first: ResolvedExperiment, swept: ReadonlySet<string>): PresetValues {
  const own: ReadonlySet<string> = new Set([...swept, ...lossConstantFields, 'dataset', 'loss']);
  const shared = experimentFields.filter((field: ExperimentField) => !own.has(field));
  return Object.fromEntries(
    shared.flatMap((field) => {
      const value = first.config[field];
      return value === undefined ? [] : [[field, { value, source: first.sources[field] ?? 'ours' }] as const];
    }),
  ) as PresetValues;
}
