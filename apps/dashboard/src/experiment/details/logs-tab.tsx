import { useEffect, useRef } from 'react';
import type { LogLine } from '../../api/types.ts';
import { EmptyNote } from '../../parts/notes.tsx';

const clock = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });
/** px from the end within which new lines are followed */
const nearEnd = 40;

/** What the attempts had to say; new lines are followed while the end is in sight. */
export function LogsTab({ logs }: { readonly logs: readonly LogLine[] }) {
  const frame = useRef<HTMLDivElement>(null);
  const follows = useRef(true);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each new line moves the end
  useEffect(() => {
    if (follows.current && frame.current) frame.current.scrollTop = frame.current.scrollHeight;
  }, [logs.length]);
  if (logs.length === 0) return <EmptyNote>Nothing was logged yet.</EmptyNote>;
  return (
    <div
      className="panel logs mono"
      ref={frame}
      role="log"
      aria-label="Log"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
      tabIndex={0}
      onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
        follows.current = scrollHeight - scrollTop - clientHeight < nearEnd;
      }}
    >
      {logs.map((line) => (
        <div key={line.id} className={`log-line ${line.level}`}>
          <time dateTime={line.logged_at}>{clock.format(new Date(line.logged_at))}</time>
          <span>{line.attempt}</span>
          <span>
            {line.level === 'info' ? '' : `${line.level}: `}
            {line.message}
          </span>
        </div>
      ))}
    </div>
  );
}
