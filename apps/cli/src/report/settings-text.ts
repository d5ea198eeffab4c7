/** Fields and their values: "loss ms, sec_wei 0.5". */
export function settingsText(settings: Readonly<Record<string, unknown>>): string {
  return Object.entries(settings)
    .map(([field, value]) => `${field} ${valueText(value)}`)
    .join(', ');
}

export function valueText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? null);
}
