import type { StreamState } from '../api/open-event-stream.ts';

const texts: Readonly<Record<StreamState, string>> = {
  connecting: 'connecting',
  live: 'live',
  lost: 'reconnecting',
  ended: 'complete',
};

/** Whether what is shown follows what happens. */
export function LiveMark({ state }: { readonly state: StreamState }) {
  return (
    <span className="live" role="status">
      <span className={`live-dot ${state === 'connecting' ? 'ended' : state}`} />
      {texts[state]}
    </span>
  );
}
