export type MatNumbers =
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Float32Array
  | Float64Array
  | BigInt64Array
  | BigUint64Array;

/** A MATLAB array. Elements are in MATLAB's order: the first index runs fastest. */
export type MatValue =
  | { readonly kind: 'numbers'; readonly dims: readonly number[]; readonly numbers: MatNumbers }
  | { readonly kind: 'text'; readonly dims: readonly number[]; readonly text: string }
  | { readonly kind: 'cells'; readonly dims: readonly number[]; readonly cells: readonly MatValue[] }
  | {
      readonly kind: 'structs';
      readonly dims: readonly number[];
      /** In the order of the file, which some readers of these files rely on. */
      readonly fields: readonly string[];
      /** One row for each element, one value for each field. */
      readonly rows: readonly (readonly MatValue[])[];
    };

/** What an array without elements is read as; one object for all of them. */
export const emptyMatValue: MatValue = { kind: 'numbers', dims: [0, 0], numbers: new Uint8Array(0) };
