import type { Device } from './device.ts';
import { residentMemoryMb } from './resident-memory.ts';
import { forkTrainer, type TrainerChild } from './trainer-child.ts';
import type { TrainerEnd } from './trainer-run.ts';

/** A trainer process for one attempt, and what gives it back. */
export type TakenTrainer = {
  readonly child: TrainerChild;
  /** Keeps the process for the next attempt where this one ended in order, else ends it. `end`: null where that is not known. */
  giveBack(end: TrainerEnd | null): Promise<void>;
};

/** Trainer processes that wait for the next attempt on their device, with all that they have loaded. */
export type WarmTrainers = {
  /** The process that waits on the device with this environment and the present code, else a fresh one; another that waits makes room. */
  take(device: Device, env: Readonly<Record<string, string>>): TakenTrainer;
  /** Ends what waits on a device: its memory is needed. */
  end(device: Device): Promise<void>;
  /** Ends what waits, and keeps nothing from then on. */
  close(): Promise<void>;
};

export type WarmTrainersOptions = {
  readonly script: string;
  /** Version of the code that a process forked now would have. */
  readonly codeVersion: () => string;
  /** ms that a process waits at most. */
  readonly idleMs: number;
  /** MB by which a process may have grown since its first run ended. */
  readonly growthMb: number;
  /** MB that one may hold while it waits. */
  readonly heldMb: number;
};

type Waiting = {
  readonly device: Device;
  /** its environment, and the version of its code */
  readonly madeOf: string;
  readonly child: TrainerChild;
  readonly timer: NodeJS.Timeout;
};

export function warmTrainers(options: WarmTrainersOptions): WarmTrainers {
  const { script, codeVersion, idleMs, growthMb, heldMb } = options;
  let waiting: Waiting[] = [];
  let isClosed = false;
  /** MB after its first run, by process. */
  const firstMb = new WeakMap<TrainerChild, number>();

  const remove = (those: (one: Waiting) => boolean): Waiting[] => {
    const removed = waiting.filter(those);
    waiting = waiting.filter((one) => !those(one));
    for (const { timer } of removed) clearTimeout(timer);
    return removed;
  };
  const finish = (child: TrainerChild): Promise<void> => {
    child.kill();
    return child.gone;
  };
  const end = async (those: (one: Waiting) => boolean): Promise<void> => {
    await Promise.all(remove(those).map(({ child }) => finish(child)));
  };
  const mayStay = async (child: TrainerChild): Promise<boolean> => {
    const megabytes = child.pid === undefined ? null : await residentMemoryMb(child.pid);
    // Where the system does not tell, nothing can be said of its growth.
    if (megabytes === null) return false;
    const first = firstMb.get(child) ?? megabytes;
    firstMb.set(child, first);
    return megabytes <= Math.min(heldMb, first + growthMb);
  };
  const keep = async (device: Device, madeOf: string, child: TrainerChild): Promise<void> => {
    if (!(await mayStay(child)) || isClosed || !child.isWaiting) return finish(child);
    const timer = setTimeout(() => void end((one) => one.child === child), idleMs);
    waiting.push({ device, madeOf, child, timer });
    void child.gone.then(() => remove((one) => one.child === child));
  };
  return {
    take: (device, env) => {
      const madeOf = JSON.stringify({ env, code: codeVersion() });
      const warm = waiting.find((one) => one.device === device && one.madeOf === madeOf && one.child.isWaiting);
      if (warm === undefined) void end((one) => one.device === device);
      else remove((one) => one === warm);
      const child = warm?.child ?? forkTrainer(script, env);
      return {
        child,
        giveBack: async (how) => {
          const isInOrder = how?.type === 'finished' || (how?.type === 'stopped' && how.reason !== 'drain');
          await (isInOrder ? keep(device, madeOf, child) : finish(child));
        },
      };
    },
    end: (device) => end((one) => one.device === device),
    close: () => {
      isClosed = true;
      return end(() => true);
    },
  };
}
