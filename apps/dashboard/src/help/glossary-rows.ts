/** Words and what they mean, out of the table of docs/glossary.md. */
export function glossaryRows(markdown: string): (readonly [word: string, meaning: string])[] {
  return markdown
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .slice(2)
    .flatMap((line) => {
      const [, word, meaning] = line.split('|').map((cell) => cell.trim());
      return word !== undefined && meaning !== undefined ? [[word, meaning] as const] : [];
    });
}
