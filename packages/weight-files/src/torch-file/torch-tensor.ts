import { type ByteReader, readExactly } from './byte-reader.ts';
import { gatherElements } from './gather-elements.ts';
import { bfloat16ToFloat32, float16ToFloat32 } from './half-float.ts';
import { littleEndianElements } from './little-endian-elements.ts';
import { type TorchDtype, torchDtypeBytes } from './torch-dtype.ts';
import { TorchFileError } from './torch-file-error.ts';

/** A tensor of a file: a view of a stored flat array. Its values are read when they are asked for. */
export type TorchTensor = {
  readonly dtype: TorchDtype;
  readonly shape: readonly number[];
  /** In elements; any non-negative numbers, as of transposed or expanded tensors. */
  readonly stride: readonly number[];
  /** In elements. */
  readonly storageOffset: number;
  /** Tensors of the same storage share memory in torch. */
  readonly storageKey: string;
  /** Where torch had it, for example `cuda:0`. */
  readonly location: string;
  /** Bytes of the whole storage. */
  readonly content: ByteReader;
};

export type TorchValues =
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Int16Array
  | Int32Array
  | BigInt64Array;

/** Number of elements; 1 for a scalar. */
export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

function isContiguous({ shape, stride }: TorchTensor): boolean {
  let step = 1;
  for (let axis = shape.length - 1; axis >= 0; axis -= 1) {
    if (shape[axis] !== 1 && stride[axis] !== step) return false;
    step *= shape[axis] as number;
  }
  return true;
}

type RowMajor =
  | { readonly bytes: Uint8Array; readonly isOwned: false }
  | { readonly bytes: Uint8Array<ArrayBuffer>; readonly isOwned: true };

/** What the strides scatter is gathered into memory of its own; what lies in a row stays where it is. */
function rowMajorBytes(tensor: TorchTensor): RowMajor {
  const { dtype, shape, stride, storageOffset, storageKey, content } = tensor;
  const size = torchDtypeBytes[dtype];
  const count = elementCount(shape);
  if (count === 0) return { bytes: new Uint8Array(0), isOwned: true };
  const what = `storage ${storageKey}`;
  const offset = storageOffset * size;
  if (isContiguous(tensor)) return { bytes: readExactly(content, offset, count * size, what), isOwned: false };
  const reach = shape.reduce((sum, length, axis) => sum + (length - 1) * (stride[axis] as number), 1);
  return {
    bytes: gatherElements(readExactly(content, offset, reach * size, what), size, shape, stride),
    isOwned: true,
  };
}

/**
 * The elements row-major (last axis fastest) as little-endian bytes, whatever the strides. May be a view into the
 * source: do not change it.
 * @throws TorchFileError when the file is damaged there
 */
export function tensorBytes(tensor: TorchTensor): Uint8Array {
  return rowMajorBytes(tensor).bytes;
}

/**
 * The elements row-major in the type that holds each exactly: float16 and bfloat16 as float32, bool as 0 and 1.
 * @throws TorchFileError when the file is damaged there
 */
export function tensorValues(tensor: TorchTensor): TorchValues {
  const rows = rowMajorBytes(tensor);
  const own = rows.isOwned ? rows.bytes : new Uint8Array(rows.bytes);
  const { buffer } = littleEndianElements(own, torchDtypeBytes[tensor.dtype]);
  switch (tensor.dtype) {
    case 'float32':
      return new Float32Array(buffer);
    case 'float64':
      return new Float64Array(buffer);
    case 'float16':
      return Float32Array.from(new Uint16Array(buffer), float16ToFloat32);
    case 'bfloat16':
      return bfloat16ToFloat32(new Uint16Array(buffer));
    case 'int8':
      return new Int8Array(buffer);
    case 'uint8':
    case 'bool':
      return new Uint8Array(buffer);
    case 'int16':
      return new Int16Array(buffer);
    case 'int32':
      return new Int32Array(buffer);
    case 'int64':
      return new BigInt64Array(buffer);
  }
}

/** The elements row-major as float32. Throws TorchFileError for tensors of whole numbers. */
export function tensorFloat32(tensor: TorchTensor): Float32Array {
  const values = tensorValues(tensor);
  if (values instanceof Float32Array) return values;
  if (values instanceof Float64Array) return Float32Array.from(values);
  throw new TorchFileError(`a tensor of ${tensor.dtype} stands where floating-point numbers are wanted`);
}

/** The same elements with axis i of the result being axis `axes[i]` of the tensor; nothing is read or copied. */
export function permuteTensor(tensor: TorchTensor, axes: readonly number[]): TorchTensor {
  const pick = (list: readonly number[]): number[] => axes.map((axis) => list[axis] as number);
  return { ...tensor, shape: pick(tensor.shape), stride: pick(tensor.stride) };
}
