import { useQueryValue } from '../navigation/use-query-value.ts';
import { defaultColumns, listColumn } from './list-columns.ts';

/** Which columns the list has; they are in the address and stay for the next visit. */
export function ColumnMenu({ choices }: { readonly choices: readonly string[] }) {
  const [chosen, setChosen] = useChosenColumns();
  const others = chosen.filter((name) => !choices.includes(name));
  const toggle = (name: string) =>
    setChosen(chosen.includes(name) ? chosen.filter((other) => other !== name) : [...chosen, name]);
  return (
    <details className="menu">
      <summary className="button">Columns</summary>
      <div className="menu-body panel">
        <div className="menu-items">
          {[...others, ...choices].map((name) => (
            <label key={name}>
              <input type="checkbox" checked={chosen.includes(name)} onChange={() => toggle(name)} />{' '}
              {listColumn(name).text}
            </label>
          ))}
        </div>
        <button type="button" onClick={() => setChosen(defaultColumns.split(','))}>
          As at first
        </button>
      </div>
    </details>
  );
}

const kept = 'spherelab.columns';

/** The names of the columns, in their order: those of the address, else those chosen last, else the usual ones. */
export function useChosenColumns(): readonly [readonly string[], (names: readonly string[]) => void] {
  const [text, setText] = useQueryValue('columns');
  const shown = text === '' ? (localStorage.getItem(kept) ?? defaultColumns) : text;
  const set = (names: readonly string[]) => {
    const next = names.join(',');
    localStorage.setItem(kept, next);
    setText(next === '' ? defaultColumns : next);
  };
  return [shown.split(',').filter((name) => /^[a-z0-9_.]+$/i.test(name)), set];
}
