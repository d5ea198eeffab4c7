/** Red, green, blue, 0..255. */
export type Colour = readonly [number, number, number];

/** A picture being drawn: float RGB, row-major. */
export type Canvas = { readonly side: number; readonly values: Float32Array };

export function emptyCanvas(side: number): Canvas {
  return { side, values: new Float32Array(side * side * 3) };
}

/** Lays a colour over a pixel; `cover` 0..1 is how much of it hides what was there. */
export function blend({ side, values }: Canvas, column: number, row: number, colour: Colour, cover: number): void {
  const at = (row * side + column) * 3;
  for (let channel = 0; channel < 3; channel += 1) {
    const under = values[at + channel] as number;
    values[at + channel] = under + cover * ((colour[channel] as number) - under);
  }
}

/** Calls `paint` for each pixel within `reach` of a place; x and y are the pixel's offset from it, picture side 1. */
export function around(
  { side }: Canvas,
  place: { x: number; y: number },
  reach: number,
  paint: (column: number, row: number, x: number, y: number) => void,
): void {
  const first = (centre: number): number => Math.max(0, Math.floor((centre - reach) * side));
  const end = (centre: number): number => Math.min(side, Math.ceil((centre + reach) * side));
  for (let row = first(place.y); row < end(place.y); row += 1) {
    for (let column = first(place.x); column < end(place.x); column += 1) {
      paint(column, row, (column + 0.5) / side - place.x, (row + 0.5) / side - place.y);
    }
  }
}

/** Grain of about +-8 levels from an integer hash: the place of a pixel decides, so nothing is drawn in order. */
export function toBytes({ values }: Canvas, grainSeed: number): Uint8Array {
  const pixels = new Uint8Array(values.length);
  for (let i = 0; i < values.length; i += 1) {
    let hash = Math.imul(i ^ grainSeed, 0x7feb352d);
    hash = Math.imul(hash ^ (hash >>> 15), 0x846ca68b);
    const grain = ((hash >>> 24) - 127.5) / 16;
    pixels[i] = Math.max(0, Math.min(255, Math.round((values[i] as number) + grain)));
  }
  return pixels;
}
