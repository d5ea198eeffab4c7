import { emojiDataset } from './emoji-facts.ts';
import type { IconSet } from './icon-set.ts';
import type { PinnedPackage } from './pinned-packages.ts';
import { emojiSide } from './render-drawing.ts';

/** Beside images/; its first line tells a folder that was made here from one of the user's own. */
export const sourcesFile = 'SOURCES.md';
export const sourcesTitle = `# Sources of the data set \`${emojiDataset.name}\``;

export type SourceCounts = { readonly classes: number; readonly images: ReadonlyMap<string, number> };

/** Whose drawings these are, under which licences, and how they became pictures. */
export function sourcesText(
  packages: readonly PinnedPackage[],
  sets: readonly IconSet[],
  counts: SourceCounts,
): string {
  const total = [...counts.images.values()].reduce((sum, images) => sum + images, 0);
  const rows = packages.flatMap(({ designer, name, version }) => {
    const credits = sets.find((set) => set.designer === designer)?.credits;
    if (credits === undefined) return [];
    const { title, author, authorUrl, licence, spdx, licenceUrl } = credits;
    const cells = [
      `\`${designer}.png\``,
      title,
      linked(author, authorUrl),
      `${linked(licence, licenceUrl)} (${spdx})`,
      `${name} ${version}`,
      String(counts.images.get(designer) ?? 0),
    ];
    return `| ${cells.join(' | ')} |`;
  });
  return `${sourcesTitle}

${total} pictures of ${counts.classes} classes, made by \`${emojiDataset.command}\`.

The drawings are the work of the designers below, each set under a licence of its own. Names of sets and companies are theirs; none of them
has anything to do with Spherelab or endorses it. Changed here: each drawing was rendered at ${emojiSide} x ${emojiSide} px on white. Who passes
pictures on does so under the licence of their set: name the author, link the licence, say what was changed; what is made of a set
under CC BY-SA stays under it.

| pictures | set | author | licence (SPDX) | npm package | count |
| --- | --- | --- | --- | --- | --- |
${rows.join('\n')}
`;
}

function linked(text: string, url: string): string {
  return url === '' ? text : `[${text}](${url})`;
}
