import { get } from '../api/client.ts';
import type { Experiment } from '../api/types.ts';

const pageSize = 500;

/** All runs of a sweep in the order of its grid. */
export async function readSweepRuns(id: string, signal: AbortSignal): Promise<readonly Experiment[]> {
  const runs: Experiment[] = [];
  for (let cursor: string | undefined; ; ) {
    const query = { limit: pageSize, ...(cursor === undefined ? {} : { cursor }) };
    const page = await get('/sweeps/{id}/experiments', { path: { id }, query, signal });
    runs.push(...page.items);
    if (page.next_cursor === null) return runs;
    cursor = page.next_cursor;
  }
}
