import { useState } from 'react';
import { type Input, post } from '../api/client.ts';
import type { SweepPlan } from '../api/types.ts';
import { useResource } from '../api/use-resource.ts';
import { addresses } from '../navigation/addresses.ts';
import { navigate } from '../navigation/use-address.ts';
import { ErrorNote } from '../parts/notes.tsx';
import { estimateText } from '../words/time-text.ts';
import { cellsOf, type Draft, type Grid } from './use-draft.ts';

export type ExperimentBody = Input<'/experiments', 'post'>['body'];
type SweepBody = Input<'/sweeps', 'post'>['body'];

/** Queues what was written: one experiment, or a sweep where there is something to combine. */
export function SubmitBar(props: { readonly draft: Draft; readonly grid: Grid; readonly problem: unknown }) {
  const { draft, grid, problem } = props;
  const [force, setForce] = useState(false);
  const [isSending, setSending] = useState(false);
  const [refusal, setRefusal] = useState<unknown>(null);
  const cells = cellsOf(grid);
  const isSweep = Object.keys(grid).length > 0;
  const send = async () => {
    setSending(true);
    setRefusal(null);
    try {
      navigate(isSweep ? await postSweep(draft, grid, force) : await postExperiment(draft, force));
    } catch (error) {
      setRefusal(error);
      setSending(false);
    }
  };
  const error = refusal ?? problem;
  const body = {
    ...(isSweep ? sweepBody(draft, grid, force) : { cells: [withoutLabels(draft)], force }),
    dry_run: true,
  } as SweepBody;
  const cost = useResource(problem === null && cells > 0 ? `cost ${JSON.stringify(body)}` : null, (signal) =>
    post('/sweeps', { body, signal }),
  );
  return (
    <>
      {error !== null && <ErrorNote error={error} />}
      <div className="bar">
        <button
          type="button"
          className="primary"
          disabled={isSending || problem !== null || cells === 0}
          onClick={() => void send()}
        >
          {isSweep ? `Queue ${cells} run${cells === 1 ? '' : 's'}` : 'Queue it'}
        </button>
        <label className="bar small">
          <input type="checkbox" checked={force} onChange={(event) => setForce(event.target.checked)} />
          Run again even where the same config was run before
        </label>
        {cost.data !== null && cost.data.plan !== null && (
          <span className="small muted" role="status">
            {costText(cost.data.plan)}
          </span>
        )}
      </div>
    </>
  );
}

/** @returns the address of the experiment */
async function postExperiment(draft: Draft, force: boolean): Promise<string> {
  const { id } = await post('/experiments', { body: (force ? { ...draft, force } : draft) as ExperimentBody });
  return addresses.experiment(id);
}

function withoutLabels(draft: Draft): Draft {
  const { name: _name, tags: _tags, ...fields } = draft;
  return fields;
}

function sweepBody({ name, ...base }: Draft, grid: Grid, force: boolean) {
  const shared = Object.fromEntries(Object.entries(base).filter(([field]) => !(field in grid)));
  return { ...(name === undefined ? {} : { name }), base: shared, grid, force };
}

/** @returns the address of the sweep */
async function postSweep(draft: Draft, grid: Grid, force: boolean): Promise<string> {
  const answer = await post('/sweeps', { body: sweepBody(draft, grid, force) as SweepBody });
  if (!('id' in answer)) throw new Error('the sweep was planned, not queued');
  return addresses.sweep(answer.id);
}

/** What is to be computed, and how long that takes. */
export function costText({ updates_asked: asked, updates_to_run: left, seconds }: SweepPlan): string {
  if (left === 0) return 'its result is there already: nothing to compute';
  const shared =
    left < asked ? `${left} of ${asked} updates, the others are shared or there already` : `${left} updates`;
  return `${shared}; ${estimateText(seconds)}`;
}
