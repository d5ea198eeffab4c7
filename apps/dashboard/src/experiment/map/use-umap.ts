import { useCallback, useEffect, useRef, useState } from 'react';
import { served } from '../../navigation/base-path.ts';
import type { UmapReport } from './umap-worker.ts';

export type UmapState = {
  readonly report: UmapReport | null;
  readonly isRunning: boolean;
  readonly error: unknown;
  readonly start: () => void;
};

/** UMAP of an evaluation's embeddings, computed in a worker when it is asked for. */
export function useUmap(experimentId: string, step: number | null): UmapState {
  const worker = useRef<Worker | null>(null);
  const [state, setState] = useState<Omit<UmapState, 'start'>>({ report: null, isRunning: false, error: null });

  // biome-ignore lint/correctness/useExhaustiveDependencies: another evaluation has another map
  useEffect(() => {
    setState({ report: null, isRunning: false, error: null });
    return () => worker.current?.terminate();
  }, [experimentId, step]);

  const start = useCallback(async () => {
    worker.current?.terminate();
    setState({ report: null, isRunning: true, error: null });
    try {
      const response = await fetch(served(`/experiments/${experimentId}/evaluations/${step}/embeddings.npy`));
      if (!response.ok) throw new Error('the embeddings of this evaluation are kept no more');
      const file = await response.arrayBuffer();
      const started = new Worker(new URL('./umap-worker.ts', import.meta.url), { type: 'module' });
      worker.current = started;
      started.onmessage = ({ data }: MessageEvent<UmapReport>) =>
        setState({ report: data, isRunning: data.share < 1, error: null });
      started.onerror = (event) => setState({ report: null, isRunning: false, error: new Error(event.message) });
      started.postMessage(file, [file]);
    } catch (error) {
      setState({ report: null, isRunning: false, error });
    }
  }, [experimentId, step]);
  return { ...state, start: () => void start() };
}
