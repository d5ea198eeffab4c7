/** Rows of each label, in row order. */
export type ClassMembers = ReadonlyMap<number, Int32Array>;

export function classMembers(labels: Int32Array): ClassMembers {
  const rows = new Map<number, number[]>();
  labels.forEach((label, row) => {
    const known = rows.get(label);
    if (known === undefined) rows.set(label, [row]);
    else known.push(row);
  });
  return new Map([...rows].map(([label, members]) => [label, Int32Array.from(members)]));
}
