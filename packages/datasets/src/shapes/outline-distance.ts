export const outlines = ['disc', 'square', 'triangle', 'star', 'cross', 'crescent', 'bar', 'arrow'] as const;
export type Outline = (typeof outlines)[number];

type Distance = (x: number, y: number) => number;

/** Largest of the distances to the lines through the sides of a regular polygon. */
function regularPolygon(sides: number, inradius: number): Distance {
  const normals = Array.from({ length: sides }, (_, side) => (2 * Math.PI * side) / sides + Math.PI / 2);
  const cosines = normals.map(Math.cos);
  const sines = normals.map(Math.sin);
  return (x, y) => {
    let largest = Number.NEGATIVE_INFINITY;
    for (let side = 0; side < sides; side += 1) {
      largest = Math.max(largest, x * (cosines[side] as number) + y * (sines[side] as number));
    }
    return largest - inradius;
  };
}

function box(x: number, y: number, halfWidth: number, halfHeight: number): number {
  return Math.max(Math.abs(x) - halfWidth, Math.abs(y) - halfHeight);
}

const triangle = regularPolygon(3, 0.52);
const arrowHead = regularPolygon(3, 0.4);

/** A five-pointed star: the radius of its edge goes linearly with the angle between an inner and an outer corner. */
function star(x: number, y: number): number {
  const sector = (2 * Math.PI) / 5;
  const angle = Math.atan2(x, -y);
  const offset = Math.abs(angle / sector - Math.round(angle / sector)) * 2; // 0 at a tip, 1 between two tips
  return Math.hypot(x, y) - (1.05 - 0.63 * offset ** 0.7);
}

/**
 * Roughly the signed distance to each outline, negative inside. Coordinates: the outline fits in about the unit disc,
 * y points down.
 */
export const outlineDistance: Readonly<Record<Outline, Distance>> = {
  disc: (x, y) => Math.hypot(x, y) - 0.85,
  square: (x, y) => box(x, y, 0.75, 0.75),
  triangle: (x, y) => triangle(x, y - 0.1),
  star,
  cross: (x, y) => Math.min(box(x, y, 0.95, 0.32), box(x, y, 0.32, 0.95)),
  crescent: (x, y) => Math.max(Math.hypot(x, y) - 0.95, 0.75 - Math.hypot(x - 0.5, y)),
  bar: (x, y) => box(x, y, 1, 0.42),
  arrow: (x, y) => Math.min(arrowHead(x * 0.9, -y - 0.25), box(x, y - 0.5, 0.28, 0.5)),
};
