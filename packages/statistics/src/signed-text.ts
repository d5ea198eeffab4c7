/** A difference as it is printed: with its sign, and without one where it rounds to 0. */
export function signedText(value: number, digits: number): string {
  const text = roundedText(value, digits);
  return Number(text) > 0 ? `+${text}` : text;
}

/** A number with so many digits after the point; 0 for what rounds to it, never -0. */
export function roundedText(value: number, digits: number): string {
  const text = value.toFixed(digits);
  return Number(text) === 0 ? text.replace('-', '') : text;
}
