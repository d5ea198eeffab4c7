import { counterRandom, type Draws } from '../counter-random.ts';
import { around, blend, type Canvas, type Colour, emptyCanvas, toBytes } from './canvas.ts';
import { outlineDistance } from './outline-distance.ts';
import { SHAPES_SEED, type ShapeClass, shapeClasses, type Texture } from './shape-class.ts';

type Part = { readonly x: number; readonly y: number; readonly radius: number; readonly angle: number };
type Clutter = { x: number; y: number; halfWidth: number; halfHeight: number; round: boolean; colour: Colour };

type Arrangement = { readonly radius: number; readonly places: readonly (readonly [number, number])[] };

/** Where one to four parts are and how large, in units of the picture's side. */
const arrangements: readonly Arrangement[] = [
  { radius: 0.31, places: [[0, 0]] },
  {
    radius: 0.2,
    places: [
      [-0.21, 0],
      [0.21, 0],
    ],
  },
  {
    radius: 0.18,
    places: [
      [0, -0.2],
      [-0.2, 0.15],
      [0.2, 0.15],
    ],
  },
  {
    radius: 0.17,
    places: [
      [-0.19, -0.19],
      [0.19, -0.19],
      [-0.19, 0.19],
      [0.19, 0.19],
    ],
  },
];

function randomColour({ between }: Draws): Colour {
  return [between(10, 245), between(10, 245), between(10, 245)];
}

/** A colour whose brightness differs by at least `gap` from another's, so that what is drawn can be seen. */
function contrastingColour(draws: Draws, other: Colour, gap: number): Colour {
  const brightness = ([r, g, b]: Colour): number => 0.3 * r + 0.59 * g + 0.11 * b;
  let best = randomColour(draws);
  for (let tries = 0; tries < 20; tries += 1) {
    const colour = randomColour(draws);
    const distance = Math.abs(brightness(colour) - brightness(other));
    if (distance > Math.abs(brightness(best) - brightness(other))) best = colour;
    if (distance >= gap) return colour;
  }
  return best;
}

function placeParts(draws: Draws, parts: number): Part[] {
  const { between } = draws;
  const scale = between(0.8, 1.15);
  const turn = between(-0.35, 0.35);
  const centreX = 0.5 + between(-0.08, 0.08);
  const centreY = 0.5 + between(-0.08, 0.08);
  const { radius, places } = arrangements[parts - 1] as Arrangement;
  return places.map(([x, y]) => ({
    x: centreX + scale * (x * Math.cos(turn) - y * Math.sin(turn)),
    y: centreY + scale * (x * Math.sin(turn) + y * Math.cos(turn)),
    radius: scale * radius * between(0.93, 1.07),
    angle: turn + between(-0.12, 0.12),
  }));
}

function placeClutter(draws: Draws): Clutter[] {
  const { between, unit, integer } = draws;
  return Array.from({ length: 3 + integer(6) }, () => ({
    x: unit(),
    y: unit(),
    halfWidth: between(0.01, 0.06),
    halfHeight: between(0.01, 0.06),
    round: unit() < 0.5,
    colour: randomColour(draws),
  }));
}

/** True where the second colour shows. Coordinates are those of the outline. */
function isInked(texture: Texture, x: number, y: number): boolean {
  const cell = (value: number, period: number): number => Math.floor(value / period);
  switch (texture) {
    case 'plain':
      return false;
    case 'stripes':
      return (cell(y + 10, 0.28) & 1) === 1;
    case 'checks':
      return ((cell(x + 10, 0.38) + cell(y + 10, 0.38)) & 1) === 1;
    case 'dots':
      return Math.hypot(x - Math.round(x / 0.5) * 0.5, y - Math.round(y / 0.5) * 0.5) < 0.16;
    case 'rings':
      return (cell(Math.hypot(x, y), 0.24) & 1) === 1;
  }
}

function drawBackground(canvas: Canvas, draws: Draws, colour: Colour): void {
  const { side } = canvas;
  const slopeX = draws.between(-50, 50);
  const slopeY = draws.between(-50, 50);
  for (let row = 0; row < side; row += 1) {
    for (let column = 0; column < side; column += 1) {
      const light = slopeX * ((column + 0.5) / side - 0.5) + slopeY * ((row + 0.5) / side - 0.5);
      const at = (row * side + column) * 3;
      for (let channel = 0; channel < 3; channel += 1)
        canvas.values[at + channel] = (colour[channel] as number) + light;
    }
  }
}

function drawPart(canvas: Canvas, part: Part, shape: ShapeClass, paper: Colour, ink: Colour): void {
  const distanceTo = outlineDistance[shape.outline];
  const cosine = Math.cos(part.angle) / part.radius;
  const sine = Math.sin(part.angle) / part.radius;
  const pixelsPerUnit = part.radius * canvas.side;
  around(canvas, part, part.radius * 1.3, (column, row, dx, dy) => {
    const x = dx * cosine + dy * sine;
    const y = dy * cosine - dx * sine;
    const outer = distanceTo(x, y);
    const distance = shape.hollow ? Math.max(outer, -(outer + 0.26)) : outer;
    const cover = 0.5 - distance * pixelsPerUnit;
    if (cover > 0) blend(canvas, column, row, isInked(shape.texture, x, y) ? ink : paper, Math.min(1, cover));
  });
}

/**
 * Draws one image of the data set `shapes`: RGB bytes [side, side, 3]. Class decides outline, texture, number of parts
 * and whether they are hollow; colours, light, place, size, turn, clutter and grain are chance, the same for every
 * size of picture. A colour histogram therefore says next to nothing about the class.
 */
export function drawShape(classIndex: number, image: number, side: number): Uint8Array {
  const shape = shapeClasses[classIndex];
  if (shape === undefined) throw new RangeError(`shapes has no class ${classIndex}`);
  const draws = counterRandom(SHAPES_SEED, 'shapes', classIndex + 1, image);
  const canvas = emptyCanvas(side);
  const background = randomColour(draws);
  const paper = contrastingColour(draws, background, draws.between(45, 110));
  const ink = contrastingColour(draws, paper, draws.between(60, 110));
  drawBackground(canvas, draws, background);
  for (const { x, y, halfWidth, halfHeight, round, colour } of placeClutter(draws)) {
    around(canvas, { x, y }, 0.06, (column, row, dx, dy) => {
      const inside = round
        ? (dx / halfWidth) ** 2 + (dy / halfHeight) ** 2 < 1
        : Math.abs(dx) < halfWidth && Math.abs(dy) < halfHeight;
      if (inside) blend(canvas, column, row, colour, 0.8);
    });
  }
  for (const part of placeParts(draws, shape.parts)) drawPart(canvas, part, shape, paper, ink);
  return toBytes(canvas, Math.floor(draws.unit() * 2 ** 31));
}
