import { serverAddress } from '../cli-environment.ts';
import { CliError } from '../cli-error.ts';
import { ApiClient } from '../server/api-client.ts';
import type { ExportFormat } from './export-format.ts';
import { exportTensorboard } from './export-tensorboard.ts';

export const tensorboard: ExportFormat = {
  name: 'tensorboard',
  about: "the metrics as an event file, with the reference's tags; --out is the folder of logs",
  run: async ({ id, out }) => {
    if (id === undefined) throw new CliError('--format tensorboard: name the experiment');
    const { file, points } = await exportTensorboard(new ApiClient(serverAddress()), id, out);
    return { files: [file], text: `${points} points`, details: { points } };
  },
};
