import { deflateSync } from 'node:zlib';

type Field = string | number;

function element(type: number, data: Uint8Array): Buffer {
  const tag = Buffer.alloc(8);
  tag.writeUInt32LE(type, 0);
  tag.writeUInt32LE(data.length, 4);
  return Buffer.concat([tag, data, Buffer.alloc((8 - (data.length % 8)) % 8)]);
}

function int32s(...values: number[]): Buffer {
  return Buffer.from(new Int32Array(values).buffer);
}

function matrix(arrayClass: number, dims: readonly number[], name: string, parts: readonly Buffer[]): Buffer {
  const flags = element(6, int32s(arrayClass, 0));
  return element(14, Buffer.concat([flags, element(5, int32s(...dims)), element(1, Buffer.from(name)), ...parts]));
}

function fieldMatrix(value: Field): Buffer {
  if (typeof value === 'number')
    return matrix(6, [1, 1], '', [element(9, Buffer.from(new Float64Array([value]).buffer))]);
  return matrix(4, [1, value.length], '', [element(4, Buffer.from(value, 'utf16le'))]);
}

/** A variable that is a row of structs, as MATLAB would save it. */
export function structVariable(name: string, rows: readonly Readonly<Record<string, Field>>[]): Buffer {
  const fields = Object.keys(rows[0] ?? {});
  const names = Buffer.concat(fields.map((field) => Buffer.from(field.padEnd(32, '\0'))));
  const values = rows.flatMap((row) => Object.values(row).map(fieldMatrix));
  return matrix(2, [1, rows.length], name, [element(5, int32s(32)), element(1, names), ...values]);
}

export function compressed(variable: Uint8Array): Buffer {
  const data = deflateSync(variable);
  const tag = Buffer.alloc(8);
  tag.writeUInt32LE(15, 0);
  tag.writeUInt32LE(data.length, 4);
  return Buffer.concat([tag, data]);
}

export function matFile(...variables: readonly Uint8Array[]): Buffer {
  const header = Buffer.alloc(128, ' ');
  header.write('MATLAB 5.0 MAT-file');
  header.writeUInt16LE(0x0100, 124);
  header.write('IM', 126);
  return Buffer.concat([header, ...variables]);
}
