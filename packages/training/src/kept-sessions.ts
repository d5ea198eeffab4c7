import { type GraphSession, openGraphSession } from '@spherelab/tensorflow';
import type { StepGraph } from './provide-step-graph.ts';

/** Loads a recorded step, or takes one that is loaded: what its variables hold is whatever they held. `stateBytes`: of all of them. */
export type OpenSession = (graph: Pick<StepGraph, 'folder' | 'sha256'>, stateBytes: number) => GraphSession;

/** A sweep over losses and weights has a graph for each loss, with SEC and without. */
const MOST_SESSIONS = 16;
/** Each holds the network's weights with the optimizer's moments: 120 MB for BN-Inception. */
const MOST_BYTES = 256 * 2 ** 20;

type Kept = { readonly sha256: string; readonly stateBytes: number; readonly session: GraphSession };

/** Sessions of recorded steps by the content of their graph; those used least recently make room. */
export function keptSessions(): { readonly open: OpenSession; readonly close: () => void } {
  let kept: Kept[] = []; // the one used last is the last
  let isClosed = false;
  const giveBack = (part: Kept): void => {
    if (isClosed) {
      part.session.close();
      return;
    }
    kept.push(part);
    const bytes = () => kept.reduce((sum, { stateBytes }) => sum + stateBytes, 0);
    while (kept.length > MOST_SESSIONS || (kept.length > 1 && bytes() > MOST_BYTES)) kept.shift()?.session.close();
  };
  return {
    open: ({ folder, sha256 }, stateBytes) => {
      const known = kept.find((one) => one.sha256 === sha256);
      kept = kept.filter((one) => one !== known);
      const part = known ?? { sha256, stateBytes, session: openGraphSession(folder) };
      return { run: part.session.run, close: () => giveBack(part) };
    },
    close: () => {
      isClosed = true;
      for (const { session } of kept.splice(0)) session.close();
    },
  };
}
