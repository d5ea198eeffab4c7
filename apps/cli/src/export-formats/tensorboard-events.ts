import { crc32c } from './crc32c.ts';

/** A value of one tag at one step; NaN where the metric was no number. */
export type ScalarPoint = { readonly tag: string; readonly step: number; readonly value: number };

/**
 * A TensorBoard event file of scalars: TFRecords (length, masked CRC-32C of the length, data, masked CRC-32C of the data)
 * of protobuf `Event` messages, the first with the version of the format.
 * @param wallTimeS seconds since 1970; all events carry it, for metrics are stored by step and not by time
 */
export function tensorboardEvents(points: readonly ScalarPoint[], wallTimeS: number): Uint8Array {
  const version = message([double(1, wallTimeS), bytesField(3, Buffer.from('brain.Event:2'))]);
  const events = points.map(({ tag, step, value }) => {
    const entry = message([bytesField(1, Buffer.from(tag)), float(2, value)]); // Summary.Value: tag, simple_value
    const summary = message([bytesField(1, entry)]);
    return message([double(1, wallTimeS), varintField(2, step), bytesField(5, summary)]);
  });
  return message([version, ...events].map(record));
}

function record(data: Uint8Array): Uint8Array {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(data.length));
  return message([length, checksum(length), data, checksum(data)]);
}

/** Rotated by 15 bits and shifted, so that a checksum of data that holds checksums stays sound. */
function checksum(data: Uint8Array): Uint8Array {
  const crc = crc32c(data);
  const masked = (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(masked);
  return bytes;
}

function message(parts: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(parts);
}

/** Wire type 1: 64 bits. */
function double(field: number, value: number): Uint8Array {
  const bytes = Buffer.alloc(9);
  bytes[0] = (field << 3) | 1;
  bytes.writeDoubleLE(value, 1);
  return bytes;
}

/** Wire type 5: 32 bits. */
function float(field: number, value: number): Uint8Array {
  const bytes = Buffer.alloc(5);
  bytes[0] = (field << 3) | 5;
  bytes.writeFloatLE(value, 1);
  return bytes;
}

/** Wire type 0. */
function varintField(field: number, value: number): Uint8Array {
  return Buffer.concat([Buffer.of(field << 3), varint(value)]);
}

/** Wire type 2: length and bytes. */
function bytesField(field: number, value: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.of((field << 3) | 2), varint(value.length), value]);
}

/** Seven bits a byte, the lowest first. @param value whole, from 0 on */
function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  return Buffer.from([...bytes, rest]);
}
