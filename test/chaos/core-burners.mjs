import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';

/** Ends by itself when whoever started it is gone, so that a killed run of chaos leaves no core burning. */
const burn = 'const parent = process.ppid; while (process.ppid === parent);';

/** Keeps every core busy beside what is looked at. @returns {{ count: number, stop: () => Promise<void> }} */
export function startCoreBurners() {
  const burners = Array.from({ length: availableParallelism() }, () =>
    spawn(process.execPath, ['--eval', burn], { stdio: 'ignore' }),
  );
  const gone = burners.map((burner) => new Promise((resolve) => burner.once('exit', resolve)));
  return {
    count: burners.length,
    stop: async () => {
      for (const burner of burners) burner.kill('SIGKILL');
      await Promise.all(gone);
    },
  };
}
