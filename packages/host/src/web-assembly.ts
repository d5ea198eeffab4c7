/** The part of the standard interface that is used here: TypeScript has it for browsers only. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
};

/** Memory of an instance; `grow` takes pages. */
export type InstanceMemory = { readonly buffer: ArrayBuffer; readonly grow: (pages: number) => number };

const PAGE_BYTES = 65_536;

/** A module in base64, compiled when it is first used; each call gives the exports of an instance with a memory of its own. */
export function webAssembly<Exports>(base64: string): () => Exports {
  let module: object | undefined;
  return () => {
    module ??= new WebAssembly.Module(Buffer.from(base64, 'base64'));
    return new WebAssembly.Instance(module).exports as Exports;
  };
}

/** Lets a memory have at least so many bytes; its buffer is another one then. @throws RangeError where there is no room */
export function growMemory(memory: InstanceMemory, bytes: number): void {
  const lacking = bytes - memory.buffer.byteLength;
  if (lacking > 0) memory.grow(Math.ceil(lacking / PAGE_BYTES));
}
