import { isDashed } from './chart-tooltip.ts';

/** What a kind of line stands for. */
export type LineKey = { readonly name: string; readonly dash: readonly number[] };

/** A legend without colours and values: those are told above all charts and beside the pointer. */
export function LineKeys({ keys, label }: { readonly keys: readonly LineKey[]; readonly label: string }) {
  return (
    <ul className="legend line-keys" aria-label={label}>
      {keys.map(({ name, dash }) => (
        <li key={name}>
          <span className={`line-key ${isDashed(dash) ? 'dashed' : ''}`} />
          {name}
        </li>
      ))}
    </ul>
  );
}
