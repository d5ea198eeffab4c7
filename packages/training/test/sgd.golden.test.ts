import { tf } from '@spherelab/tensorflow';
import { describe, expect, it } from 'vitest';
import { readGolden } from '../../../test/golden-reader.ts';
import { optimizerUpdate } from './optimizer-update.ts';

type Sequence = {
  readonly momentum: number;
  readonly weight_decay: number;
  readonly lr: readonly number[];
  readonly trajectory: readonly (readonly number[])[];
};
type Manifest = {
  readonly initial: readonly number[];
  readonly gradients: readonly (readonly number[])[];
  readonly sequences: readonly Sequence[];
};

const { manifest } = readGolden<Manifest>('optimizer-sgd');

describe("SGD follows torch's", () => {
  it.each(manifest.sequences)('with momentum $momentum and weight decay $weight_decay', (sequence) => {
    tf.tidy(() => {
      let state = {
        parameter: tf.tensor([...manifest.initial]),
        moments: [tf.zeros([manifest.initial.length])],
      } as ReturnType<typeof optimizerUpdate>;
      for (const [index, gradient] of manifest.gradients.entries()) {
        state = optimizerUpdate(
          { name: 'sgd', momentum: sequence.momentum },
          {
            ...state,
            gradient: tf.tensor([...gradient]),
            decay: sequence.weight_decay,
            lr: sequence.lr[index] as number,
            t: index + 1,
          },
        );
        const expected = sequence.trajectory[index] as readonly number[];
        const off = [...state.parameter.dataSync()].map((value, at) => Math.abs(value - (expected[at] as number)));
        expect(Math.max(...off)).toBeLessThan(1e-6);
      }
    });
  });
});
