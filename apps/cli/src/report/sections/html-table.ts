import { type Child, html, type Markup } from '../markup.ts';

/** A table in room of its own that scrolls. @param numbers columns that are numbers, from this one on */
export function htmlTable(
  header: readonly Child[],
  rows: readonly (readonly Child[])[],
  { numbersFrom = 1, numbersTo = header.length }: { readonly numbersFrom?: number; readonly numbersTo?: number } = {},
): Markup {
  const kind = (at: number) => (at >= numbersFrom && at < numbersTo ? 'number' : 'text');
  return html`<div class="table" role="region" aria-label="table" tabindex="0"><table>
<thead><tr>${header.map((cell, at) => html`<th scope="col" class="${kind(at)}">${cell}</th>`)}</tr></thead>
<tbody>${rows.map((row) => html`<tr>${row.map((cell, at) => html`<td class="${kind(at)}">${cell}</td>`)}</tr>\n`)}</tbody>
</table></div>`;
}
