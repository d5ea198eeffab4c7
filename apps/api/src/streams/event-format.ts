/** How much of an experiment's history a stream has told: the last metric written and the last line logged. */
export type EventCursor = { readonly seq: number; readonly logId: number };

/** One event of a text/event-stream. `data` has no line breaks: it is JSON. */
export function formatEvent(name: string, data: string, cursor: EventCursor): string {
  return `id: ${cursor.seq}.${cursor.logId}\nevent: ${name}\ndata: ${data}\n\n`;
}

/** The cursor of a Last-Event-ID header; null when there is none, or one of somebody else. */
export function parseEventId(header: string | string[] | undefined): EventCursor | null {
  const match = /^(\d{1,15})\.(\d{1,15})$/.exec(typeof header === 'string' ? header : '');
  return match ? { seq: Number(match[1]), logId: Number(match[2]) } : null;
}
