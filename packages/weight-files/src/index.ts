export { encodeSafetensors } from './encode-safetensors.ts';
export { encodeTfjsWeights, type TfjsWeights } from './encode-tfjs-weights.ts';
export {
  decodeTensorFile,
  encodeTensorFile,
  type FileTensors,
  littleEndianBytes,
  type TensorFile,
  TensorFileError,
} from './tensor-file.ts';
export * from './torch-file/index.ts';
