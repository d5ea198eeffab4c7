import { byteOrder } from '../byte-order.ts';
import type { Drawing, IconSet } from './icon-set.ts';

/** One thing, as several designers drew it. */
export type DrawnClass = {
  readonly name: string;
  readonly drawings: readonly { readonly designer: string; readonly drawing: Drawing }[];
};

/** Pictures of a class at least: fewer leave a query little to find. */
const fewestDesigners = 4;

/** Words of a name that make a variant of another class, or letters and stripes instead of a thing. */
const leftOut = /(^|-)(skin-tone|light|medium|dark|flag|keycap)(-|$)/;

/** A name becomes the name of a folder. */
const plainName = /^[a-z0-9][a-z0-9-]*$/;

/** Names that at least four designers drew, in byte order; designers in the order of the sets. */
export function chooseClasses(sets: readonly IconSet[]): DrawnClass[] {
  const names = new Set(sets.flatMap(({ drawings }) => [...drawings.keys()]));
  return [...names]
    .filter((name) => plainName.test(name) && !leftOut.test(name))
    .sort(byteOrder)
    .map((name) => ({
      name,
      drawings: sets.flatMap(({ designer, drawings }) => {
        const drawing = drawings.get(name);
        return drawing === undefined ? [] : [{ designer, drawing }];
      }),
    }))
    .filter(({ drawings }) => drawings.length >= fewestDesigners);
}
