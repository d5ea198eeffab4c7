const cub = [1, 2, 4, 8, 16, 32] as const;

const ksOf: Readonly<Record<string, readonly number[]>> = {
  cub,
  cars: cub,
  sop: [1, 10, 100, 1000],
  inshop: [1, 10, 20, 30, 40, 50],
};

/** The K of Recall@K that the reference reports for a data set; CUB's list for any other. */
export function recallKs(dataset: string): readonly number[] {
  return ksOf[dataset] ?? cub;
}
