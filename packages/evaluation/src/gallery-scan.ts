import { tf } from '@spherelab/tensorflow';
import {
  type BlockSide,
  blocksOf,
  type FoundRows,
  type Matrix,
  productOf,
  scanBlocks,
  sideOfBlocks,
} from './block-scan.ts';
import type { NormalisedSet } from './embedding-set.ts';

/** What is known of a query from the rows of its own class. */
export type OwnCosines = {
  /** [queries], the highest cosine with another row of its class; -Infinity where there is none. */
  readonly best: Float32Array;
  /** [queries], the cosine with itself; NaN where it is not in the gallery. */
  readonly self: Float32Array;
};

export type GalleryQuestion = {
  readonly queries: NormalisedSet;
  /** May be `queries` itself: then each cosine is computed once for both. */
  readonly gallery: NormalisedSet;
  /** [queries], the query's own gallery row; -1 where it has none. It is never found nor counted. */
  readonly selfRows: Int32Array;
  /** [queries], how many of the best gallery rows are wanted of each; no more than there are. */
  readonly listed: Int32Array;
  /** [queries], the cosine that a row must exceed to be counted. */
  readonly boundsOf: (own: OwnCosines) => Float32Array;
  /** Told of each query once, with the highest cosine with another row of its class; the arrays are valid during the call only. */
  readonly tell: (found: FoundRows, bestOwn: number) => void;
  readonly onProgress?: () => void;
};

type Side = BlockSide & {
  /** [rows], in the order of the side: ascending. */
  readonly labels: Int32Array;
};

/**
 * Looks once at the cosine of each query with each gallery row. A cosine is the same number wherever it stands, so ties are ties.
 * Rows are in order of class, so a query's own class stands in a few blocks, which are looked at first: they give the bounds.
 */
export function scanGallery(question: GalleryQuestion): void {
  const { queries, gallery, selfRows, listed, boundsOf, tell, onProgress } = question;
  const mostListed = listed.reduce((most, count) => Math.max(most, count), 0);
  const side = sideOfBlocks(Math.max(queries.labels.length, gallery.labels.length), mostListed, queries.dim);
  tf.tidy(() => {
    const columns = inOrderOfClass(gallery, side);
    const rows = queries === gallery ? columns : inOrderOfClass(queries, side);
    const own = ownCosines(rows, columns, side, selfRows);
    scanBlocks({
      rows,
      columns,
      side,
      selfRows,
      listed,
      bounds: boundsOf(own),
      tell: (found) => tell(found, own.best[found.query] as number),
      ...(onProgress && { onProgress }),
    });
  });
}

function inOrderOfClass({ embeddings, labels, dim }: NormalisedSet, side: number): Side {
  const order = Int32Array.from(labels.keys()).sort((a, b) => (labels[a] as number) - (labels[b] as number) || a - b);
  const blocks = blocksOf(embeddings, order, dim, side);
  return { order, labels: order.map((row) => labels[row] as number), asRows: blocks, asColumns: blocks };
}

/** First place of each label, and the place behind its last, in labels that ascend. */
function placesOfLabels(labels: Int32Array): ReadonlyMap<number, readonly [number, number]> {
  const places = new Map<number, readonly [number, number]>();
  labels.forEach((label, at) => {
    places.set(label, [places.get(label)?.[0] ?? at, at + 1]);
  });
  return places;
}

/** By query of the set, not of its order. */
function ownCosines(rows: Side, columns: Side, side: number, selfRows: Int32Array): OwnCosines {
  const best = new Float32Array(rows.order.length).fill(Number.NEGATIVE_INFINITY);
  const self = new Float32Array(rows.order.length).fill(Number.NaN);
  const places = placesOfLabels(columns.labels);
  rows.asRows.forEach((block, index) => {
    const queries = rows.order.subarray(index * side, (index + 1) * side);
    const ranges = Array.from(
      queries,
      (_, i) => places.get(rows.labels[index * side + i] as number) ?? ([0, 0] as const),
    );
    const ofClasses = ranges.filter(([first, end]) => end > first);
    const end = ofClasses.reduce((most, range) => Math.max(most, range[1]), 0);
    const first = ofClasses.reduce((least, range) => Math.min(least, range[0]), end);
    for (let column = Math.floor(first / side); column * side < end; column += 1) {
      // The same product as later, when the bounds that come of it are compared with it.
      const isTurned = rows === columns && column < index;
      const other = columns.asColumns[column] as Matrix;
      const cosines = isTurned ? productOf(other, block) : productOf(block, other);
      queries.forEach((query, i) => {
        const [from, to] = ranges[i] as readonly [number, number];
        for (let at = Math.max(from, column * side); at < Math.min(to, (column + 1) * side); at += 1) {
          const j = at - column * side;
          const cosine = cosines[isTurned ? j * side + i : i * side + j] as number;
          if (columns.order[at] === selfRows[query]) self[query] = cosine;
          else if (cosine > (best[query] as number)) best[query] = cosine;
        }
      });
    }
  });
  return { best, self };
}
