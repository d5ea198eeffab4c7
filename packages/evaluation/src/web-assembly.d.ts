/** The part of the standard interface that is used here: TypeScript has it for browsers only. */
declare namespace WebAssembly {
  class Module {
    constructor(bytes: Uint8Array);
  }
  class Instance {
    constructor(module: Module);
    readonly exports: unknown;
  }
  class Memory {
    readonly buffer: ArrayBuffer;
    /** @returns how many pages there were @throws RangeError where there is no room */
    grow(pages: number): number;
  }
}
