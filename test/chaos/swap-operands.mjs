/**
 * Compiled code with `call`first, rest) as `call`rest, first). Throws where that call is not there exactly once: a release that
 * reorders nothing would upgrade nothing.
 * @param {string} text
 * @param {{ call: string, first: string, file: string }} what `call` with its parenthesis; `file` for the error
 */
export function swapOperands(text, { call, first, file }) {
  const opening = `${call}${first}, `;
  const start = text.indexOf(opening);
  if (start === -1 || text.includes(opening, start + 1)) {
    throw new Error(
      `${file} does not have '${opening}' exactly once: the second release has to reorder something else`,
    );
  }
  const restStart = start + opening.length;
  let end = restStart;
  for (let depth = 1; depth > 0; end += 1) {
    if (end === text.length) throw new Error(`${file}: '${opening}' is not closed`);
    if (text[end] === '(') depth += 1;
    if (text[end] === ')') depth -= 1;
  }
  return `${text.slice(0, start)}${call}${text.slice(restStart, end - 1)}, ${first})${text.slice(end)}`;
}
