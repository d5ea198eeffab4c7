import { settingText } from './setting-text.ts';

/** One line of CSV (RFC 4180, with LF): null is empty, lists are JSON. */
export function csvLine(values: readonly unknown[]): string {
  return `${values.map(csvCell).join(',')}\n`;
}

/** One value of CSV, in quotes where it needs them. */
export function csvCell(value: unknown): string {
  const text = value === null ? '' : settingText(value);
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
