import { alignSeries } from './align-series.ts';
import type { ChartLine } from './chart.tsx';

/** Downloads of a chart: its values, smoothed where they are drawn so, and its picture. */
export function ChartDownloads(props: {
  readonly title: string;
  readonly lines: readonly ChartLine[];
  readonly svg: () => string;
  readonly canvas: () => HTMLCanvasElement | null;
}) {
  const { title, lines, svg, canvas } = props;
  const file = title.replace(/[^A-Za-z0-9]+/g, '-').toLowerCase();
  return (
    <span className="bar small">
      <button
        type="button"
        className="plain"
        aria-label={`${title} as CSV`}
        onClick={() => save(`${file}.csv`, URL.createObjectURL(new Blob([chartCsv(lines)], { type: 'text/csv' })))}
      >
        CSV
      </button>
      <button
        type="button"
        className="plain"
        aria-label={`${title} as PNG`}
        onClick={() => save(`${file}.png`, canvas()?.toDataURL('image/png'))}
      >
        PNG
      </button>
      <button
        type="button"
        className="plain"
        aria-label={`${title} as SVG`}
        onClick={() => save(`${file}.svg`, URL.createObjectURL(new Blob([svg()], { type: 'image/svg+xml' })))}
      >
        SVG
      </button>
    </span>
  );
}

/** One row for each step, one column for each line; empty where a line has no value. */
export function chartCsv(lines: readonly ChartLine[]): string {
  const [steps, ...columns] = alignSeries(lines.map(({ points }) => points));
  const rows = steps.map((step, at) => [step, ...columns.map((column) => column[at] ?? '')].join(','));
  return `${[['step', ...lines.map(({ name }) => quoted(name))].join(','), ...rows].join('\n')}\n`;
}

function quoted(text: string): string {
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function save(file: string, address: string | undefined): void {
  if (address === undefined) return;
  const link = document.createElement('a');
  link.href = address;
  link.download = file;
  link.click();
  if (address.startsWith('blob:')) URL.revokeObjectURL(address);
}
