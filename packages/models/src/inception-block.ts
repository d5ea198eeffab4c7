/** A convolution of BN-Inception with its batch norm and ReLU: `<name>.weight`, `<name>.bias`, `<name>_bn.*`. */
export type InceptionConvolution = {
  readonly name: string;
  readonly inputs: number;
  readonly outputs: number;
  readonly size: 1 | 3 | 7;
  readonly stride: 1 | 2;
  readonly padding: 0 | 1 | 3;
};

/**
 * Output channels of a block's branches. Where the stride is 2 (3c, 4e) there is no 1x1 branch, and the pool is max
 * pooling without a projection.
 */
type BlockTable = {
  readonly id: string;
  readonly one: number | null;
  readonly three: readonly [reduce: number, outputs: number];
  readonly doubleThree: readonly [reduce: number, outputs: number];
  readonly pool: 'average' | 'max';
  readonly projection: number | null;
};

const table: readonly BlockTable[] = [
  { id: '3a', one: 64, three: [64, 64], doubleThree: [64, 96], pool: 'average', projection: 32 },
  { id: '3b', one: 64, three: [64, 96], doubleThree: [64, 96], pool: 'average', projection: 64 },
  { id: '3c', one: null, three: [128, 160], doubleThree: [64, 96], pool: 'max', projection: null },
  { id: '4a', one: 224, three: [64, 96], doubleThree: [96, 128], pool: 'average', projection: 128 },
  { id: '4b', one: 192, three: [96, 128], doubleThree: [96, 128], pool: 'average', projection: 128 },
  { id: '4c', one: 160, three: [128, 160], doubleThree: [128, 160], pool: 'average', projection: 128 },
  { id: '4d', one: 96, three: [128, 192], doubleThree: [160, 192], pool: 'average', projection: 128 },
  { id: '4e', one: null, three: [128, 192], doubleThree: [192, 256], pool: 'max', projection: null },
  { id: '5a', one: 352, three: [192, 320], doubleThree: [160, 224], pool: 'average', projection: 128 },
  { id: '5b', one: 352, three: [192, 320], doubleThree: [192, 224], pool: 'max', projection: 128 },
];

/** One block with its convolutions, in the reference's order of concatenation. */
export type InceptionBlock = {
  readonly name: string;
  readonly stride: 1 | 2;
  /** Absent where the stride is 2. */
  readonly one: InceptionConvolution | null;
  readonly three: readonly [reduce: InceptionConvolution, last: InceptionConvolution];
  readonly doubleThree: readonly [reduce: InceptionConvolution, InceptionConvolution, last: InceptionConvolution];
  readonly pool: 'average' | 'max';
  readonly projection: InceptionConvolution | null;
  /** Channels of the concatenation. */
  readonly outputs: number;
};

function blockOf({ id, one, three, doubleThree, pool, projection }: BlockTable, inputs: number): InceptionBlock {
  const name = `inception_${id}`;
  const stride = projection === null ? 2 : 1;
  const by = (part: string, from: number, outputs: number, size: 1 | 3, step: 1 | 2 = 1): InceptionConvolution => ({
    name: `${name}_${part}`,
    inputs: from,
    outputs,
    size,
    stride: step,
    padding: size === 3 ? 1 : 0,
  });
  const pooled = projection ?? inputs;
  return {
    name,
    stride,
    outputs: (one ?? 0) + three[1] + doubleThree[1] + pooled,
    one: one === null ? null : by('1x1', inputs, one, 1),
    three: [by('3x3_reduce', inputs, three[0], 1), by('3x3', three[0], three[1], 3, stride)],
    doubleThree: [
      by('double_3x3_reduce', inputs, doubleThree[0], 1),
      by('double_3x3_1', doubleThree[0], doubleThree[1], 3),
      by('double_3x3_2', doubleThree[1], doubleThree[1], 3, stride),
    ],
    pool,
    projection: projection === null ? null : by('pool_proj', inputs, projection, 1),
  };
}

/** The three convolutions before the blocks; max pooling follows the first and the third. */
export const inceptionStem: readonly [InceptionConvolution, InceptionConvolution, InceptionConvolution] = [
  { name: 'conv1_7x7_s2', inputs: 3, outputs: 64, size: 7, stride: 2, padding: 3 },
  { name: 'conv2_3x3_reduce', inputs: 64, outputs: 64, size: 1, stride: 1, padding: 0 },
  { name: 'conv2_3x3', inputs: 64, outputs: 192, size: 3, stride: 1, padding: 1 },
];

/** The convolutions of a block, in the order of torch's state dict. */
export function convolutionsOf({ one, three, doubleThree, projection }: InceptionBlock): InceptionConvolution[] {
  return [one, ...three, ...doubleThree, projection].filter((convolution) => convolution !== null);
}

/** The ten blocks, 3a to 5b. */
export const inceptionBlocks: readonly InceptionBlock[] = (() => {
  let inputs = inceptionStem[2].outputs;
  return table.map((row) => {
    const block = blockOf(row, inputs);
    inputs = block.outputs;
    return block;
  });
})();

/** Channels after the last block. */
export const inceptionOutputs = 1024;
