import { useQueryValue } from '../navigation/use-query-value.ts';

type Column = { readonly text: string; readonly sort?: string; readonly className?: string; readonly down?: boolean };

const columns: readonly Column[] = [
  { text: 'Compare', className: 'wide-only' },
  { text: 'Status', sort: 'status' },
  { text: 'Experiment', sort: 'name' },
  { text: 'Tags', className: 'wide-only' },
  { text: 'Progress', className: 'wide-only' },
  { text: 'R@1', sort: 'recall_at_1', className: 'number', down: true },
  { text: 'NMI', sort: 'nmi', className: 'number wide-only', down: true },
  { text: 'norm CV', sort: 'norm_cv', className: 'number wide-only' },
  { text: 'Created', sort: 'created_at', className: 'number wide-only', down: true },
];

/** Column heads; those that sort are buttons, and a second press turns the order round. */
export function SortHead() {
  const [sort, setSort] = useQueryValue('sort', '-created_at');
  return (
    // biome-ignore lint/a11y/useSemanticElements: as the table
    <div className="run-row head" role="row" aria-rowindex={1} tabIndex={-1}>
      {columns.map(({ text, sort: name, className, down }) => {
        const direction = sort === name ? 'ascending' : sort === `-${name}` ? 'descending' : undefined;
        const next =
          direction === undefined ? (down ? `-${name}` : name) : direction === 'ascending' ? `-${name}` : name;
        return (
          // biome-ignore lint/a11y/useSemanticElements: as the table
          // biome-ignore lint/a11y/useFocusableInteractive: its button is what gets the focus
          <span key={text} role="columnheader" className={className} aria-sort={direction}>
            {name === undefined ? (
              text === 'Compare' ? (
                <span className="hidden-text">{text}</span>
              ) : (
                text
              )
            ) : (
              <button type="button" onClick={() => setSort(next as string)}>
                {text}
                <span aria-hidden="true">
                  {direction === 'ascending' ? '↑' : direction === 'descending' ? '↓' : ''}
                </span>
              </button>
            )}
          </span>
        );
      })}
    </div>
  );
}
