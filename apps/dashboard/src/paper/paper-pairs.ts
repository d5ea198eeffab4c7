import type { PaperReport } from '../api/types.ts';
import type { SweepPair } from '../sweeps/pair-verdicts.ts';

type PaperRow = Pick<PaperReport['rows'][number], 'dataset' | 'loss' | 'regulariser' | 'request' | 'minus_plain'>;

const fields: Readonly<Record<string, 'sec_wei' | 'l2reg_wei'>> = { sec: 'sec_wei', l2reg: 'l2reg_wei' };

/** Cells with a regulariser beside the same loss without it, where runs of both share a seed. */
export function paperPairs(rows: readonly PaperRow[]): SweepPair[] {
  return rows.flatMap(({ dataset, loss, regulariser, request, minus_plain: metrics }) => {
    const field = fields[regulariser];
    if (field === undefined || Object.keys(metrics).length === 0) return [];
    const shared = { dataset, loss };
    return [{ field, baseline: { [field]: 0, ...shared }, treatment: { [field]: request[field], ...shared }, metrics }];
  });
}
