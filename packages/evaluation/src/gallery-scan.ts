import { tf } from '@spherelab/tensorflow';
import type { NormalisedSet } from './embedding-set.ts';
import { beginScan } from './scan-cosines.ts';

/** Cosines are computed and looked at in blocks of so many rows and columns, all of the same shape. */
const MAX_SIDE = 1_024;
/** The shape of a block is a multiple of it. */
const SIDE_STEP = 16;
/** So many entries of lists are kept at a time: 128 MiB. */
const MAX_ENTRIES = 16 * 2 ** 20;

/** Stands for a query's cosine with itself, which does not count: below every cosine. */
const SELF = -2;

type Matrix = ReturnType<typeof tf.tensor2d>;

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
  /** Told of each query once; the arrays are valid during the call only. */
  readonly tell: (found: FoundRows) => void;
  readonly onProgress?: () => void;
};

export type FoundRows = {
  readonly query: number;
  /** Gallery rows strictly above the bound. */
  readonly above: number;
  /** The best gallery rows by falling cosine, ties by row, and their cosines. */
  readonly rows: Int32Array;
  readonly cosines: Float32Array;
  /** The highest cosine with another row of the query's class; -Infinity where there is none. */
  readonly bestOwn: number;
};

/** One side of the matrix of cosines, in order of class, in blocks on the device that are filled up with zeros. */
type Side = {
  /** Rows of the set, in the order in which they stand here. */
  readonly order: Int32Array;
  readonly labels: Int32Array;
  readonly blocks: readonly Matrix[];
};

/**
 * Looks once at the cosine of each query with each gallery row. Where both are the same set, half of the blocks are computed:
 * the others are their mirror images. A cosine is the same number wherever it stands (`evenSide`), so ties are ties. Rows are in
 * order of class, so a query's own class stands in a few blocks, which are looked at first: they give the bounds.
 */
export function scanGallery(question: GalleryQuestion): void {
  const { queries, gallery, listed } = question;
  const mostListed = listed.reduce((most, count) => Math.max(most, count), 1);
  const longest = Math.max(queries.labels.length, gallery.labels.length);
  const rowsOfLists = Math.floor(MAX_ENTRIES / mostListed / SIDE_STEP) * SIDE_STEP;
  const wholeSteps = Math.ceil(longest / SIDE_STEP) * SIDE_STEP;
  const side = evenSide(Math.max(SIDE_STEP, Math.min(MAX_SIDE, rowsOfLists, wholeSteps)), queries.dim);
  tf.tidy(() => {
    const columns = sideOf(gallery, side);
    const rows = queries === gallery ? columns : sideOf(queries, side);
    const own = ownCosines(question, rows, columns, side);
    const bounds = question.boundsOf(own);
    for (const panel of panelsOf(rows, listed, side)) scanPanel(question, { rows, columns, side, own, bounds, panel });
  });
}

/** Sides that were found even, by the side that was asked for and the dimension. */
const evenSides = new Map<string, number>();
/** Sides that are tried, and pairs of rows by which each is. */
const TRIED_SIDES = 12;
const TRIED_PAIRS = 4;

/**
 * The side itself or the next one above, in whose products the same pair of rows gives the same number at each place: a library
 * may sum in another order at the edges of some shapes (oneDNN with AVX2 in the last two rows of 512), and then copies of an
 * image would not tie. Where none is found, the side itself.
 */
function evenSide(asked: number, dim: number): number {
  const key = `${asked} x ${dim}`;
  const known = evenSides.get(key);
  if (known !== undefined) return known;
  const sides = Array.from({ length: TRIED_SIDES }, (_, tried) => asked + tried * SIDE_STEP);
  const side = sides.find((tried) => isEven(tried, dim)) ?? asked;
  evenSides.set(key, side);
  return side;
}

function isEven(side: number, dim: number): boolean {
  return Array.from({ length: TRIED_PAIRS }, (_, pair) =>
    tf.tidy(() => {
      const one = tf.randomUniform([1, dim], -1, 1, 'float32', 2 * pair + 1);
      const other = tf.randomUniform([1, dim], -1, 1, 'float32', 2 * pair + 2);
      const cosines = cosinesOf(tf.tile(one, [side, 1]) as Matrix, tf.tile(other, [side, 1]) as Matrix);
      return cosines.every((cosine) => cosine === cosines[0]);
    }),
  ).every(Boolean);
}

