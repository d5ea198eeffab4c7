import { createHash } from 'node:crypto';

/** Named float32 tensors with their shapes, in file order. */
export type FileTensors = ReadonlyMap<string, { readonly shape: readonly number[]; readonly values: Float32Array }>;

export type TensorFile<Metadata> = { readonly metadata: Metadata; readonly tensors: FileTensors };

type TensorHeader = { dtype: 'F32'; shape: readonly number[]; data_offsets: [number, number] };

const HEADER_LENGTH_BYTES = 8;
const ALIGNMENT = 8;
/** Where our own JSON stands in the header; safetensors allows texts only there. */
const METADATA_KEY = 'spherelab';
const SHA256_KEY = 'payload_sha256';

/**
 * Bytes of a safetensors file (8 bytes header length, JSON header, little-endian float32), readable by any safetensors
 * reader. `metadata` goes in as JSON beside the SHA-256 of the payload.
 */
export function encodeTensorFile(content: TensorFile<unknown>): Uint8Array {
  const header: Record<string, TensorHeader | Record<string, string>> = {};
  const parts: Uint8Array[] = [];
  const hash = createHash('sha256');
  let offset = 0;
  for (const [name, { shape, values }] of content.tensors) {
    const bytes = littleEndianBytes(values);
    header[name] = { dtype: 'F32', shape, data_offsets: [offset, offset + bytes.length] };
    offset += bytes.length;
    parts.push(bytes);
    hash.update(bytes);
  }
  const texts = { [METADATA_KEY]: JSON.stringify(content.metadata), [SHA256_KEY]: hash.digest('hex') };
  const headerBytes = new TextEncoder().encode(JSON.stringify({ __metadata__: texts, ...header }));
  const paddedLength = Math.ceil(headerBytes.length / ALIGNMENT) * ALIGNMENT;
  const file = new Uint8Array(HEADER_LENGTH_BYTES + paddedLength + offset);
  new DataView(file.buffer).setBigUint64(0, BigInt(paddedLength), true);
  file.fill(0x20, HEADER_LENGTH_BYTES, HEADER_LENGTH_BYTES + paddedLength);
  file.set(headerBytes, HEADER_LENGTH_BYTES);
  let at = HEADER_LENGTH_BYTES + paddedLength;
  for (const part of parts) {
    file.set(part, at);
    at += part.length;
  }
  return file;
}

/** A file of tensors that is damaged, cut off, or something else. */
export class TensorFileError extends Error {
  constructor(reason: string) {
    super(`the file of tensors cannot be used: ${reason}`);
    this.name = 'TensorFileError';
  }
}

function damaged(reason: string): TensorFileError {
  return new TensorFileError(reason);
}

function readHeader(file: Uint8Array): { header: Record<string, unknown>; payload: Uint8Array } {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  if (file.length < HEADER_LENGTH_BYTES) throw damaged('it is too short');
  const end = HEADER_LENGTH_BYTES + Number(view.getBigUint64(0, true));
  if (end > file.length) throw damaged('its header is cut off');
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(file.subarray(HEADER_LENGTH_BYTES, end));
    return { header: JSON.parse(text) as Record<string, unknown>, payload: file.subarray(end) };
  } catch {
    throw damaged('its header is not JSON');
  }
}

function readTensor(name: string, entry: unknown, payload: Uint8Array): { shape: number[]; values: Float32Array } {
  const {
    dtype,
    shape,
    data_offsets: offsets,
  } = entry as { dtype?: unknown; shape?: number[]; data_offsets?: number[] };
  const [start, end] = offsets ?? [];
  if (dtype !== 'F32' || shape === undefined || start === undefined || end === undefined) {
    throw damaged(`tensor ${name} is not float32 with a shape and offsets`);
  }
  const count = shape.reduce((product, size) => product * size, 1);
  if (start < 0 || end > payload.length || end - start !== count * 4) throw damaged(`tensor ${name} is cut off`);
  const view = new DataView(payload.buffer, payload.byteOffset + start, end - start);
  return { shape, values: Float32Array.from({ length: count }, (_, i) => view.getFloat32(i * 4, true)) };
}

/** Reads what `encodeTensorFile` wrote. Throws TensorFileError for anything else. */
export function decodeTensorFile<Metadata>(file: Uint8Array): TensorFile<Metadata> {
  const { header, payload } = readHeader(file);
  const { __metadata__: texts, ...entries } = header as { __metadata__?: Record<string, string> };
  const sha256 = createHash('sha256').update(payload).digest('hex');
  if (texts?.[SHA256_KEY] !== sha256) throw damaged('its content does not have the recorded SHA-256');
  const metadata = JSON.parse(texts[METADATA_KEY] ?? 'null') as Metadata;
  const tensors = new Map(Object.entries(entries).map(([name, entry]) => [name, readTensor(name, entry, payload)]));
  return { metadata, tensors };
}

/** The bytes of float32 values in the order in which files hold them, on machines of either order. */
export function littleEndianBytes(values: Float32Array): Uint8Array {
  const bytes = new Uint8Array(values.length * 4);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < values.length; i += 1) view.setFloat32(i * 4, values[i] as number, true);
  return bytes;
}
