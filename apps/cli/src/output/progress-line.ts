import { terminalLine } from './terminal-text.ts';

const barWidth = 30;

/** A progress display: one line that is drawn over on a terminal, a plain line every now and then elsewhere. */
export type ProgressLine = { readonly show: (fraction: number, text: string) => void; readonly end: () => void };

export function createProgressLine(out: NodeJS.WriteStream = process.stderr, plainEveryMs = 5000): ProgressLine {
  let lastPlainMs = 0;
  let drawn = false;
  return {
    show: (fraction, text) => {
      if (out.isTTY) {
        const line = `${bar(fraction)} ${terminalLine(text)}`.slice(0, Math.max(20, (out.columns ?? 100) - 1));
        out.write(`\r\x1b[2K${line}`);
        drawn = true;
      } else if (Date.now() - lastPlainMs >= plainEveryMs) {
        lastPlainMs = Date.now();
        out.write(`${Math.floor(100 * fraction)} % ${terminalLine(text)}\n`);
      }
    },
    end: () => {
      if (drawn) out.write('\n');
      drawn = false;
    },
  };
}

function bar(fraction: number): string {
  const filled = Math.round(barWidth * Math.min(1, Math.max(0, fraction)));
  return `${'█'.repeat(filled)}${'░'.repeat(barWidth - filled)} ${String(Math.floor(100 * fraction)).padStart(3)} %`;
}
