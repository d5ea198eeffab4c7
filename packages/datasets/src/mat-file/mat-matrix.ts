import { elementTypes, MatElements } from './mat-elements.ts';
import { matNumbers, matText } from './mat-numbers.ts';
import { emptyMatValue, type MatValue } from './mat-value.ts';

/** Classes of arrays (MAT-file format, version 5, table 1-3). */
const arrayClasses = { cells: 1, structs: 2, text: 4, firstNumbers: 6, lastNumbers: 15 } as const;

/** What the parts before an array's data tell. */
export type MatMatrixHead = {
  readonly arrayClass: number;
  readonly isComplex: boolean;
  readonly dims: readonly number[];
  readonly count: number;
  readonly name: string;
};

/** Deeper nesting than any annotation file has; a file that nests on must not exhaust the stack. */
const MAX_DEPTH = 8;
const MAX_DIMS = 8;

/** Reads flags, dimensions and name of an array. Throws DatasetError malformed_file. */
export function matMatrixHead(elements: MatElements): MatMatrixHead {
  const flags = elements.next('the flags of an array');
  if (flags.type !== elementTypes.uint32 || flags.data.length !== 8) throw elements.fail('an array has no flags');
  const shape = elements.next('the dimensions of an array');
  const dimCount = shape.data.length / 4;
  if (shape.type !== elementTypes.int32 || !Number.isInteger(dimCount) || dimCount < 2 || dimCount > MAX_DIMS) {
    throw elements.fail(`an array has 2 to ${MAX_DIMS} dimensions of 4 bytes, not ${shape.data.length} bytes of them`);
  }
  const dims = Array.from(matNumbers(elements, shape, dimCount) as Int32Array);
  const count = dims.reduce((product, dim) => product * dim, 1);
  if (dims.some((dim) => dim < 0) || !Number.isSafeInteger(count)) {
    throw elements.fail(`an array cannot have the dimensions ${dims.join(' x ')}`);
  }
  const { data: name } = elements.next('the name of an array');
  return {
    arrayClass: flags.data[0] as number,
    isComplex: ((flags.data[1] as number) & 8) !== 0,
    dims,
    count,
    name: Buffer.from(name).toString('latin1'),
  };
}

/** Reads an array's data after its head. Throws DatasetError malformed_file. */
export function matMatrixBody(elements: MatElements, head: MatMatrixHead, depth = 0): MatValue {
  const { arrayClass, dims, count } = head;
  if (depth > MAX_DEPTH) throw elements.fail(`arrays are nested more than ${MAX_DEPTH} deep`);
  if (arrayClass === arrayClasses.cells) {
    return { kind: 'cells', dims, cells: nestedMatrices(elements, count, depth) };
  }
  if (arrayClass === arrayClasses.structs) return structs(elements, head, depth);
  if (arrayClass === arrayClasses.text) {
    return { kind: 'text', dims, text: matText(elements, elements.next('the text of an array'), count) };
  }
  if (arrayClass >= arrayClasses.firstNumbers && arrayClass <= arrayClasses.lastNumbers) {
    if (head.isComplex) throw elements.fail('complex numbers are not supported');
    return { kind: 'numbers', dims, numbers: matNumbers(elements, elements.next('the numbers of an array'), count) };
  }
  throw elements.fail(`arrays of class ${arrayClass} are not supported: numbers, text, cells and structs are`);
}

function structs(elements: MatElements, { dims, count }: MatMatrixHead, depth: number): MatValue {
  const lengthElement = elements.next('the length of field names');
  const nameLength = Number(matNumbers(elements, lengthElement, 1)[0]);
  const { data: names } = elements.next('the field names');
  if (nameLength < 1 || nameLength > 64 || names.length % nameLength !== 0) {
    throw elements.fail(`field names of ${nameLength} bytes each do not fill ${names.length} bytes`);
  }
  const text = Buffer.from(names).toString('latin1');
  const fields = Array.from({ length: names.length / nameLength }, (_, field) => {
    const [name = ''] = text.slice(field * nameLength, (field + 1) * nameLength).split('\0', 1);
    return name;
  });
  if (fields.length === 0 && count > 0) throw elements.fail('a struct has no fields');
  const values = nestedMatrices(elements, count * fields.length, depth);
  const rows = Array.from({ length: count }, (_, row) => values.slice(row * fields.length, (row + 1) * fields.length));
  return { kind: 'structs', dims, fields, rows };
}

function nestedMatrices(elements: MatElements, count: number, depth: number): MatValue[] {
  // Each has a tag of 8 bytes at least: a made-up count ends here, before anything is allocated for it.
  if (count > elements.remaining / 8) {
    throw elements.fail(`${count} arrays do not fit into the ${elements.remaining} bytes that follow`);
  }
  return Array.from({ length: count }, () => {
    const { offset } = elements;
    const { type, data } = elements.next('an array');
    if (type !== elementTypes.matrix) throw elements.fail(`an array was expected, not an element of type ${type}`);
    if (data.length === 0) return emptyMatValue;
    const inner = new MatElements(elements.file, data, offset + 8);
    return matMatrixBody(inner, matMatrixHead(inner), depth + 1);
  });
}
