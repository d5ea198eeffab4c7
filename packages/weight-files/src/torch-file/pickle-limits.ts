/**
 * Bounds of what a pickle may ask for. A state dict of a thousand tensors takes 30,000 opcodes and 6,000 objects; the
 * bounds leave room for forty times that (objects) and keep a hostile file below about 100 MB and a second.
 */
export const pickleLimits = {
  /** Size of the pickle beside a zip's records. */
  bytes: 64 << 20,
  opcodes: 2_000_000,
  /** Dicts, lists, tuples, storages and tensors. */
  objects: 250_000,
  /** A whole number in text or bytes, far beyond 64 bits. */
  integerBytes: 64,
  /** Of nested dicts and lists when they are flattened. */
  depth: 32,
  /** Values visited when nested dicts are flattened: the same dict may hang in many places. */
  visits: 1_000_000,
  /** Characters of a flattened key. */
  keyLength: 512,
  /** Dimensions of a tensor, as torch has it. */
  rank: 64,
} as const;
