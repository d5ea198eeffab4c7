import { tf } from './engine.ts';
import { nativeBackend } from './native-backend.ts';

/** One kernel that was run against known values. */
export type KernelCheck = {
  readonly kernel: string;
  readonly ok: boolean;
  readonly expected: number[];
  readonly got: number[];
};

/** What `spherelab doctor` and setup report of the engine. */
export type EngineReport = {
  readonly tensorflow: string;
  readonly tfjs: string;
  readonly backend: string;
  readonly device: 'cpu' | 'gpu';
  readonly kernels: readonly KernelCheck[];
};

/** Runs a matrix product, a convolution's gradient and a top-k, and compares them with values worked out by hand. */
export function verifyKernels(): EngineReport {
  const backend = nativeBackend();
  return {
    tensorflow: backend.binding.TF_Version,
    tfjs: tf.version.tfjs,
    backend: tf.getBackend(),
    device: backend.isUsingGpuDevice ? 'gpu' : 'cpu',
    kernels: [matMul(), convolutionGradient(), topK()],
  };
}

function matMul(): KernelCheck {
  const product = tf.tidy(() =>
    tf
      .matMul(
        [
          [1, 2],
          [3, 4],
        ],
        [
          [5, 6],
          [7, 8],
        ],
      )
      .dataSync(),
  );
  return compare('MatMul', [19, 22, 43, 50], product);
}

/** d sum(conv(x, w)) / dw for a 3x3 image of 1..9 and a 2x2 filter: sums of the four 2x2 windows' corners. */
function convolutionGradient(): KernelCheck {
  const gradient = tf.tidy(() => {
    const image = tf.tensor4d([1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 3, 3, 1]);
    const filter = tf.ones<import('@tensorflow/tfjs-node-gpu').Rank.R4>([2, 2, 1, 1]);
    return tf
      .grad((w) => tf.conv2d(image, w as typeof filter, 1, 'valid').sum())(filter)
      .dataSync();
  });
  return compare('Conv2DBackpropFilter', [12, 16, 24, 28], gradient);
}

function topK(): KernelCheck {
  const found = tf.tidy(() => {
    const { values, indices } = tf.topk(tf.tensor1d([3, 1, 4, 1, 5, 9, 2, 6]), 3);
    return [...values.dataSync(), ...indices.dataSync()];
  });
  return compare('TopKV2', [9, 6, 5, 5, 7, 4], found);
}

function compare(kernel: string, expected: number[], values: ArrayLike<number>): KernelCheck {
  const got = Array.from(values);
  const ok =
    got.length === expected.length && got.every((value, i) => Math.abs(value - (expected[i] ?? Number.NaN)) < 1e-5);
  return { kernel, ok, expected, got };
}
