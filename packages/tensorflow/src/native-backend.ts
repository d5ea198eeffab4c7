import { tf } from './engine.ts';

type Tensor = InstanceType<typeof tf.Tensor>;

/** One attribute of a TensorFlow op, in the form in which tfjs-node hands it to its binding. */
export type OpAttribute = { readonly name: string; readonly type: number; readonly value: unknown };

/** A tensor that the binding made: its handle's number, shape and TensorFlow dtype. */
export type NativeTensor = { readonly id: number; readonly shape: number[]; readonly dtype: number };

/** The part of tfjs-node's N-API binding that is used directly; its constants (`TF_FLOAT`, ...) are numbers. */
export type NativeBinding = {
  readonly createTensor: (shape: number[], dtype: number, data: Float32Array | Int32Array | Uint8Array) => number;
  readonly deleteTensor: (id: number) => void;
  readonly tensorDataSync: (id: number) => Float32Array | Int32Array | Uint8Array;
  readonly executeOp: (op: string, attributes: OpAttribute[], inputs: number[], outputs: number) => NativeTensor[];
  readonly loadSavedModel: (folder: string, tags: string) => number;
  readonly deleteSavedModel: (session: number) => void;
  readonly runSavedModel: (session: number, inputs: number[], inputOps: string, outputOps: string) => NativeTensor[];
  readonly TF_Version: string;
  readonly TF_ATTR_STRING: number;
  readonly TF_ATTR_INT: number;
  readonly TF_ATTR_FLOAT: number;
  readonly TF_ATTR_BOOL: number;
  readonly TF_ATTR_TYPE: number;
  readonly TF_ATTR_SHAPE: number;
  readonly TF_FLOAT: number;
  readonly TF_INT32: number;
  readonly TF_UINT8: number;
  readonly TF_BOOL: number;
};

/** tfjs-node's backend: runs a TensorFlow op by its name, on tensors of tfjs. */
export type NativeBackend = {
  /** Replaced by a recording stand-in while a step is traced. */
  binding: NativeBinding;
  readonly isUsingGpuDevice: boolean;
  readonly executeSingleOutput: (op: string, attributes: OpAttribute[], inputs: Tensor[]) => Tensor;
  readonly executeMultipleOutputs: (
    op: string,
    attributes: OpAttribute[],
    inputs: Tensor[],
    outputs: number,
  ) => Tensor[];
  readonly getInputTensorIds: (tensors: Tensor[]) => number[];
};

/** The backend behind `tf`. */
export function nativeBackend(): NativeBackend {
  return tf.backend() as unknown as NativeBackend;
}
