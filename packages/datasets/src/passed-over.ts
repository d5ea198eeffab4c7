/** Why an entry of a folder of images is not used; with what can be done about it. */
const reasons = {
  litter: 'left by other programs',
  'other-format': 'of other formats: convert them to jpg, png or webp if they belong to it',
  other: 'that are no pictures',
  nested: 'folders in folders of classes: classes are one level deep',
  stray: 'pictures outside of folders of classes',
  link: 'that are links: name the folder that they lead to',
} as const;
export type PassedOverReason = keyof typeof reasons;

/** Named in a note. */
const named = 3;

/** What was not used of a folder, told so that nobody misses it in silence. */
export class PassedOver {
  readonly #paths = new Map<PassedOverReason, string[]>();

  add(reason: PassedOverReason, path: string): void {
    const paths = this.#paths.get(reason) ?? [];
    paths.push(path);
    this.#paths.set(reason, paths);
  }

  /** One for each reason, with the number of entries and the first of them. */
  notes(): string[] {
    return [...this.#paths].map(([reason, paths]) => {
      const more = paths.length > named ? ` and ${paths.length - named} more` : '';
      return `passed over ${paths.length} ${reasons[reason]} (${paths.slice(0, named).join(', ')}${more})`;
    });
  }
}
