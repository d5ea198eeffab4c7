import { type ByteReader, readExactly } from './byte-reader.ts';
import { TorchFileError } from './torch-file-error.ts';

/** One record of a zip archive as its central directory describes it. */
export type ZipEntry = {
  readonly name: string;
  readonly method: 'stored' | 'deflated';
  readonly storedBytes: number;
  readonly bytes: number;
  readonly crc32: number;
  readonly headerOffset: number;
  /** Where the next record or the directory begins: this record's bytes end before. */
  readonly limit: number;
};

const END_SIGNATURE = 0x06054b50;
const END_BYTES = 22;
const MAX_COMMENT_BYTES = 0xffff;
const ZIP64_LOCATOR_SIGNATURE = 0x07064b50;
const ZIP64_LOCATOR_BYTES = 20;
const ZIP64_END_SIGNATURE = 0x06064b50;
const ZIP64_END_BYTES = 56;
const ENTRY_SIGNATURE = 0x02014b50;
const ENTRY_BYTES = 46;
const LOCAL_HEADER_BYTES = 30;
const MAX_DIRECTORY_BYTES = 64 << 20;
const IN_ZIP64 = 0xffffffff;
const ENCRYPTED = 1;

type Bounds = { readonly offset: number; readonly bytes: number; readonly count: number };

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

function uint64(view: DataView, offset: number): number {
  return Number(view.getBigUint64(offset, true));
}

function findEnd(source: ByteReader): { readonly view: DataView; readonly offset: number } {
  const length = Math.min(source.size, END_BYTES + MAX_COMMENT_BYTES);
  const tail = readExactly(source, source.size - length, length, 'the zip archive');
  const view = viewOf(tail);
  for (let at = length - END_BYTES; at >= 0; at -= 1) {
    if (view.getUint32(at, true) !== END_SIGNATURE) continue;
    if (at + END_BYTES + view.getUint16(at + 20, true) !== length) continue;
    return { view: viewOf(tail.subarray(at)), offset: source.size - length + at };
  }
  throw new TorchFileError('the zip archive has no directory at its end: the file is cut off');
}

/** Where the directory lies; sizes that do not fit 32 bits stand in a second, older-looking end record before. */
function directoryBounds(source: ByteReader): Bounds {
  const { view, offset } = findEnd(source);
  const bounds = { count: view.getUint16(10, true), bytes: view.getUint32(12, true), offset: view.getUint32(16, true) };
  const needsZip64 = bounds.count === 0xffff || bounds.bytes === IN_ZIP64 || bounds.offset === IN_ZIP64;
  if (!needsZip64) return checkBounds(bounds, offset);
  const locatorOffset = offset - ZIP64_LOCATOR_BYTES;
  const locator = viewOf(readExactly(source, locatorOffset, ZIP64_LOCATOR_BYTES, 'the zip64 locator'));
  if (locator.getUint32(0, true) !== ZIP64_LOCATOR_SIGNATURE) throw new TorchFileError('the zip64 locator is damaged');
  const end = viewOf(readExactly(source, uint64(locator, 8), ZIP64_END_BYTES, 'the zip64 directory end'));
  if (end.getUint32(0, true) !== ZIP64_END_SIGNATURE) throw new TorchFileError('the zip64 directory end is damaged');
  return checkBounds({ count: uint64(end, 32), bytes: uint64(end, 40), offset: uint64(end, 48) }, offset);
}

function checkBounds(bounds: Bounds, limit: number): Bounds {
  const isInside = bounds.offset + bounds.bytes <= limit && bounds.bytes <= MAX_DIRECTORY_BYTES;
  if (!isInside || bounds.count * ENTRY_BYTES > bounds.bytes) {
    throw new TorchFileError('the directory of the zip archive is damaged: its sizes do not fit the file');
  }
  return bounds;
}

type Sizes = Pick<ZipEntry, 'storedBytes' | 'bytes' | 'headerOffset'>;

