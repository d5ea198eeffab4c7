/** What is no number stays text, so that the API's own message names field and value. */
export function readNumber(text: string): unknown {
  return text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text;
}
