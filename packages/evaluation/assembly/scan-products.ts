// One look at each product of a block: counts those above a bound and keeps the best of each query. AssemblyScript;
// scripts/generate-assembly.mjs compiles it into src/generated/scan-products.ts. src/block-scan.ts says what it is for.
//
// The best of a query are a heap with the worst at its root, so a product that is none of them costs one comparison. One entry is
// worse than another where its product is lower, or the same and its row higher.

/** [queries + 1], u32: the entries of a query are starts[query] .. starts[query + 1]. */
let starts: usize = 0;
/** [queries], u32: how many of them are taken. */
let sizes: usize = 0;
/** [queries], f32: a product below it is none of the best; Infinity where none is kept. */
let worsts: usize = 0;
/** [entries], f32 and i32. */
let entryProducts: usize = 0;
let entryRows: usize = 0;

/** Addresses of the lists that the other functions fill. */
export function useLists(ofStarts: usize, ofSizes: usize, ofWorsts: usize, ofProducts: usize, ofRows: usize): void {
  starts = ofStarts;
  sizes = ofSizes;
  worsts = ofWorsts;
  entryProducts = ofProducts;
  entryRows = ofRows;
}

function isWorse(product: f32, row: i32, thanProduct: f32, thanRow: i32): bool {
  return product < thanProduct || (product === thanProduct && row > thanRow);
}

/** Puts an entry into the heap of `size` entries from `first` on, whose root is free. */
function siftDown(first: u32, size: u32, product: f32, row: i32): void {
  let at: u32 = 0;
  for (;;) {
    let child = at * 2 + 1;
    if (child >= size) break;
    let from = ((first + child) as usize) * 4;
    if (child + 1 < size) {
      const productOf = load<f32>(entryProducts + from + 4);
      if (
        isWorse(
          productOf,
          load<i32>(entryRows + from + 4),
          load<f32>(entryProducts + from),
          load<i32>(entryRows + from),
        )
      ) {
        child += 1;
        from += 4;
      }
    }
    const childProduct = load<f32>(entryProducts + from);
    const childRow = load<i32>(entryRows + from);
    if (!isWorse(childProduct, childRow, product, row)) break;
    const to = ((first + at) as usize) * 4;
    store<f32>(entryProducts + to, childProduct);
    store<i32>(entryRows + to, childRow);
    at = child;
  }
  const to = ((first + at) as usize) * 4;
  store<f32>(entryProducts + to, product);
  store<i32>(entryRows + to, row);
}

/** Adds an entry to the heap of `size` entries from `first` on, behind which there is room. */
function siftUp(first: u32, size: u32, product: f32, row: i32): void {
  let at = size;
  while (at > 0) {
    const parent = (at - 1) >> 1;
    const from = ((first + parent) as usize) * 4;
    const parentProduct = load<f32>(entryProducts + from);
    const parentRow = load<i32>(entryRows + from);
    if (!isWorse(product, row, parentProduct, parentRow)) break;
    const to = ((first + at) as usize) * 4;
    store<f32>(entryProducts + to, parentProduct);
    store<i32>(entryRows + to, parentRow);
    at = parent;
  }
  const to = ((first + at) as usize) * 4;
  store<f32>(entryProducts + to, product);
  store<i32>(entryRows + to, row);
}

/** Takes a row among the best of a query, or not. */
function offer(query: usize, product: f32, row: i32): void {
  const first = load<u32>(starts + query * 4);
  const most = load<u32>(starts + query * 4 + 4) - first;
  const size = load<u32>(sizes + query * 4);
  if (size < most) {
    siftUp(first, size, product, row);
    store<u32>(sizes + query * 4, size + 1);
    if (size + 1 === most) store<f32>(worsts + query * 4, load<f32>(entryProducts + (first as usize) * 4));
    return;
  }
  const root = (first as usize) * 4;
  if (!isWorse(load<f32>(entryProducts + root), load<i32>(entryRows + root), product, row)) return;
  siftDown(first, most, product, row);
  store<f32>(worsts + query * 4, load<f32>(entryProducts + root));
}