/** 64-bit sizes from the extra field, in the order of the 32-bit ones that say "too large". */
function widen(sizes: Sizes, extra: DataView, name: string): Sizes {
  const wide = { ...sizes };
  const keys = (['bytes', 'storedBytes', 'headerOffset'] as const).filter((key) => sizes[key] === IN_ZIP64);
  if (keys.length === 0) return sizes;
  for (let at = 0; at + 4 <= extra.byteLength; at += 4 + extra.getUint16(at + 2, true)) {
    const isZip64 = extra.getUint16(at, true) === 1;
    const end = at + 4 + extra.getUint16(at + 2, true);
    if (!isZip64 || end > extra.byteLength || end - at - 4 < keys.length * 8) continue;
    for (const [index, key] of keys.entries()) wide[key] = uint64(extra, at + 4 + index * 8);
    return wide;
  }
  throw new TorchFileError(`record ${name} of the zip archive lacks its 64-bit sizes`);
}

function readEntry(directory: Uint8Array, at: number): { readonly entry: ZipEntry; readonly next: number } {
  const view = viewOf(directory);
  const isEntry = at + ENTRY_BYTES <= directory.length && view.getUint32(at, true) === ENTRY_SIGNATURE;
  if (!isEntry) throw new TorchFileError('the directory of the zip archive is damaged');
  const nameEnd = at + ENTRY_BYTES + view.getUint16(at + 28, true);
  const extraEnd = nameEnd + view.getUint16(at + 30, true);
  const next = extraEnd + view.getUint16(at + 32, true);
  if (next > directory.length) throw new TorchFileError('the directory of the zip archive is cut off');
  const name = new TextDecoder().decode(directory.subarray(at + ENTRY_BYTES, nameEnd));
  if ((view.getUint16(at + 8, true) & ENCRYPTED) !== 0) throw new TorchFileError(`record ${name} is encrypted`);
  const method = view.getUint16(at + 10, true);
  if (method !== 0 && method !== 8) throw new TorchFileError(`record ${name} is compressed by method ${method}`);
  const narrow = {
    storedBytes: view.getUint32(at + 20, true),
    bytes: view.getUint32(at + 24, true),
    headerOffset: view.getUint32(at + 42, true),
  };
  const sizes = widen(narrow, viewOf(directory.subarray(nameEnd, extraEnd)), name);
  if (method === 0 && sizes.bytes !== sizes.storedBytes) {
    throw new TorchFileError(`record ${name} is stored with two different sizes`);
  }
  const crc32 = view.getUint32(at + 16, true);
  return { entry: { name, method: method === 0 ? 'stored' : 'deflated', crc32, limit: 0, ...sizes }, next };
}

/**
 * Records of a zip archive by name. Records that overlap, as in archives made to blow up, are refused.
 * @throws TorchFileError
 */
export function readZipDirectory(source: ByteReader): ReadonlyMap<string, ZipEntry> {
  const bounds = directoryBounds(source);
  const directory = readExactly(source, bounds.offset, bounds.bytes, 'the directory of the zip archive');
  const entries: ZipEntry[] = [];
  for (let at = 0; entries.length < bounds.count; ) {
    const { entry, next } = readEntry(directory, at);
    entries.push(entry);
    at = next;
  }
  entries.sort((a, b) => a.headerOffset - b.headerOffset);
  const byName = new Map<string, ZipEntry>();
  for (const [index, entry] of entries.entries()) {
    const limit = entries[index + 1]?.headerOffset ?? bounds.offset;
    if (entry.headerOffset + LOCAL_HEADER_BYTES + entry.storedBytes > limit) {
      throw new TorchFileError(`record ${entry.name} of the zip archive overlaps what follows`);
    }
    if (byName.has(entry.name)) throw new TorchFileError(`the zip archive has two records ${entry.name}`);
    byName.set(entry.name, { ...entry, limit });
  }
  return byName;
}
