import { crc32, inflateRawSync } from 'node:zlib';
import { type ByteReader, byteReader, partOf, readExactly } from './byte-reader.ts';
import { TorchFileError } from './torch-file-error.ts';
import type { ZipEntry } from './zip-directory.ts';

const LOCAL_SIGNATURE = 0x04034b50;
const LOCAL_HEADER_BYTES = 30;
const BLOCK_BYTES = 1 << 20;

/** The bytes as the archive stores them; the local header says only where they start. */
function storedPart(source: ByteReader, entry: ZipEntry): ByteReader {
  const header = readExactly(source, entry.headerOffset, LOCAL_HEADER_BYTES, `record ${entry.name}`);
  const view = new DataView(header.buffer, header.byteOffset, header.length);
  if (view.getUint32(0, true) !== LOCAL_SIGNATURE) throw new TorchFileError(`record ${entry.name} is damaged`);
  const start = entry.headerOffset + LOCAL_HEADER_BYTES + view.getUint16(26, true) + view.getUint16(28, true);
  if (start + entry.storedBytes > entry.limit) {
    throw new TorchFileError(`record ${entry.name} of the zip archive overlaps what follows`);
  }
  return partOf(source, start, entry.storedBytes, `record ${entry.name}`);
}

/** torch can be told to compute no checksum and then records 0. */
function checkCrc(content: ByteReader, entry: ZipEntry): void {
  if (entry.crc32 === 0) return;
  let value = 0;
  for (let at = 0; at < content.size; at += BLOCK_BYTES) {
    value = crc32(content.read(at, Math.min(BLOCK_BYTES, content.size - at)), value);
  }
  if (value !== entry.crc32) {
    throw new TorchFileError(`record ${entry.name} is damaged: its checksum is not the recorded one`);
  }
}

function inflate(packed: ByteReader, entry: ZipEntry): ByteReader {
  try {
    const bytes = inflateRawSync(packed.read(0, packed.size), { maxOutputLength: Math.max(1, entry.bytes) });
    if (bytes.length === entry.bytes) return byteReader(bytes);
  } catch (cause) {
    throw new TorchFileError(`record ${entry.name} cannot be inflated`, { cause });
  }
  throw new TorchFileError(`record ${entry.name} inflates to another size than recorded`);
}

/**
 * The content of a record. Its place is checked now; it is inflated, and its checksum compared, when it is first read.
 * @throws TorchFileError
 */
export function openZipRecord(source: ByteReader, entry: ZipEntry): ByteReader {
  const stored = storedPart(source, entry);
  let content: ByteReader | null = null;
  return {
    size: entry.bytes,
    read: (offset, length) => {
      if (content === null) {
        const opened = entry.method === 'stored' ? stored : inflate(stored, entry);
        checkCrc(opened, entry);
        content = opened;
      }
      return content.read(offset, length);
    },
  };
}
