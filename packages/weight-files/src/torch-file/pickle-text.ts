import { pickleLimits } from './pickle-limits.ts';
import { TorchFileError } from './torch-file-error.ts';

/** Bytes of Python 2 texts: torch's keys are ASCII, and latin1 reads every byte. */
export function latin1Text(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
}

export function utf8Text(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new TorchFileError('the pickle has a text that is not UTF-8', { cause });
  }
}

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '\\': '\\', "'": "'", '"': '"' };

/** The text of a quoted Python 2 string, as opcode STRING has it: 'conv1.weight' with quotes and escapes. */
export function quotedText(line: string): string {
  const quote = line[0];
  if (line.length < 2 || (quote !== "'" && quote !== '"') || line.at(-1) !== quote) {
    throw new TorchFileError('the pickle has a STRING without quotes');
  }
  return line.slice(1, -1).replace(/\\(x[0-9a-fA-F]{2}|[\s\S])/g, (whole, code: string) => {
    if (code.length === 3) return String.fromCharCode(Number.parseInt(code.slice(1), 16));
    return escapes[code] ?? whole;
  });
}

/** The text of opcode UNICODE: latin1 with \uXXXX and \UXXXXXXXX for the rest. */
export function rawUnicodeText(line: string): string {
  return line.replace(/\\u([0-9a-fA-F]{4})|\\U([0-9a-fA-F]{8})/g, (_, short?: string, long?: string) => {
    const point = Number.parseInt(short ?? long ?? '', 16);
    if (point > 0x10ffff) throw new TorchFileError('the pickle has a text with a character beyond Unicode');
    return String.fromCodePoint(point);
  });
}

/** A whole number in decimal text, with the L that Python 2 puts behind a long. */
export function wholeNumber(line: string): number | bigint {
  if (line.length > pickleLimits.integerBytes || !/^[+-]?\d+L?$/.test(line)) {
    throw new TorchFileError('the pickle has a whole number that is none');
  }
  return narrow(BigInt(line.replace(/L$/, '').replace(/^\+/, '')));
}

/** A whole number of little-endian two's complement bytes. */
export function twosComplement(bytes: Uint8Array): number | bigint {
  let value = 0n;
  for (let i = bytes.length - 1; i >= 0; i -= 1) value = (value << 8n) | BigInt(bytes[i] as number);
  return narrow(BigInt.asIntN(bytes.length * 8, value));
}

function narrow(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
