/** Where the rows of some queries' classes stand in a block of cosines. */
export type MemberPlaces = {
  /** Query of the block * gallery rows + gallery row, query by query. */
  readonly places: Int32Array;
  /** [queries + 1], the places of query i are offsets[i] .. offsets[i + 1]. */
  readonly offsets: Int32Array;
};

/**
 * Places of `members(i)`, gallery rows, for the queries 0 .. queries - 1 of a block whose gallery has `columns` rows.
 */
export function placesOfMembers(
  queries: number,
  columns: number,
  members: (query: number) => Int32Array,
): MemberPlaces {
  const offsets = new Int32Array(queries + 1);
  for (let i = 0; i < queries; i += 1) offsets[i + 1] = (offsets[i] as number) + members(i).length;
  const places = new Int32Array(offsets[queries] as number);
  for (let i = 0; i < queries; i += 1) {
    members(i).forEach((row, at) => {
      places[(offsets[i] as number) + at] = i * columns + row;
    });
  }
  return { places, offsets };
}
