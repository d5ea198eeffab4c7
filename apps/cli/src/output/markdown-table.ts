/** A table of Markdown, with the empty lines around it that Markdown wants. */
export function markdownTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [header, header.map(() => '---'), ...rows];
  return `\n${lines.map((line) => `| ${line.map(markdownCell).join(' | ')} |\n`).join('')}`;
}

function markdownCell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('*', '\\*').replace(/\s+/g, ' ');
}
