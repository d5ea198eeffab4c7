import { setTimeout as sleep } from 'node:timers/promises';
import { createProgressLine } from '../output/progress-line.ts';
import type { ApiClient } from '../server/api-client.ts';
import { type Experiment, isSettled, type Page } from '../server/api-types.ts';
import { normPicture } from './norm-picture.ts';

const pollEveryMs = 500;
/** The first picture is drawn once both runs of the first pair are this far, so that it stands early in the terminal. */
const firstPictureAt = 0.4;

/** Follows the cells of the sweep until all have settled, drawing the first pair's norms on the way. */
export async function followDemo(
  api: ApiClient,
  sweepId: string,
  out: (text: string) => void,
): Promise<readonly Experiment[]> {
  const progress = createProgressLine(process.stderr, 10_000);
  let pictured = false;
  for (;;) {
    const cells = await readCells(api, sweepId);
    const [plain, sec] = cells;
    if (
      !pictured &&
      plain !== undefined &&
      sec !== undefined &&
      [plain, sec].every((cell) => fractionDone(cell) >= firstPictureAt)
    ) {
      pictured = true;
      const picture = await normPicture(api, plain, sec);
      progress.end();
      out(`${picture}\n`);
    }
    progress.show(
      cells.reduce((sum, cell) => sum + fractionDone(cell), 0) / cells.length,
      cells
        .filter((cell) => cell.status === 'running')
        .map(describeRunning)
        .join('   '),
    );
    if (cells.every(isSettled)) {
      progress.end();
      return cells;
    }
    await sleep(pollEveryMs);
  }
}

/** In the order of the grid: the plain run of a loss, then that with SEC. */
async function readCells(api: ApiClient, sweepId: string): Promise<readonly Experiment[]> {
  return (await api.getPatiently<Page<Experiment>>(`/sweeps/${sweepId}/experiments`)).items;
}

function fractionDone(cell: Experiment): number {
  if (isSettled(cell)) return 1;
  return cell.total_updates === null ? 0 : cell.steps_done / cell.total_updates;
}

function describeRunning(cell: Experiment): string {
  return `${String(cell.config.loss)} sec ${String(cell.config.sec_wei)}: ${cell.steps_done}/${cell.total_updates ?? '?'}`;
}
