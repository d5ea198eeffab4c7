import { useEffect, useRef, useState } from 'react';
import { openEventStream, type StreamState } from '../api/open-event-stream.ts';
import type { Experiment, LogLine, Point } from '../api/types.ts';

/** All that is known of an experiment, growing while it runs. */
export type LiveExperiment = {
  readonly experiment: Experiment | null;
  /** by metric name, in order of steps */
  readonly series: ReadonlyMap<string, readonly Point[]>;
  readonly logs: readonly LogLine[];
  /** steps of the evaluations that can be shown */
  readonly evaluations: readonly number[];
  readonly stream: StreamState;
};

/** A screen needs no more than this many redraws a second. */
const redrawEveryMs = 100;

type Collected = {
  experiment: Experiment | null;
  series: Map<string, Map<number, number | null>>;
  logs: LogLine[];
  evaluations: number[];
};

/** Follows an experiment by its stream of events. A point that is measured again after a resume replaces the old one. */
export function useExperimentStream(id: string): LiveExperiment {
  const collected = useRef<Collected>({ experiment: null, series: new Map(), logs: [], evaluations: [] });
  const [shown, setShown] = useState<Omit<LiveExperiment, 'stream'>>(emptyView);
  const [stream, setStream] = useState<StreamState>('connecting');
  const [round, setRound] = useState(0);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a round follows the same experiment again
  useEffect(() => {
    const state: Collected = { experiment: null, series: new Map(), logs: [], evaluations: [] };
    collected.current = state;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const redraw = () => {
      timer ??= setTimeout(() => {
        timer = undefined;
        setShown(toView(state));
      }, redrawEveryMs);
    };
    const close = openEventStream({
      address: (lastEventId) =>
        `/experiments/${id}/events${lastEventId === null ? '' : `?last_event_id=${encodeURIComponent(lastEventId)}`}`,
      lastEvent: 'end',
      onState: setStream,
      on: {
        status: (experiment: Experiment) => {
          state.experiment = experiment;
          redraw();
        },
        metrics: ({ points }: { readonly points: readonly { name: string; step: number; value: number | null }[] }) => {
          for (const { name, step, value } of points) {
            const series = state.series.get(name) ?? new Map<number, number | null>();
            series.set(step, value);
            state.series.set(name, series);
          }
          redraw();
        },
        log: (line: LogLine) => {
          state.logs.push(line);
          redraw();
        },
        evaluations: ({ steps }: { readonly steps: number[] }) => {
          state.evaluations = steps;
          redraw();
        },
        end: redraw,
      },
    });
    return () => {
      clearTimeout(timer);
      close();
    };
  }, [id, round]);

  useRevival(shown.experiment, stream, id, () => setRound((value) => value + 1));
  return { ...shown, stream };
}

/** A settled experiment that is retried (here or elsewhere) is followed again. */
function useRevival(experiment: Experiment | null, stream: StreamState, id: string, revive: () => void): void {
  const latest = useRef(revive);
  latest.current = revive;
  const settledAt = experiment?.updated_at;
  useEffect(() => {
    if (stream !== 'ended') return;
    return openEventStream({
      address: () => '/events',
      onState: () => undefined,
      on: {
        experiment: (changed: Experiment) => {
          if (changed.id === id && changed.updated_at !== settledAt) latest.current();
        },
      },
    });
  }, [stream, id, settledAt]);
}

const emptyView = { experiment: null, series: new Map<string, readonly Point[]>(), logs: [], evaluations: [] };

function toView({ experiment, series, logs, evaluations }: Collected): Omit<LiveExperiment, 'stream'> {
  const sorted = [...series].map(
    ([name, points]) => [name, [...points].sort(([a], [b]) => a - b) as readonly Point[]] as const,
  );
  return { experiment, series: new Map(sorted), logs: [...logs], evaluations };
}
