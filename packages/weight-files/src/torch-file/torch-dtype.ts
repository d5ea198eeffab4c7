/** Element types of tensors that are read. */
export const torchDtypes = [
  'float32',
  'float64',
  'float16',
  'bfloat16',
  'int8',
  'uint8',
  'int16',
  'int32',
  'int64',
  'bool',
] as const;

export type TorchDtype = (typeof torchDtypes)[number];

/** Bytes of one element. */
export const torchDtypeBytes: Readonly<Record<TorchDtype, 1 | 2 | 4 | 8>> = {
  float32: 4,
  float64: 8,
  float16: 2,
  bfloat16: 2,
  int8: 1,
  uint8: 1,
  int16: 2,
  int32: 4,
  int64: 8,
  bool: 1,
};

/** torch's class of a flat array of that type, as pickles name it. */
export const torchStorageNames: Readonly<Record<TorchDtype, string>> = {
  float32: 'FloatStorage',
  float64: 'DoubleStorage',
  float16: 'HalfStorage',
  bfloat16: 'BFloat16Storage',
  int8: 'CharStorage',
  uint8: 'ByteStorage',
  int16: 'ShortStorage',
  int32: 'IntStorage',
  int64: 'LongStorage',
  bool: 'BoolStorage',
};
