import { createHash } from 'node:crypto';
import type { Dataset, ManifestEntry } from '@spherelab/datasets';
import { encodeThumbnails } from '@spherelab/datasets/thumbnails';
import {
  type EmbeddingSet,
  nearestNeighbours,
  normaliseSet,
  normHistogram,
  principalComponents,
} from '@spherelab/evaluation';
import { pictureContent } from './picture-content.ts';
import type { ThumbnailCache } from './thumbnail-cache.ts';
import type { EvaluationViewEvent } from './training-events.ts';

/** Bounds of what an evaluation shows: 1,000 images on the map, 120 queries with 10 neighbours, from 2,000 queries looked at. */
const MAP_IMAGES = 1_000;
const QUERIES_RANKED = 2_000;
const HARDEST_SHOWN = 60;
const OTHERS_SHOWN = 60;
const NEIGHBOURS = 10;
const NORM_BINS = 40;

/** Raise it whenever a view of the same embeddings and pictures is another: views of untrained networks are kept. */
export const VIEW_FORMAT = 1;

/** Pictures of this run that were sent before, by list and row: their SHA-256. */
export type SentThumbnails = Map<string, string>;

export type EvaluationViewOptions = {
  readonly dataset: Dataset;
  readonly batchSize: number;
  readonly step: number;
  readonly test: EmbeddingSet;
  readonly gallery: EmbeddingSet | null;
  readonly sent: SentThumbnails;
  readonly kept: ThumbnailCache;
  readonly onProgress: () => void;
};

type Thumbnail = EvaluationViewEvent['thumbnails'][number];
type PictureRef = { readonly key: string; readonly entry: ManifestEntry };

/** What a person looks at after an evaluation: the spread of norms, a map, and the neighbours of queries with their pictures. */
export async function evaluationView(options: EvaluationViewOptions): Promise<EvaluationViewEvent> {
  const { dataset, step, test, gallery, onProgress } = options;
  const refs = new Map<string, number>();
  const wanted: PictureRef[] = [];
  const pictureOf = (list: 'test' | 'gallery', row: number): number => {
    const key = `${list} ${row}`;
    const known = refs.get(key);
    if (known !== undefined) return known;
    const entry = dataset.manifest[list]?.[row];
    if (entry === undefined) throw new Error(`there is no image ${row} in the ${list} list`);
    refs.set(key, wanted.push({ key, entry }) - 1);
    return wanted.length - 1;
  };
  const mapRows = evenRows(test.labels.length, MAP_IMAGES);
  const unit = normaliseSet(test);
  const { coordinates, explained } = principalComponents({ ...unit, embeddings: pickRows(unit, mapRows) }, 2);
  onProgress();
  const ranked = nearestNeighbours(test, gallery, {
    count: NEIGHBOURS,
    queries: evenRows(test.labels.length, QUERIES_RANKED),
    onProgress,
  });
  const neighbourList = gallery === null ? 'test' : 'gallery';
  const neighbourLabels = (gallery ?? test).labels;
  const points = Array.from(mapRows, (row, at) => [
    pictureOf('test', row),
    rounded(coordinates[2 * at] as number),
    rounded(coordinates[2 * at + 1] as number),
  ]);
  const queries = shownQueries(ranked).map(({ query, rows, cosines, hardness }) => ({
    picture: pictureOf('test', query),
    hardness: rounded(hardness),
    neighbours: Array.from(rows, (row, rank) => ({
      picture: pictureOf(neighbourList, row),
      cosine: rounded(cosines[rank] as number),
      right: neighbourLabels[row] === test.labels[query],
    })),
  }));
  const { hashes, thumbnails } = await thumbnailsOf(wanted, options);
  return {
    type: 'evaluation-view',
    step,
    norms: normHistogram(unit.norms, NORM_BINS),
    detail: {
      pictures: wanted.map(({ entry }, at) => ({ sha256: hashes[at] as string, path: entry.path, label: entry.label })),
      map: { explained: explained.map(rounded), points },
      queries,
      queries_ranked: ranked.length,
      queries_failed: ranked.filter(({ hardness }) => hardness > 0).length,
    },
    embeddings: pickRows(test, mapRows),
    dim: test.dim,
    thumbnails,
  };
}

/** The hardest queries, hardest first, then others evenly from the rest. */
function shownQueries<T extends { readonly hardness: number }>(ranked: readonly T[]): T[] {
  const hardestFirst = [...ranked].sort((a, b) => b.hardness - a.hardness);
  const rest = hardestFirst.slice(HARDEST_SHOWN);
  const others = Array.from(evenRows(rest.length, OTHERS_SHOWN), (at) => rest[at] as T);
  return [...hardestFirst.slice(0, HARDEST_SHOWN), ...others];
}

/** At most `most` of `total` rows, evenly spaced: lists are in order of classes, so every large class is met. */
function evenRows(total: number, most: number): Int32Array {
  const count = Math.min(total, most);
  return Int32Array.from({ length: count }, (_, at) => Math.floor((at * total) / count));
}

function pickRows({ embeddings, dim }: Pick<EmbeddingSet, 'embeddings' | 'dim'>, rows: Int32Array): Float32Array {
  const picked = new Float32Array(rows.length * dim);
  for (const [at, row] of rows.entries()) picked.set(embeddings.subarray(row * dim, (row + 1) * dim), at * dim);
  return picked;
}

async function thumbnailsOf(
  wanted: readonly PictureRef[],
  { dataset, batchSize, sent, kept, onProgress }: EvaluationViewOptions,
): Promise<{ hashes: string[]; thumbnails: Thumbnail[] }> {
  const { imageSize } = dataset;
  const thumbnails: Thumbnail[] = [];
  const add = (key: string, webp: Uint8Array): void => {
    const sha256 = createHash('sha256').update(webp).digest('hex');
    sent.set(key, sha256);
    thumbnails.push({ sha256, webp });
  };
  const missing: PictureRef[] = [];
  for (const ref of wanted.filter(({ key }) => !sent.has(key))) {
    const known = await kept.read({ content: pictureContent(dataset, ref.entry), imageSize });
    if (known === null) missing.push(ref);
    else add(ref.key, known);
  }
  for (let first = 0; first < missing.length; first += batchSize) {
    const part = missing.slice(first, first + batchSize);
    const entries = part.map(({ entry }) => entry);
    const pixels = await dataset.pictures.batch({ entries, rows: entries.length, training: null });
    const files = await encodeThumbnails(pixels, entries.length, imageSize);
    for (const [at, webp] of files.entries()) {
      const { key, entry } = part[at] as PictureRef;
      add(key, webp);
      await kept.write({ content: pictureContent(dataset, entry), imageSize }, webp);
    }
    onProgress();
  }
  const distinct = new Map(thumbnails.map((thumbnail) => [thumbnail.sha256, thumbnail]));
  return { hashes: wanted.map(({ key }) => sent.get(key) as string), thumbnails: [...distinct.values()] };
}

/** Four digits are more than a screen shows, and keep the text small. */
function rounded(value: number): number {
  return Math.round(value * 1e4) / 1e4;
}
