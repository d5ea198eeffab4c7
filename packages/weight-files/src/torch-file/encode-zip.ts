import { crc32 } from 'node:zlib';

export type ZipRecord = { readonly name: string; readonly content: Uint8Array };

const LOCAL_HEADER_BYTES = 30;
const ENTRY_BYTES = 46;
const END_BYTES = 22;
/** torch lays every record at a multiple of 64, by an extra field "FB" of that length, so that it can be mapped. */
const ALIGNMENT = 64;
const PADDING_ID = 0x4246;
const PADDING_HEADER_BYTES = 4;
const UTF8_NAMES = 0x0800;
/** 1 January 1980, the first day that a zip knows: the same tensors always give the same file. */
const FIRST_DAY = 0x0021;
const MAX_BYTES = 0xffffffff;
const MAX_RECORDS = 0xfffe;

type Placed = ZipRecord & {
  readonly nameBytes: Uint8Array;
  readonly offset: number;
  readonly paddingBytes: number;
  readonly crc: number;
};

/** The thirteen fields that local header and directory have in common, from version on. */
function writeCommon(view: DataView, at: number, record: Placed): void {
  const fields = [0, UTF8_NAMES, 0, 0, FIRST_DAY];
  for (const [index, field] of fields.entries()) view.setUint16(at + index * 2, field, true);
  view.setUint32(at + 10, record.crc, true);
  view.setUint32(at + 14, record.content.length, true);
  view.setUint32(at + 18, record.content.length, true);
  view.setUint16(at + 22, record.nameBytes.length, true);
}

function place(records: readonly ZipRecord[]): { readonly placed: readonly Placed[]; readonly end: number } {
  let offset = 0;
  const placed = records.map((record) => {
    const nameBytes = new TextEncoder().encode(record.name);
    const bare = offset + LOCAL_HEADER_BYTES + nameBytes.length + PADDING_HEADER_BYTES;
    const paddingBytes = PADDING_HEADER_BYTES + ((ALIGNMENT - (bare % ALIGNMENT)) % ALIGNMENT);
    const entry = { ...record, nameBytes, offset, paddingBytes, crc: crc32(record.content) };
    offset += LOCAL_HEADER_BYTES + nameBytes.length + paddingBytes + record.content.length;
    return entry;
  });
  return { placed, end: offset };
}

/**
 * A zip archive of stored records, each at a multiple of 64 bytes.
 * @throws RangeError beyond 4 GiB or 65,534 records, where another format begins
 */
export function encodeZip(records: readonly ZipRecord[]): Uint8Array {
  const { placed, end } = place(records);
  const directoryBytes = placed.reduce((sum, { nameBytes }) => sum + ENTRY_BYTES + nameBytes.length, 0);
  const size = end + directoryBytes + END_BYTES;
  if (size > MAX_BYTES || records.length > MAX_RECORDS) throw new RangeError('a zip archive of 4 GiB or more');
  const file = new Uint8Array(size);
  const view = new DataView(file.buffer);
  let at = end;
  for (const record of placed) {
    view.setUint32(record.offset, 0x04034b50, true);
    writeCommon(view, record.offset + 4, record);
    const padding = record.offset + LOCAL_HEADER_BYTES + record.nameBytes.length;
    view.setUint16(record.offset + 28, record.paddingBytes, true);
    file.set(record.nameBytes, record.offset + LOCAL_HEADER_BYTES);
    view.setUint16(padding, PADDING_ID, true);
    view.setUint16(padding + 2, record.paddingBytes - PADDING_HEADER_BYTES, true);
    file.fill(0x5a, padding + PADDING_HEADER_BYTES, padding + record.paddingBytes);
    file.set(record.content, padding + record.paddingBytes);
    view.setUint32(at, 0x02014b50, true);
    writeCommon(view, at + 6, record);
    view.setUint32(at + 42, record.offset, true);
    file.set(record.nameBytes, at + ENTRY_BYTES);
    at += ENTRY_BYTES + record.nameBytes.length;
  }
  view.setUint32(at, 0x06054b50, true);
  view.setUint16(at + 8, placed.length, true);
  view.setUint16(at + 10, placed.length, true);
  view.setUint32(at + 12, directoryBytes, true);
  view.setUint32(at + 16, end, true);
  return file;
}
