/** Fields and their values: "lr 0.001, loss ms". */
export function settingsText(settings: Readonly<Record<string, unknown>>): string {
  return Object.entries(settings)
    .map(([field, value]) => `${field} ${valueText(value)}`)
    .join(', ');
}

/** A setting; a number that was drawn has more digits than anyone reads. */
export function valueText(value: unknown): string {
  if (typeof value === 'number') return String(Number(value.toPrecision(4)));
  return typeof value === 'string' ? value : JSON.stringify(value ?? null);
}
