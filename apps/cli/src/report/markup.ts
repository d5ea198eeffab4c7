/** HTML as it is written; every other text is escaped where it is put into some. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export type Child = Markup | string | number | null | undefined | readonly Child[];

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
/** What no HTML may hold, and what turns the direction of the text around it. */
const forbidden = /[\p{Cc}\p{Cs}\ufffe\uffff\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** The only way to write HTML here: html`<td>${name}</td>` escapes the name. Attributes stand in double quotes. */
export function html(parts: TemplateStringsArray, ...children: readonly Child[]): Markup {
  return new Markup(parts.map((part, at) => part + (at < children.length ? written(children[at]) : '')).join(''));
}

function written(child: Child): string {
  if (child === null || child === undefined) return '';
  if (child instanceof Markup) return child.text;
  if (Array.isArray(child)) return (child as readonly Child[]).map(written).join('');
  return escapeHtml(String(child as string | number));
}

/** Text for content and for attributes in quotes; line breaks and tabs stay, other control characters are shown as �. */
export function escapeHtml(text: string): string {
  return text
    .replace(forbidden, (character) => (character === '\n' || character === '\t' ? character : '\ufffd'))
    .replace(/[&<>"']/g, (character) => entities[character] as string);
}
