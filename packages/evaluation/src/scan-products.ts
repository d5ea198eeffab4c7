import { growMemory, type InstanceMemory, webAssembly } from '@spherelab/host';
import { scanProductsModule } from './generated/scan-products.ts';

/** What assembly/scan-products.ts exports; addresses and strides in bytes. */
type Loops = {
  readonly memory: InstanceMemory;
  readonly useLists: (starts: number, sizes: number, worsts: number, products: number, rows: number) => void;
  readonly scanBlock: (
    products: number,
    rows: number,
    columns: number,
    stride: number,
    bounds: number,
    above: number,
    firstRow: number,
    rowIds: number,
    columnBounds: number,
    columnAbove: number,
    columnWorsts: number,
    firstColumn: number,
    columnIds: number,
  ) => void;
  readonly sortLists: (queries: number) => void;
};

const begin = webAssembly<Loops>(scanProductsModule);

/** What a scan of some queries needs to know. */
export type ScanSides = {
  /** [queries], products that a row has to exceed to count. */
  readonly bounds: Float32Array;
  /** [queries], how many of its best rows each keeps. */
  readonly listed: Int32Array;
  /** [gallery], what the lists call each gallery row; ties go to the lower. */
  readonly ids: Int32Array;
  /** Most rows, and most columns, of a block. */
  readonly side: number;
};

/** Where a block of products stands. */
export type BlockPlace = {
  readonly rows: number;
  readonly columns: number;
  /** First query, as the bounds count them. */
  readonly firstRow: number;
  /** First gallery row. */
  readonly firstColumn: number;
  /** First query, where the gallery rows of the block are queries that shall see the block's rows as theirs; else null. */
  readonly columnQuery: number | null;
  /** Gallery row of the first query where `columnQuery` is one; else of no meaning. */
  readonly rowInGallery: number;
};

/** What a scan found, as views of its memory. */
export type ScanResult = {
  /** [queries], rows with a product strictly above the query's bound. */
  readonly above: Int32Array;
  /** [queries + 1], a query's best rows are at starts[query] .. starts[query] + listed[query], the best first. */
  readonly starts: Uint32Array;
  readonly rows: Int32Array;
  readonly products: Float32Array;
};

export type Scan = {
  /** [side, side], to be filled with a block's products before `look`. */
  readonly block: Float32Array;
  readonly look: (place: BlockPlace) => void;
  readonly finish: () => ScanResult;
};

/** Begins to look at products; each is looked at once, by vector instructions. */
export function beginScan({ bounds, listed, ids, side }: ScanSides): Scan {
  // An instance of its own, so that its memory goes when the scan does.
  const loops = begin();
  const queries = bounds.length;
  const entries = listed.reduce((sum, count) => sum + count, 0);
  let end = 0;
  const take = (count: number): number => {
    const address = end;
    end = Math.ceil((end + count * 4) / 16) * 16;
    return address;
  };
  const at = {
    bounds: take(queries),
    above: take(queries),
    worsts: take(queries),
    sizes: take(queries),
    starts: take(queries + 1),
    products: take(entries),
    rows: take(entries),
    ids: take(ids.length),
    block: take(side * side),
    never: take(side),
    nobody: take(side),
  };
  growMemory(loops.memory, end);
  const { buffer } = loops.memory;
  const starts = new Uint32Array(buffer, at.starts, queries + 1);
  listed.forEach((count, query) => {
    starts[query + 1] = (starts[query] as number) + count;
  });
  const worstOf = (count: number): number => (count === 0 ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY);
  new Float32Array(buffer, at.bounds, queries).set(bounds);
  new Float32Array(buffer, at.worsts, queries).set(Float32Array.from(listed, worstOf));
  new Float32Array(buffer, at.never, side).fill(Number.POSITIVE_INFINITY);
  new Int32Array(buffer, at.ids, ids.length).set(ids);
  loops.useLists(at.starts, at.sizes, at.worsts, at.products, at.rows);
  return {
    block: new Float32Array(buffer, at.block, side * side),
    look: ({ rows, columns, firstRow, firstColumn, columnQuery, rowInGallery }) => {
      const ofRow = firstRow * 4;
      const ofColumn = (columnQuery ?? 0) * 4;
      loops.scanBlock(
        at.block,
        rows,
        columns,
        side * 4,
        at.bounds + ofRow,
        at.above + ofRow,
        firstRow,
        at.ids + rowInGallery * 4,
        columnQuery === null ? at.never : at.bounds + ofColumn,
        columnQuery === null ? at.nobody : at.above + ofColumn,
        columnQuery === null ? at.never : at.worsts + ofColumn,
        columnQuery ?? 0,
        at.ids + firstColumn * 4,
      );
    },
    finish: () => {
      loops.sortLists(queries);
      return {
        above: new Int32Array(buffer, at.above, queries),
        starts,
        rows: new Int32Array(buffer, at.rows, entries),
        products: new Float32Array(buffer, at.products, entries),
      };
    },
  };
}
