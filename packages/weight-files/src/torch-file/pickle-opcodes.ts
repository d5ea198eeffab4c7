import type { ByteCursor } from './byte-cursor.ts';
import { pickleLimits } from './pickle-limits.ts';
import { appendItems, type PickleStack, setItems } from './pickle-stack.ts';
import { latin1Text, quotedText, rawUnicodeText, twosComplement, utf8Text, wholeNumber } from './pickle-text.ts';
import { describePickleValue, type PickleGlobal, type PickleValue } from './pickle-value.ts';
import { TorchFileError } from './torch-file-error.ts';

/** What a pickle's names mean. Each throws TorchFileError, naming it, for what is not known. */
export type PickleNames = {
  readonly global: (name: string) => PickleGlobal;
  readonly call: (name: string, args: readonly PickleValue[]) => PickleValue;
  readonly persistent: (id: PickleValue) => PickleValue;
};

type Handler = (stack: PickleStack, cursor: ByteCursor, names: PickleNames) => void;

function longInteger(cursor: ByteCursor, length: number): number | bigint {
  if (length < 0 || length > pickleLimits.integerBytes) {
    throw new TorchFileError(`the pickle has a whole number of ${length} bytes`);
  }
  return twosComplement(cursor.take(length));
}

function realNumber(line: string): number {
  const value = Number(line);
  if (line.trim() === '' || Number.isNaN(value)) throw new TorchFileError('the pickle has a real number that is none');
  return value;
}

function integerLine(cursor: ByteCursor): PickleValue {
  const line = cursor.line();
  // Protocol 0 writes booleans so.
  if (line === '00' || line === '01') return line === '01';
  return wholeNumber(line);
}

function memoIndex(cursor: ByteCursor): number {
  return Number(wholeNumber(cursor.line()));
}

function int32Length(cursor: ByteCursor): number {
  const length = cursor.view(4).getInt32(0, true);
  if (length < 0) throw new TorchFileError('the pickle has a text of negative length');
  return length;
}

const stackGlobal: Handler = (stack, _cursor, names) => {
  const [name, module] = [stack.pop(), stack.pop()];
  if (typeof name !== 'string' || typeof module !== 'string') {
    throw new TorchFileError('the pickle asks for a global whose name is no text');
  }
  stack.push(names.global(`${module}.${name}`));
};

const reduce: Handler = (stack, _cursor, names) => {
  const [args, callee] = [stack.pop(), stack.pop()];
  if (callee === null || typeof callee !== 'object' || callee.kind !== 'global') {
    throw new TorchFileError(`the pickle calls ${describePickleValue(callee)}`);
  }
  if (args === null || typeof args !== 'object' || args.kind !== 'tuple') {
    throw new TorchFileError(`the pickle calls ${callee.name} without a tuple of arguments`);
  }
  stack.push(stack.counted(names.call(callee.name, args.items)));
};

/** Attributes: an OrderedDict of torch carries `_metadata`, which no tensor depends on. Nothing else has any. */
const build: Handler = (stack) => {
  const attributes = stack.pop();
  const target = stack.top();
  const isDict = (value: PickleValue) => value !== null && typeof value === 'object' && value.kind === 'dict';
  if (!isDict(target) || !isDict(attributes)) {
    throw new TorchFileError(`the pickle sets attributes of ${describePickleValue(target)}`);
  }
};

/**
 * Opcodes of Python's pickle (Lib/pickletools.py) that state dicts of any torch and Python use: protocols 0 to 5 less
 * those that make objects of classes, sets or bytes.
 */
