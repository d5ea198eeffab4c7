import { useQueryValue } from '../navigation/use-query-value.ts';
import type { ListColumn } from './list-columns.ts';

/** Column heads; those that sort are buttons, and a second press turns the order round. */
export function SortHead({ columns }: { readonly columns: readonly ListColumn[] }) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: as the table
    <div className="run-row head" role="row" aria-rowindex={1} tabIndex={-1}>
      <Head className="wide-only">
        <span className="hidden-text">Choose</span>
      </Head>
      <SortedHead name="status" text="Status" />
      <SortedHead name="name" text="Experiment" />
      {columns.map((column, at) =>
        column.canSort ? (
          <SortedHead
            key={column.name}
            name={column.name}
            text={column.text}
            isBestHigh={column.isBestHigh}
            className={classOf(column, columns, at)}
          />
        ) : (
          <Head key={column.name} className={classOf(column, columns, at)}>
            {column.text}
          </Head>
        ),
      )}
    </div>
  );
}

/** A narrow screen has room for the first column of numbers. */
export function classOf({ isNumber }: ListColumn, columns: readonly ListColumn[], at: number): string {
  const isFirst = isNumber && columns.findIndex((column) => column.isNumber) === at;
  return `${isNumber ? 'number' : ''}${isFirst ? '' : ' wide-only'}`.trim();
}

function SortedHead(props: {
  readonly name: string;
  readonly text: string;
  readonly isBestHigh?: boolean;
  readonly className?: string;
}) {
  const { name } = props;
  const [sort, setSort] = useQueryValue('sort', '-created_at');
  const direction = sort === name ? 'ascending' : sort === `-${name}` ? 'descending' : undefined;
  const first = props.isBestHigh ? `-${name}` : name;
  const next = direction === undefined ? first : direction === 'ascending' ? `-${name}` : name;
  return (
    <Head className={props.className} direction={direction}>
      <button type="button" onClick={() => setSort(next)} title={props.text}>
        {props.text}
        <span aria-hidden="true">{direction === 'ascending' ? '↑' : direction === 'descending' ? '↓' : ''}</span>
      </button>
    </Head>
  );
}

function Head(props: {
  readonly className?: string | undefined;
  readonly direction?: 'ascending' | 'descending' | undefined;
  readonly children: React.ReactNode;
}) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: as the table
    // biome-ignore lint/a11y/useFocusableInteractive: its button is what gets the focus
    <span role="columnheader" className={props.className} aria-sort={props.direction}>
      {props.children}
    </span>
  );
}
