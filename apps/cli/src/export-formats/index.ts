import type { ExportFormat } from './export-format.ts';
import { tensorboard } from './tensorboard-format.ts';
import { pth, safetensors, tfjs } from './weight-formats.ts';

/** Every format of `spherelab export`: to add one is to add it here. */
export const exportFormats: readonly ExportFormat[] = [pth, safetensors, tfjs, tensorboard];
