import { tf } from '@spherelab/tensorflow';
import { beginScan } from './scan-products.ts';

/** Products are computed and looked at in blocks of so many rows and columns, all of the same shape. */
const MAX_SIDE = 1_024;
/** The shape of a block is a multiple of it. */
const SIDE_STEP = 16;
/** So many entries of lists are kept at a time: 128 MiB. */
const MAX_ENTRIES = 16 * 2 ** 20;

export type Matrix = ReturnType<typeof tf.tensor2d>;

/** One side of a matrix of products, in blocks [side, dim] on the device that are filled up with zeros. */
export type BlockSide = {
  /** Rows of the set, in the order in which they stand here. */
  readonly order: Int32Array;
  readonly asRows: readonly Matrix[];
  /** What the same rows are multiplied by where they are columns. */
  readonly asColumns: readonly Matrix[];
};

export type BlockQuestion = {
  readonly rows: BlockSide;
  /** May be `rows` itself: then each product is computed once for both, so it must not matter which of two rows comes first. */
  readonly columns: BlockSide;
  /** Of all blocks; `sideOfBlocks`. */
  readonly side: number;
  /** [queries], the query's own row among the columns; -1 where it has none. It is never found nor counted. */
  readonly selfRows: Int32Array;
  /** [queries], how many of the best rows are wanted of each; no more than there are. */
  readonly listed: Int32Array;
  /** [queries], the product that a row must exceed to be counted. */
  readonly bounds: Float32Array;
  /** Told of each query once; the arrays are valid during the call only. */
  readonly tell: (found: FoundRows) => void;
  readonly onProgress?: () => void;
};

export type FoundRows = {
  readonly query: number;
  /** Rows strictly above the bound. */
  readonly above: number;
  /** The best rows by falling product, ties by row, and their products. */
  readonly rows: Int32Array;
  readonly products: Float32Array;
};

/** Looks once at the product of each query with each row of the other side; ADR 20. To be called inside a tidy. */
export function scanBlocks(question: BlockQuestion): void {
  for (const panel of panelsOf(question)) scanPanel(question, panel);
}

/** [side, side] on the host. */
export function productOf(rows: Matrix, columns: Matrix): Float32Array {
  const product = tf.matMul(rows, columns, false, true);
  const values = product.dataSync() as Float32Array;
  product.dispose();
  return values;
}

/** Rows of `values` [rows, dim] in an order, in blocks. */
export function blocksOf(values: Float32Array, order: Int32Array, dim: number, side: number): Matrix[] {
  return Array.from({ length: Math.ceil(order.length / side) }, (_, block) => {
    const some = new Float32Array(side * dim);
    order.subarray(block * side, (block + 1) * side).forEach((row, at) => {
      some.set(values.subarray(row * dim, (row + 1) * dim), at * dim);
    });
    return tf.tensor2d(some, [side, dim]);
  });
}

/** Sides that were found even, by the side that was asked for and the dimension. */
const evenSides = new Map<string, number>();
/** Sides that are tried. */
const TRIED_SIDES = 12;
/** Different rows, and different columns, by which a side is tried; no divisor of any shape of a library's inner blocks. */
const KINDS = 7;

/**
 * The side of blocks for sets of up to `longest` rows of which up to `mostListed` are listed: one in whose products the same pair
 * of rows gives the same number at each place. A library may sum in another order at the edges of some shapes (oneDNN with AVX2
 * in the last two rows of 512), and then copies of an image would not tie. Where none is found, any.
 */
export function sideOfBlocks(longest: number, mostListed: number, dim: number): number {
  const rowsOfLists = Math.floor(MAX_ENTRIES / Math.max(1, mostListed) / SIDE_STEP) * SIDE_STEP;
  const wholeSteps = Math.ceil(longest / SIDE_STEP) * SIDE_STEP;
  const asked = Math.max(SIDE_STEP, Math.min(MAX_SIDE, rowsOfLists, wholeSteps));
  const key = `${asked} x ${dim}`;
  const known = evenSides.get(key);
  if (known !== undefined) return known;
  const sides = Array.from({ length: TRIED_SIDES }, (_, tried) => asked + tried * SIDE_STEP);
  const side = sides.find((tried) => isEven(tried, dim)) ?? asked;
  evenSides.set(key, side);
  return side;
}

/** Multiplies rows of a few kinds with columns of a few kinds: each pair of kinds gives one number, wherever it stands. */
function isEven(side: number, dim: number): boolean {
  return tf.tidy(() => {
    const kinds = Int32Array.from({ length: side }, (_, at) => at % KINDS);
    const some = (seed: number): Matrix =>
      tf.gather(tf.randomUniform([KINDS, dim], -1, 1, 'float32', seed), tf.tensor1d(kinds, 'int32')) as Matrix;
    const products = productOf(some(1), some(2));
    for (let row = 0; row < side; row += 1) {
      for (let column = 0; column < side; column += 1) {
        if (products[row * side + column] !== products[(row % KINDS) * side + (column % KINDS)]) return false;
      }
    }
    return true;
  });
}

type Panel = readonly [firstBlock: number, endBlock: number];

/** Blocks of queries whose lists are kept at the same time. */
function panelsOf({ rows, listed, side }: BlockQuestion): Panel[] {
  const panels: [number, number][] = [];
  let entries = Number.POSITIVE_INFINITY;
  rows.asRows.forEach((_, block) => {
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

function scanPanel(question: BlockQuestion, [firstBlock, endBlock]: Panel): void {
  const { rows, columns, side, bounds, listed, selfRows, tell, onProgress } = question;
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
    for (let column = 0; column < columns.asColumns.length; column += 1) {
      const isMirrored = rows === columns && column >= firstBlock && column < endBlock;
      if (isMirrored && column < row) continue;
      const firstColumn = column * side;
      const count = Math.min(side, columns.order.length - firstColumn);
      scan.block.set(productOf(rows.asRows[row] as Matrix, columns.asColumns[column] as Matrix));
      ofRow.forEach((query, i) => {
        const self = selfRows[query] as number;
        const at = self < 0 ? -1 : (placeOf[self] as number) - firstColumn;
        // Below every product, so it is among the best of nobody.
        if (at >= 0 && at < count) scan.block[i * side + at] = Number.NEGATIVE_INFINITY;
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
  const { above, starts, rows: found, products } = scan.finish();
  queries.forEach((query, i) => {
    const [first, end] = [starts[i] as number, starts[i + 1] as number];
    tell({
      query,
      above: above[i] as number,
      rows: found.subarray(first, end),
      products: products.subarray(first, end),
    });
  });
}
