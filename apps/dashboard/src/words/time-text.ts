/** A length of time in its two largest units: 42 s, 3 min 10 s, 2 h 5 min. */
export function durationText(seconds: number): string {
  if (!Number.isFinite(seconds)) return '';
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  if (whole < 3600) return `${Math.round(whole / 60)} min`;
  if (whole < 86_400) return `${Math.floor(whole / 3600)} h ${Math.round((whole % 3600) / 60)} min`;
  return `${Math.floor(whole / 86_400)} d ${Math.round((whole % 86_400) / 3600)} h`;
}

/** How long something is expected to take; null where no past run tells. */
export function estimateText(seconds: number | null): string {
  return seconds === null
    ? 'no time known: nothing like it has run yet'
    : `about ${durationText(seconds)} on one device`;
}

/** How long ago a time was, in one unit. */
export function agoText(time: string, now = Date.now()): string {
  const seconds = (now - Date.parse(time)) / 1000;
  if (seconds < 5) return 'just now';
  if (seconds < 60) return `${Math.floor(seconds)} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`;
  return `${Math.floor(seconds / 86_400)} d ago`;
}

const clock = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });

/** Date and time to the second. */
export function timeText(time: string): string {
  return clock.format(new Date(time));
}
