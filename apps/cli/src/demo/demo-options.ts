import { parseArgs } from 'node:util';

export type DemoOptions = {
  readonly exit: boolean;
  readonly dataset: string;
  readonly help: boolean;
};

export const demoUsage = `usage: npm run demo -- [--exit] [--dataset NAME]
Starts everything on free ports, trains four losses plain and with SEC, and prints the table.
  --exit          end when the sweep is done instead of staying up until Ctrl-C
  --dataset NAME  a folder under SPHERELAB_DATA_DIR (NAME/images/<class>/*.jpg) instead of generated shapes`;

/** @throws TypeError for an unknown flag */
export function readDemoOptions(args: readonly string[]): DemoOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      exit: { type: 'boolean', default: false },
      dataset: { type: 'string', default: 'shapes' },
      help: { type: 'boolean', default: false },
    },
  });
  return values;
}
