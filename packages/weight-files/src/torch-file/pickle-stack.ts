import { pickleLimits } from './pickle-limits.ts';
import type { PickleDict, PickleList, PickleTuple, PickleValue } from './pickle-value.ts';
import { TorchFileError } from './torch-file-error.ts';

/** Stack, marks and memo of one pickle, with every access checked. */
export class PickleStack {
  readonly #values: PickleValue[] = [];
  /** Heights of the stack at which MARK was pushed. */
  readonly #marks: number[] = [];
  readonly #memo = new Map<number, PickleValue>();
  #objects = 0;

  push(value: PickleValue): void {
    this.#values.push(value);
  }

  /** As Python's, pop does not reach beneath a mark. */
  pop(): PickleValue {
    const value = this.top();
    this.#values.pop();
    return value;
  }

  top(): PickleValue {
    const value = this.#values.at(-1);
    if (value === undefined || this.#values.length <= (this.#marks.at(-1) ?? 0)) {
      throw new TorchFileError('the pickle takes a value from an empty stack');
    }
    return value;
  }

  mark(): void {
    this.#marks.push(this.#values.length);
  }

  /** Takes everything above the last mark, and the mark. */
  popToMark(): PickleValue[] {
    const height = this.#marks.pop();
    if (height === undefined) throw new TorchFileError('the pickle asks for a mark that was not set');
    return this.#values.splice(height);
  }

  memoize(index: number = this.#memo.size): void {
    this.#memo.set(index, this.top());
  }

  recall(index: number): void {
    const value = this.#memo.get(index);
    if (value === undefined) throw new TorchFileError(`the pickle asks for memo ${index}, which was not stored`);
    this.#values.push(value);
  }

  tuple(items: readonly PickleValue[]): PickleTuple {
    return this.counted({ kind: 'tuple', items });
  }

  list(items: PickleValue[]): PickleList {
    return this.counted({ kind: 'list', items });
  }

  dict(): PickleDict {
    return this.counted({ kind: 'dict', entries: new Map() });
  }

  counted<T>(object: T): T {
    this.#objects += 1;
    if (this.#objects > pickleLimits.objects) {
      throw new TorchFileError(`the pickle makes more than ${pickleLimits.objects} objects`);
    }
    return object;
  }
}

/** Adds key, value, key, value, ... Throws TorchFileError for keys that are neither texts nor numbers. */
export function setItems(target: PickleValue, items: readonly PickleValue[]): void {
  if (target === null || typeof target !== 'object' || target.kind !== 'dict') {
    throw new TorchFileError('the pickle sets an item of something that is no dict');
  }
  if (items.length % 2 !== 0) throw new TorchFileError('the pickle has a dict key without a value');
  for (let i = 0; i < items.length; i += 2) {
    const key = items[i];
    if (typeof key !== 'string' && typeof key !== 'number') {
      throw new TorchFileError('the pickle has a dict key that is neither a text nor a number');
    }
    target.entries.set(key, items[i + 1] as PickleValue);
  }
}

/** Appends to a list. */
export function appendItems(target: PickleValue, items: readonly PickleValue[]): void {
  if (target === null || typeof target !== 'object' || target.kind !== 'list') {
    throw new TorchFileError('the pickle appends to something that is no list');
  }
  for (const item of items) target.items.push(item);
}
