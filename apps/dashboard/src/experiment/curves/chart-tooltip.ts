import type uPlot from 'uplot';
import type { ChartLine } from './chart.tsx';

/** px between the pointer and the tooltip */
const gap = 14;

/** What each line has at the step under the pointer, or had last before it; the highest first. */
export function valuesAt(
  lines: readonly ChartLine[],
  columns: readonly (readonly (number | null | undefined)[])[],
  at: number,
): { readonly line: ChartLine; readonly value: number }[] {
  return lines
    .flatMap((line, index) => {
      const value = columns[index]?.findLast((one, step) => step <= at && typeof one === 'number');
      return line.isFaint || typeof value !== 'number' ? [] : [{ line, value }];
    })
    .sort((a, b) => b.value - a.value);
}

/** Shows the values of all lines beside the pointer, of the chart under it alone. */
export function tooltipPlugin(lines: readonly ChartLine[], text: (value: number) => string): uPlot.Plugin {
  const box = document.createElement('div');
  box.className = 'chart-tooltip panel';
  box.hidden = true;
  let isHere = false;
  return {
    hooks: {
      init: (self) => {
        self.over.append(box);
        self.over.addEventListener('mouseenter', () => {
          isHere = true;
        });
        self.over.addEventListener('mouseleave', () => {
          isHere = false;
          box.hidden = true;
        });
      },
      setCursor: (self) => {
        const { idx, left = 0, top = 0 } = self.cursor;
        box.hidden = !isHere || idx === null || idx === undefined;
        if (box.hidden || typeof idx !== 'number') return;
        const rows = valuesAt(lines, self.data.slice(1) as (number | null)[][], idx).map(({ line, value }) =>
          rowOf(line, text(value)),
        );
        const head = document.createElement('strong');
        head.textContent = `step ${self.data[0][idx]}`;
        box.replaceChildren(head, ...rows);
        const isRight = left > self.over.clientWidth / 2;
        box.style.left = isRight ? '' : `${left + gap}px`;
        box.style.right = isRight ? `${self.over.clientWidth - left + gap}px` : '';
        box.style.top = `${Math.max(0, Math.min(top, self.over.clientHeight - box.clientHeight))}px`;
      },
    },
  };
}

function rowOf({ name, colour, dash }: ChartLine, value: string): HTMLElement {
  const row = document.createElement('span');
  const mark = document.createElement('i');
  mark.style.borderTop = `2px ${isDashed(dash) ? 'dashed' : 'solid'} ${colour}`;
  const label = document.createElement('span');
  label.textContent = name;
  const number = document.createElement('b');
  number.textContent = value;
  row.append(mark, label, number);
  return row;
}

/** Whether a line is broken. */
export function isDashed(dash: ChartLine['dash']): boolean {
  return dash !== undefined && dash.length > 0;
}
