import { served } from '../navigation/base-path.ts';

/** Whether a stream brings what happens now. */
export type StreamState = 'connecting' | 'live' | 'lost' | 'ended';

export type EventStreamOptions = {
  /** Address of the stream, to go on after `lastEventId`; null: from the beginning. */
  readonly address: (lastEventId: string | null) => string;
  readonly on: Readonly<Record<string, (data: never) => void>>;
  readonly onState: (state: StreamState) => void;
  /** The event after which nothing follows. */
  readonly lastEvent?: string;
};

const firstRetryMs = 500;
const longestRetryMs = 5_000;

/**
 * Follows a stream of events across restarts of the server: it goes on after the last event it got, so none is lost and none
 * comes twice. A hidden page lets go of its connection (a browser has six for each server) and takes it up when shown.
 * @returns what closes it
 */
export function openEventStream(options: EventStreamOptions): () => void {
  let source: EventSource | null = null;
  let lastEventId: string | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let retryMs = firstRetryMs;
  let finished = false;

  const close = () => {
    clearTimeout(timer);
    source?.close();
    source = null;
  };
  const finish = () => {
    finished = true;
    close();
    options.onState('ended');
  };
  const open = () => {
    close();
    if (finished || document.hidden) return;
    const opened = new EventSource(served(options.address(lastEventId)));
    source = opened;
    opened.onopen = () => {
      retryMs = firstRetryMs;
      options.onState('live');
    };
    opened.onerror = () => {
      // The browser's own retry gives up at the first refusal, for instance while a server starts.
      close();
      options.onState('lost');
      timer = setTimeout(open, retryMs);
      retryMs = Math.min(longestRetryMs, retryMs * 2);
    };
    for (const [name, handle] of Object.entries(options.on)) {
      opened.addEventListener(name, (event: MessageEvent<string>) => {
        if (event.lastEventId !== '') lastEventId = event.lastEventId;
        handle(JSON.parse(event.data) as never);
        if (name === options.lastEvent) finish();
      });
    }
  };
  const onVisibility = () => {
    if (document.hidden) close();
    else if (source === null) open();
  };
  document.addEventListener('visibilitychange', onVisibility);
  options.onState('connecting');
  open();
  return () => {
    finished = true;
    document.removeEventListener('visibilitychange', onVisibility);
    close();
  };
}
