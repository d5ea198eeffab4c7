/** What a terminal obeys instead of showing it, and what turns the direction of the text around it; beside line breaks and tabs. */
const obeyed = /[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** Text of others for a terminal, such as a log: what it would obey is written out. Lines stay lines. */
export function terminalText(text: string): string {
  return text.replace(obeyed, (character) =>
    character === '\n' || character === '\t' ? character : escaped(character),
  );
}

/** The same for what has to stay in one line, such as a name. */
export function terminalLine(text: string): string {
  return text.replace(obeyed, escaped);
}

/** A line of JSON. JSON.stringify writes out only the first 32 characters of those that terminals obey. */
export function jsonLine(value: unknown): string {
  return `${JSON.stringify(value).replace(obeyed, (character) => `\\u${hex(character, 4)}`)}\n`;
}

function escaped(character: string): string {
  const code = character.codePointAt(0) as number;
  return code < 256 ? `\\x${hex(character, 2)}` : `\\u${hex(character, 4)}`;
}

function hex(character: string, digits: number): string {
  return (character.codePointAt(0) as number).toString(16).padStart(digits, '0');
}
