import { tf } from '@spherelab/tensorflow';
import { readGolden, type TensorEntry } from '../../../test/golden-reader.ts';
import { counterUniform } from '../src/counter-uniform.ts';
import type { Network, Tensor, Tensor4D } from '../src/network.ts';

export type GoldenStatistics = {
  /** In torch's layout. */
  readonly shape: readonly number[];
  readonly max_abs: number;
  readonly probe_index: readonly number[];
  readonly probe: readonly number[];
};

export type GoldenGradient = GoldenStatistics & {
  readonly l2norm: number;
  readonly l2norm64: number;
  readonly probe64: readonly number[];
  readonly projection64: readonly number[];
};

export type GoldenCase = {
  readonly name: string;
  readonly input_shape: readonly [number, number, number, number];
  readonly input_seed: number;
  readonly kink_margin: number | null;
  readonly need_bn: boolean;
  readonly mode: 'eval' | 'train' | 'train-unfrozen';
  readonly embedding: TensorEntry;
  readonly activations: Readonly<Record<string, GoldenStatistics>>;
  readonly gradients: Readonly<Record<string, GoldenGradient>>;
  readonly buffers_after: Readonly<Record<string, GoldenStatistics | number>>;
};

type Checksum = {
  readonly first4: readonly number[];
  readonly last: number;
  readonly sum: number;
  readonly abs_sum: number;
};

type Manifest = {
  readonly seed: number;
  readonly cases: readonly GoldenCase[];
  readonly running_stats: Readonly<Record<string, TensorEntry>>;
  readonly generator_checksums: Readonly<Record<string, Checksum>>;
};

export const goldenInception = readGolden<Manifest>('bninception');
const { seed, running_stats: runningStats } = goldenInception.manifest;

/** Values of a tensor by the rule of golden/bninception, row-major in torch's layout. */
export function ruleValues(name: string, torchShape: readonly number[]): Float32Array {
  const uniform = counterUniform(seed, name);
  const count = torchShape.reduce((product, size) => product * size, 1);
  const fill = (value: (r: number) => number) => Float32Array.from({ length: count }, (_, i) => value(uniform(i)));
  const dot = name.lastIndexOf('.');
  const isBias = name.slice(dot) === '.bias';
  if (name.slice(0, dot).endsWith('bn') && !isBias) return fill((r) => 0.8 + 0.4 * r);
  if (isBias) return fill((r) => (2 * r - 1) * 0.1);
  const fanIn = torchShape.slice(1).reduce((product, size) => product * size, 1);
  const bound = Math.sqrt(6 / fanIn) * (name === 'conv1_7x7_s2.weight' ? 1 / 64 : 1);
  return fill((r) => (2 * r - 1) * bound);
}

/** Torch's shape of a tensor of ours: convolution weights are OIHW there. */
export function torchShapeOf(shape: readonly number[]): readonly number[] {
  const [height, width, inputs, outputs] = shape;
  return shape.length === 4 ? ([outputs, inputs, height, width] as number[]) : shape;
}

/** The golden weights and running statistics of a network, in its own layouts; the caller disposes. */
export function goldenState(network: Network): Map<string, Tensor> {
  return new Map(
    network.specs.map(({ name, shape }) => {
      const torchShape = torchShapeOf(shape);
      const statistics = runningStats[name];
      const values = statistics === undefined ? ruleValues(name, torchShape) : goldenInception.float32(statistics);
      return [name, tf.tidy(() => fromTorch(tf.tensor(values, [...torchShape])))];
    }),
  );
}

function fromTorch(tensor: Tensor): Tensor {
  return tensor.rank === 4 ? tf.transpose(tensor, [2, 3, 1, 0]) : tensor;
}

/** Activations NHWC as NCHW, weights HWIO as OIHW, anything else as it is. */
export function activationAsTorch(tensor: Tensor): Tensor {
  return tensor.rank === 4 ? tf.transpose(tensor, [0, 3, 1, 2]) : tensor;
}
export function weightAsTorch(tensor: Tensor): Tensor {
  return tensor.rank === 4 ? tf.transpose(tensor, [3, 2, 0, 1]) : tensor;
}

/** The formula input, mean-subtracted, channels in the order the network takes them: [batch, h, w, 3]. */
export function goldenInput({ input_shape: [batch, , height, width], input_seed: inputSeed }: GoldenCase): Tensor4D {
  const coarse = counterUniform(inputSeed, 'input-coarse');
  const fine = counterUniform(inputSeed, 'input');
  const mean = [104, 117, 123];
  const values = new Float32Array(batch * height * width * 3);
  let at = 0;
  for (let b = 0; b < batch; b += 1) {
    for (let h = 0; h < height; h += 1) {
      for (let w = 0; w < width; w += 1) {
        for (let c = 0; c < 3; c += 1) {
          const plane = b * 3 + c;
          const slow = 0.5 * coarse((plane * 16 + (h >> 4)) * 16 + (w >> 4));
          values[at] = Math.floor(256 * (slow + 0.5 * fine((plane * height + h) * width + w))) - (mean[c] as number);
          at += 1;
        }
      }
    }
  }
  return tf.tensor4d(values, [batch, height, width, 3]);
}

/** V of the scalar loss sum(embedding * V): [batch, 512]. */
export function lossWeights(batch: number): Tensor {
  const uniform = counterUniform(seed, 'loss-weights');
  return tf.tensor2d(
    Float32Array.from({ length: batch * 512 }, (_, i) => 2 * uniform(i) - 1),
    [batch, 512],
  );
}

/** sum_i g_i (2 u(seed, "projection-<j>:<name>", i) - 1) for j = 0..3. */
export function projections(name: string, gradient: ArrayLike<number>): number[] {
  return [0, 1, 2, 3].map((j) => {
    const uniform = counterUniform(seed, `projection-${j}:${name}`);
    let sum = 0;
    for (let i = 0; i < gradient.length; i += 1) sum += (gradient[i] as number) * (2 * uniform(i) - 1);
    return sum;
  });
}
