import type { Sweep } from '../api/types.ts';

export function sweepTitle({ name, id }: Pick<Sweep, 'name' | 'id'>): string {
  return name ?? `sweep ${id.slice(0, 8)}`;
}

/** What varies: loss triplet, ms × sec_wei 0, 0.5; 20 draws of lr × seed 0, 1 */
export function gridText({ request }: Pick<Sweep, 'request'>): string {
  const grid = (request.grid ?? {}) as Record<string, readonly unknown[]>;
  const cells = (request.cells ?? []) as readonly Record<string, unknown>[];
  const ofCells = [...new Set(cells.flatMap((cell) => Object.keys(cell)))].map(
    (field) => [field, [...new Set(cells.flatMap((cell) => (field in cell ? [cell[field]] : [])))]] as const,
  );
  const listed = [...ofCells, ...Object.entries(grid)].map(
    ([field, values]) => `${field} ${values.map(String).join(', ')}`,
  );
  return [...drawnText(request), ...listed].join('  ×  ');
}

function drawnText({ strategy, samples, space }: Sweep['request']): string[] {
  if (strategy !== 'random' && strategy !== 'asha') return [];
  return [`${String(samples)} draws of ${Object.keys((space ?? {}) as object).join(', ')}`];
}
