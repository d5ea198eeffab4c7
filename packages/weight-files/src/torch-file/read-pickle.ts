import type { ByteCursor } from './byte-cursor.ts';
import { pickleLimits } from './pickle-limits.ts';
import { type PickleNames, pickleOpcodes } from './pickle-opcodes.ts';
import { PickleStack } from './pickle-stack.ts';
import type { PickleValue } from './pickle-value.ts';
import { TorchFileError } from './torch-file-error.ts';

const STOP = 0x2e;

/** Opcodes that exist in Python and are refused here, for the error's sake. */
const refused: ReadonlyMap<number, string> = new Map([
  [0x42, 'BINBYTES'],
  [0x43, 'SHORT_BINBYTES'],
  [0x50, 'PERSID'],
  [0x69, 'INST'],
  [0x6f, 'OBJ'],
  [0x81, 'NEWOBJ'],
  [0x82, 'EXT1'],
  [0x83, 'EXT2'],
  [0x84, 'EXT4'],
  [0x8e, 'BINBYTES8'],
  [0x8f, 'EMPTY_SET'],
  [0x90, 'ADDITEMS'],
  [0x91, 'FROZENSET'],
  [0x92, 'NEWOBJ_EX'],
  [0x96, 'BYTEARRAY8'],
  [0x97, 'NEXT_BUFFER'],
  [0x98, 'READONLY_BUFFER'],
]);

/**
 * Interprets one pickle from the cursor on as data and leaves the cursor behind it. Nothing is executed: a global is a
 * name, and only those that `names` knows have a meaning.
 * @throws TorchFileError naming the opcode or global that was refused, or what is damaged
 */
export function readPickle(cursor: ByteCursor, names: PickleNames): PickleValue {
  const stack = new PickleStack();
  for (let count = 0; count < pickleLimits.opcodes; count += 1) {
    const opcode = cursor.uint8();
    if (opcode === STOP) return stack.pop();
    const handler = pickleOpcodes.get(opcode);
    if (handler === undefined) throw new TorchFileError(`the pickle uses ${describe(opcode)}`);
    handler(stack, cursor, names);
  }
  throw new TorchFileError(`the pickle has more than ${pickleLimits.opcodes} opcodes`);
}

function describe(opcode: number): string {
  const hex = `0x${opcode.toString(16).padStart(2, '0')}`;
  const name = refused.get(opcode);
  if (name === undefined) return `opcode ${hex}, which does not exist: it is damaged or no pickle`;
  return `opcode ${name} (${hex}), which a state dict does not need: refused`;
}
