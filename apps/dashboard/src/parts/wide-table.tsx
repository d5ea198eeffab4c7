import type { ReactNode } from 'react';

/** Room for a table that may be wider than the window; it scrolls, also by keyboard. */
export function WideTable({
  label,
  isPanel,
  children,
}: {
  readonly label: string;
  readonly isPanel?: boolean;
  readonly children: ReactNode;
}) {
  return (
    <section
      className={`scroll-x${isPanel ? ' panel' : ''}`}
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
      tabIndex={0}
    >
      {children}
    </section>
  );
}