/**
 * Looks at the products of `rows` queries with `columns` gallery rows, each row of the block `stride` bytes after the one before.
 * `bounds` and `above` are of the queries of the rows, from the first on, and `firstRow` is the first query's index in the lists;
 * the same for the columns, which are queries too where both sides are the same set; elsewhere their bounds and worsts are Infinity.
 * `rowIds` and `columnIds`: what the lists call the rows of either side.
 */
export function scanBlock(
  products: usize,
  rows: i32,
  columns: i32,
  stride: usize,
  bounds: usize,
  above: usize,
  firstRow: usize,
  rowIds: usize,
  columnBounds: usize,
  columnAbove: usize,
  columnWorsts: usize,
  firstColumn: usize,
  columnIds: usize,
): void {
  const whole = columns & ~3;
  for (let i = 0; i < rows; i += 1) {
    const line = products + (i as usize) * stride;
    const query = firstRow + (i as usize);
    const bound = v128.load32_splat(bounds + (i as usize) * 4);
    let worst = v128.load32_splat(worsts + query * 4);
    let counts = i32x4.splat(0);
    for (let j = 0; j < whole; j += 4) {
      const at = (j as usize) * 4;
      const four = v128.load(line + at);
      counts = i32x4.sub(counts, f32x4.gt(four, bound));
      const inColumns = f32x4.gt(four, v128.load(columnBounds + at));
      v128.store(columnAbove + at, i32x4.sub(v128.load(columnAbove + at), inColumns));
      const isBest = v128.or(f32x4.ge(four, worst), f32x4.ge(four, v128.load(columnWorsts + at)));
      if (v128.any_true(isBest)) {
        for (let k = j; k < j + 4; k += 1) {
          offerBoth(line, k, query, rowIds + (i as usize) * 4, columnWorsts, firstColumn, columnIds);
        }
        worst = v128.load32_splat(worsts + query * 4);
      }
    }
    let count = i32x4.extract_lane(counts, 0) + i32x4.extract_lane(counts, 1);
    count += i32x4.extract_lane(counts, 2) + i32x4.extract_lane(counts, 3);
    for (let j = whole; j < columns; j += 1) {
      const at = (j as usize) * 4;
      const product = load<f32>(line + at);
      if (product > load<f32>(bounds + (i as usize) * 4)) count += 1;
      if (product > load<f32>(columnBounds + at)) store<i32>(columnAbove + at, load<i32>(columnAbove + at) + 1);
      offerBoth(line, j, query, rowIds + (i as usize) * 4, columnWorsts, firstColumn, columnIds);
    }
    store<i32>(above + (i as usize) * 4, load<i32>(above + (i as usize) * 4) + count);
  }
}

/** Offers the column to the row's query and the row to the column's. */
function offerBoth(
  line: usize,
  column: i32,
  query: usize,
  rowId: usize,
  columnWorsts: usize,
  firstColumn: usize,
  columnIds: usize,
): void {
  const at = (column as usize) * 4;
  const product = load<f32>(line + at);
  if (product >= load<f32>(worsts + query * 4)) offer(query, product, load<i32>(columnIds + at));
  if (product >= load<f32>(columnWorsts + at)) offer(firstColumn + (column as usize), product, load<i32>(rowId));
}

/** Sorts the lists of `queries` queries, the best first. */
export function sortLists(queries: usize): void {
  for (let query: usize = 0; query < queries; query += 1) {
    const first = load<u32>(starts + query * 4);
    for (let size = load<u32>(sizes + query * 4); size > 1; size -= 1) {
      const last = ((first + size - 1) as usize) * 4;
      const root = (first as usize) * 4;
      const product = load<f32>(entryProducts + last);
      const row = load<i32>(entryRows + last);
      store<f32>(entryProducts + last, load<f32>(entryProducts + root));
      store<i32>(entryRows + last, load<i32>(entryRows + root));
      siftDown(first, size - 1, product, row);
    }
  }
}
