const MAX_LENGTH = 400;

/** Text of a file for people: control characters as \xNN, so that a terminal obeys none of them; cut where it is long. */
export function printableText(text: string): string {
  const shown = text.slice(0, MAX_LENGTH).replace(/\p{C}/gu, (character) => {
    return `\\x${(character.codePointAt(0) as number).toString(16).padStart(2, '0')}`;
  });
  return text.length > MAX_LENGTH ? `${shown}...` : shown;
}
