import { type CSSProperties, useEffect, useMemo, useRef, useState } from 'react';
import type { Experiment } from '../api/types.ts';
import { ExperimentRow } from './experiment-row.tsx';
import { fieldsToTell, type ListColumn, titleKey } from './list-columns.ts';
import { SortHead } from './sort-head.tsx';

const rowHeight = 40;
const headHeight = 34;
const noFields: readonly string[] = [];
/** Rows drawn above and below what is in sight. */
const spare = 8;

/**
 * The list with only the rows in sight drawn, so that 10,000 cost as much as 30. Asks for more before the end is reached.
 */
export function ExperimentTable(props: {
  readonly items: readonly Experiment[];
  readonly columns: readonly ListColumn[];
  readonly hasMore: boolean;
  readonly onNearEnd: () => void;
  readonly chosen: readonly string[];
  readonly onChoose: (id: string) => void;
}) {
  const { items, columns, hasMore, onNearEnd } = props;
  const told = useMemo(() => fieldsToTell(items, columns), [items, columns]);
  const frame = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ top: 0, height: 800 });
  const first = Math.max(0, Math.floor(view.top / rowHeight) - spare);
  const end = Math.min(items.length, Math.ceil((view.top + view.height) / rowHeight) + spare);

  useEffect(() => {
    const element = frame.current;
    if (element === null) return;
    const look = () => setView({ top: element.scrollTop, height: element.clientHeight });
    const observer = new ResizeObserver(look);
    observer.observe(element);
    element.addEventListener('scroll', look, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener('scroll', look);
    };
  }, []);
  useEffect(() => {
    if (hasMore && end > items.length - 60) onNearEnd();
  }, [hasMore, end, items.length, onNearEnd]);

  return (
    // biome-ignore lint/a11y/useSemanticElements: only some of 10,000 rows exist, which a table element cannot say
    <div
      className="panel run-table"
      role="table"
      aria-label="Experiments"
      aria-rowcount={hasMore ? -1 : items.length + 1}
      ref={frame}
      style={widthsOf(columns)}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
      tabIndex={0}
    >
      <SortHead columns={columns} />
      {/* biome-ignore lint/a11y/useSemanticElements: as above */}
      <div role="rowgroup" style={{ height: items.length * rowHeight, position: 'relative', minHeight: headHeight }}>
        <div role="presentation" style={{ transform: `translateY(${first * rowHeight}px)` }}>
          {items.slice(first, end).map((experiment, index) => (
            <ExperimentRow
              key={experiment.id}
              experiment={experiment}
              position={first + index}
              columns={columns}
              told={told.get(titleKey(experiment)) ?? noFields}
              isChosen={props.chosen.includes(experiment.id)}
              onChoose={props.onChoose}
            />
          ))}
        </div>
      </div>
    </div>
  );
}

/** Room for the columns; a fixed one has its width, others at least what they begin with. */
function widthsOf(columns: readonly ListColumn[]): CSSProperties {
  const least = columns.reduce((sum, { width }) => sum + 12 + Number(/\d+/.exec(width)?.[0] ?? 0), 0);
  const widths = columns.map(({ width }) => width).join(' ');
  return { '--list-columns': widths, '--list-width': `${least + 430}px` } as CSSProperties;
}
