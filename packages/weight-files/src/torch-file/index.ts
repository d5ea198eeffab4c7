export type { ByteReader } from './byte-reader.ts';
export type { StateTensor } from './encode-state-pickle.ts';
export { encodeTorchFile } from './encode-torch-file.ts';
export type { TorchScalar } from './flatten-state.ts';
export { float16ToFloat32 } from './half-float.ts';
export { printableText } from './printable-text.ts';
export { readTorchFile, type TorchFile } from './read-torch-file.ts';
export { type TorchDtype, torchDtypeBytes } from './torch-dtype.ts';
export { TorchFileError } from './torch-file-error.ts';
export {
  elementCount,
  permuteTensor,
  type TorchTensor,
  type TorchValues,
  tensorBytes,
  tensorFloat32,
  tensorValues,
} from './torch-tensor.ts';
export { readZipDirectory, type ZipEntry } from './zip-directory.ts';
export { openZipRecord } from './zip-record.ts';