export const pickleOpcodes: ReadonlyMap<number, Handler> = new Map<number, Handler>([
  [0x80, (_stack, cursor) => protocol(cursor.uint8())], // PROTO
  [0x95, (_stack, cursor) => void cursor.take(8)], // FRAME
  [0x28, (stack) => stack.mark()], // MARK
  [0x30, (stack) => void stack.pop()], // POP
  [0x31, (stack) => void stack.popToMark()], // POP_MARK
  [0x32, (stack) => stack.push(stack.top())], // DUP
  [0x4e, (stack) => stack.push(null)], // NONE
  [0x88, (stack) => stack.push(true)], // NEWTRUE
  [0x89, (stack) => stack.push(false)], // NEWFALSE
  [0x49, (stack, cursor) => stack.push(integerLine(cursor))], // INT
  [0x4c, (stack, cursor) => stack.push(wholeNumber(cursor.line()))], // LONG
  [0x4a, (stack, cursor) => stack.push(cursor.view(4).getInt32(0, true))], // BININT
  [0x4b, (stack, cursor) => stack.push(cursor.uint8())], // BININT1
  [0x4d, (stack, cursor) => stack.push(cursor.view(2).getUint16(0, true))], // BININT2
  [0x8a, (stack, cursor) => stack.push(longInteger(cursor, cursor.uint8()))], // LONG1
  [0x8b, (stack, cursor) => stack.push(longInteger(cursor, cursor.view(4).getInt32(0, true)))], // LONG4
  [0x46, (stack, cursor) => stack.push(realNumber(cursor.line()))], // FLOAT
  [0x47, (stack, cursor) => stack.push(cursor.view(8).getFloat64(0, false))], // BINFLOAT
  [0x53, (stack, cursor) => stack.push(quotedText(cursor.line()))], // STRING
  [0x54, (stack, cursor) => stack.push(latin1Text(cursor.take(int32Length(cursor))))], // BINSTRING
  [0x55, (stack, cursor) => stack.push(latin1Text(cursor.take(cursor.uint8())))], // SHORT_BINSTRING
  [0x56, (stack, cursor) => stack.push(rawUnicodeText(cursor.line()))], // UNICODE
  [0x58, (stack, cursor) => stack.push(utf8Text(cursor.take(cursor.view(4).getUint32(0, true))))], // BINUNICODE
  [0x8c, (stack, cursor) => stack.push(utf8Text(cursor.take(cursor.uint8())))], // SHORT_BINUNICODE
  [0x8d, (stack, cursor) => stack.push(utf8Text(cursor.take(cursor.uint64())))], // BINUNICODE8
  [0x29, (stack) => stack.push(stack.tuple([]))], // EMPTY_TUPLE
  [0x74, (stack) => stack.push(stack.tuple(stack.popToMark()))], // TUPLE
  [0x85, (stack) => stack.push(stack.tuple([stack.pop()]))], // TUPLE1
  [0x86, (stack) => stack.push(stack.tuple([stack.pop(), stack.pop()].reverse()))], // TUPLE2
  [0x87, (stack) => stack.push(stack.tuple([stack.pop(), stack.pop(), stack.pop()].reverse()))], // TUPLE3
  [0x5d, (stack) => stack.push(stack.list([]))], // EMPTY_LIST
  [0x6c, (stack) => stack.push(stack.list(stack.popToMark()))], // LIST
  [0x61, (stack) => append(stack, [stack.pop()])], // APPEND
  [0x65, (stack) => append(stack, stack.popToMark())], // APPENDS
  [0x7d, (stack) => stack.push(stack.dict())], // EMPTY_DICT
  [0x64, (stack) => dictOf(stack, stack.popToMark())], // DICT
  [0x73, (stack) => set(stack, [stack.pop(), stack.pop()].reverse())], // SETITEM
  [0x75, (stack) => set(stack, stack.popToMark())], // SETITEMS
  [0x70, (stack, cursor) => stack.memoize(memoIndex(cursor))], // PUT
  [0x71, (stack, cursor) => stack.memoize(cursor.uint8())], // BINPUT
  [0x72, (stack, cursor) => stack.memoize(cursor.view(4).getUint32(0, true))], // LONG_BINPUT
  [0x94, (stack) => stack.memoize()], // MEMOIZE
  [0x67, (stack, cursor) => stack.recall(memoIndex(cursor))], // GET
  [0x68, (stack, cursor) => stack.recall(cursor.uint8())], // BINGET
  [0x6a, (stack, cursor) => stack.recall(cursor.view(4).getUint32(0, true))], // LONG_BINGET
  [0x63, (stack, cursor, names) => stack.push(names.global(`${cursor.line()}.${cursor.line()}`))], // GLOBAL
  [0x93, stackGlobal], // STACK_GLOBAL
  [0x51, (stack, _cursor, names) => stack.push(stack.counted(names.persistent(stack.pop())))], // BINPERSID
  [0x52, reduce], // REDUCE
  [0x62, build], // BUILD
]);

function protocol(number: number): void {
  if (number > 5) throw new TorchFileError(`the pickle has protocol ${number}; up to 5 is known`);
}

function append(stack: PickleStack, items: readonly PickleValue[]): void {
  appendItems(stack.top(), items);
}

function set(stack: PickleStack, items: readonly PickleValue[]): void {
  setItems(stack.top(), items);
}

function dictOf(stack: PickleStack, items: readonly PickleValue[]): void {
  const dict = stack.dict();
  setItems(dict, items);
  stack.push(dict);
}
