import { useCallback, useMemo, useState } from 'react';
import { addressOf } from '../api/client.ts';
import { addresses } from '../navigation/addresses.ts';
import { served } from '../navigation/base-path.ts';
import { Link } from '../navigation/link.tsx';
import { useAddress } from '../navigation/use-address.ts';
import { LiveMark } from '../parts/live-mark.tsx';
import { EmptyNote, ErrorNote, LoadingNote } from '../parts/notes.tsx';
import { PageHead } from '../parts/page-head.tsx';
import { ChosenActions } from './chosen-actions.tsx';
import { ColumnMenu, useChosenColumns } from './column-menu.tsx';
import { ExperimentFilters } from './experiment-filters.tsx';
import { ExperimentTable } from './experiment-table.tsx';
import { GroupMenu } from './group-menu.tsx';
import { GroupTable } from './group-table.tsx';
import { columnChoices, listColumn, settingFields } from './list-columns.ts';
import { type ExperimentQuery, useExperimentList } from './use-experiment-list.ts';

const filterNames = ['q', 'filter', 'status', 'dataset', 'loss', 'tag', 'sweep', 'sort'] as const;

/** All experiments: the first view of the page. */
export function ExperimentsPage() {
  const { query } = useAddress();
  const filter = Object.fromEntries(
    filterNames.flatMap((name) => {
      const value = query.get(name);
      return value ? [[name, value] as const] : [];
    }),
  ) as ExperimentQuery;
  const list = useExperimentList(filter);
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const choose = useCallback(
    (id: string) => setChosen((old) => (old.includes(id) ? old.filter((other) => other !== id) : [...old, id])),
    [],
  );
  const [columnNames] = useChosenColumns();
  const columnText = columnNames.join(',');
  const columns = useMemo(() => columnText.split(',').filter(Boolean).map(listColumn), [columnText]);
  const settings = useMemo(() => settingFields(list.items), [list.items]);
  const by = query.get('group') ?? '';
  const isFiltered = Object.keys(filter).some((name) => name !== 'sort');
  return (
    <>
      <PageHead title="Experiments" sub={summary(list.items.length, list.hasMore, isFiltered)}>
        <LiveMark state={list.stream} />
        {chosen.length > 0 && (
          <button type="button" onClick={() => setChosen([])}>
            Choose none
          </button>
        )}
        <ChosenActions chosen={list.items.filter(({ id }) => chosen.includes(id))} onDone={list.reload} />
      </PageHead>
      <ExperimentFilters />
      <div className="bar">
        <GroupMenu fields={settings} />
        {by === '' && <ColumnMenu choices={columnChoices(settings)} />}
        {by === '' && list.items.length > 0 && (
          <button type="button" onClick={() => setChosen(list.items.map(({ id }) => id))}>
            Choose all {list.items.length}
          </button>
        )}
        <a className="button" href={served(tableAddress(filter, columnNames))} download="experiments.csv">
          CSV
        </a>
      </div>
      {list.error !== null && <ErrorNote error={list.error} retry={list.reload} />}
      {by !== '' ? (
        <GroupTable filter={filter} by={by} />
      ) : list.items.length > 0 ? (
        <ExperimentTable
          items={list.items}
          columns={columns}
          hasMore={list.hasMore}
          onNearEnd={list.loadMore}
          chosen={chosen}
          onChoose={choose}
        />
      ) : list.isLoading ? (
        <LoadingNote what="experiments" />
      ) : (
        list.error === null && <NothingHere isFiltered={isFiltered} />
      )}
    </>
  );
}

/** The whole list as CSV: what the filters find, with what tells runs apart and the columns that are shown. */
function tableAddress(filter: ExperimentQuery, shown: readonly string[]): string {
  const always = ['id', 'name', 'status', 'dataset', 'loss', 'sec_wei', 'l2reg_wei', 'seed'];
  const columns = [...new Set([...always, ...shown.filter((name) => name !== 'progress')])];
  return addressOf('/experiments/table', { query: { ...filter, format: 'csv', columns: columns.join(',') } });
}

function summary(count: number, hasMore: boolean, isFiltered: boolean): string {
  const found = isFiltered ? 'found' : count === 1 ? 'experiment' : 'experiments';
  return hasMore ? `The first ${count} ${found}; more are read as you scroll` : `${count} ${found}`;
}

function NothingHere({ isFiltered }: { readonly isFiltered: boolean }) {
  if (isFiltered) return <EmptyNote>Nothing matches these filters.</EmptyNote>;
  return (
    <EmptyNote>
      <p>There is no experiment yet.</p>
      <p>
        <Link className="button primary" href={addresses.newExperiment}>
          New experiment
        </Link>
      </p>
      <p className="small">
        or from a terminal: <code className="mono">npx spherelab train --use_dataset shapes --use_loss triplet</code>
      </p>
    </EmptyNote>
  );
}