function sideOf({ embeddings, labels, dim }: NormalisedSet, side: number): Side {
  const order = Int32Array.from(labels.keys()).sort((a, b) => (labels[a] as number) - (labels[b] as number) || a - b);
  const blocks = Array.from({ length: Math.ceil(order.length / side) }, (_, block) => {
    const values = new Float32Array(side * dim);
    order.subarray(block * side, (block + 1) * side).forEach((row, at) => {
      values.set(embeddings.subarray(row * dim, (row + 1) * dim), at * dim);
    });
    return tf.tensor2d(values, [side, dim]);
  });
  return { order, labels: order.map((row) => labels[row] as number), blocks };
}

/** [side, side] on the host. */
function cosinesOf(rows: Matrix, columns: Matrix): Float32Array {
  const product = tf.matMul(rows, columns, false, true);
  const cosines = product.dataSync() as Float32Array;
  product.dispose();
  return cosines;
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
function ownCosines({ selfRows }: GalleryQuestion, rows: Side, columns: Side, side: number): OwnCosines {
  const best = new Float32Array(rows.order.length).fill(Number.NEGATIVE_INFINITY);
  const self = new Float32Array(rows.order.length).fill(Number.NaN);
  const places = placesOfLabels(columns.labels);
  rows.blocks.forEach((block, index) => {
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
      const other = columns.blocks[column] as Matrix;
      const cosines = isTurned ? cosinesOf(other, block) : cosinesOf(block, other);
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

/** Blocks of queries whose lists are kept at the same time: [first block, block behind the last]. */
function panelsOf(rows: Side, listed: Int32Array, side: number): [number, number][] {
  const panels: [number, number][] = [];
  let entries = Number.POSITIVE_INFINITY;
  rows.blocks.forEach((_, block) => {
    const own = rows.order
      .subarray(block * side, (block + 1) * side)
      .reduce((sum, query) => sum + (listed[query] as number), 0);
    entries += own;
    const panel = panels.at(-1);
    if (panel !== undefined && entries <= MAX_ENTRIES) panel[1] = block + 1;
    else {
      panels.push([block, block + 1]);
      entries = own;
    }
  });
  return panels;
}

type Panel = {
  readonly rows: Side;
  readonly columns: Side;
  readonly side: number;
  readonly own: OwnCosines;
  readonly bounds: Float32Array;
  readonly panel: readonly [number, number];
};

function scanPanel(question: GalleryQuestion, { rows, columns, side, own, bounds, panel }: Panel): void {
  const { listed, selfRows, tell, onProgress } = question;
  const [firstBlock, endBlock] = panel;
  const queries = rows.order.subarray(firstBlock * side, endBlock * side);
  const placeOf = new Int32Array(columns.order.length);
  columns.order.forEach((row, at) => {
    placeOf[row] = at;
  });
  const scan = beginScan({
    bounds: Float32Array.from(queries, (query) => bounds[query] as number),
    listed: queries.map((query) => listed[query] as number),
    ids: columns.order,
    side,
  });
  for (let row = firstBlock; row < endBlock; row += 1) {
    const ofRow = rows.order.subarray(row * side, (row + 1) * side);
    for (let column = 0; column < columns.blocks.length; column += 1) {
      const isMirrored = rows === columns && column >= firstBlock && column < endBlock;
      if (isMirrored && column < row) continue;
      const firstColumn = column * side;
      const count = Math.min(side, columns.order.length - firstColumn);
      scan.block.set(cosinesOf(rows.blocks[row] as Matrix, columns.blocks[column] as Matrix));
      ofRow.forEach((query, i) => {
        const self = selfRows[query] as number;
        const at = self < 0 ? -1 : (placeOf[self] as number) - firstColumn;
        if (at >= 0 && at < count) scan.block[i * side + at] = SELF;
      });
      scan.look({
        rows: ofRow.length,
        columns: count,
        firstRow: (row - firstBlock) * side,
        firstColumn,
        columnQuery: isMirrored && column > row ? (column - firstBlock) * side : null,
        rowInGallery: rows === columns ? row * side : 0,
      });
    }
    onProgress?.();
  }
  const { above, starts, rows: found, cosines } = scan.finish();
  queries.forEach((query, i) => {
    const [first, end] = [starts[i] as number, starts[i + 1] as number];
    tell({
      query,
      above: above[i] as number,
      rows: found.subarray(first, end),
      cosines: cosines.subarray(first, end),
      bestOwn: own.best[query] as number,
    });
  });
}
