import { nativeBackend } from '../native-backend.ts';
import { SAVED_MODEL_TAG } from './graph-proto.ts';

export type FeedValues = Float32Array | Int32Array | Uint8Array;
/** Values for a placeholder. The array is not copied: it must stay as it is until `run` returns. */
export type Feed = { readonly values: FeedValues; readonly shape: readonly number[] };

/** A loaded graph with its own variables. */
export type GraphSession = {
  /** Runs what the outputs need and gives their values, in order. */
  readonly run: (feeds: Readonly<Record<string, Feed>>, outputs: readonly string[]) => Float32Array[];
  readonly close: () => void;
};

/** Loads `folder/saved_model.pb`. Variables have no value until an entry point has assigned them. */
export function openGraphSession(folder: string): GraphSession {
  const { binding } = nativeBackend();
  const session = binding.loadSavedModel(folder, SAVED_MODEL_TAG);
  const typeOf = (values: FeedValues): number => {
    if (values instanceof Float32Array) return binding.TF_FLOAT;
    return values instanceof Int32Array ? binding.TF_INT32 : binding.TF_UINT8;
  };
  return {
    run: (feeds, outputs) => {
      const inputs: number[] = [];
      try {
        for (const { values, shape } of Object.values(feeds)) {
          inputs.push(binding.createTensor([...shape], typeOf(values), values));
        }
        const results = binding.runSavedModel(session, inputs, Object.keys(feeds).join(','), outputs.join(','));
        return results.map(({ id }) => {
          const values = binding.tensorDataSync(id) as Float32Array;
          binding.deleteTensor(id);
          return values;
        });
      } finally {
        for (const id of inputs) binding.deleteTensor(id);
      }
    },
    close: () => binding.deleteSavedModel(session),
  };
}
