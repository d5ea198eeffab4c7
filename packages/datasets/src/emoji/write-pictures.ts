import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { DatasetError } from '../dataset-error.ts';
import type { DrawnClass } from './choose-classes.ts';
import { renderDrawing } from './render-drawing.ts';

/** Renderings under way at a time; libvips has four threads of Node's to work in. */
const inFlight = 4;

/**
 * Renders all drawings to `<images>/<class>/<designer>.png`.
 * @returns pictures by designer
 * @throws DatasetError malformed_file for a drawing that is no SVG, by name; the signal's reason
 */
export async function writePictures(
  images: string,
  classes: readonly DrawnClass[],
  onProgress: (done: number, total: number) => void,
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, number>> {
  const tasks = classes.flatMap(({ name, drawings }) => drawings.map((drawn) => ({ name, ...drawn })));
  const counts = new Map<string, number>();
  for (const { name } of classes) await mkdir(path.join(images, name), { recursive: true });
  const queue = tasks.values();
  // The first that fails ends the others too: nobody writes after the folder is gone.
  let failed = false;
  let done = 0;
  const work = async (): Promise<void> => {
    for (const { name, designer, drawing } of queue) {
      if (failed) return;
      signal?.throwIfAborted();
      const png = await renderDrawing(drawing).catch((cause: Error) => {
        const what = `the drawing ${name} of ${designer} cannot be rendered: ${cause.message}`;
        throw new DatasetError('malformed_file', what, { cause });
      });
      await writeFile(path.join(images, name, `${designer}.png`), png);
      counts.set(designer, (counts.get(designer) ?? 0) + 1);
      done += 1;
      onProgress(done, tasks.length);
    }
  };
  const workers = Array.from({ length: inFlight }, () =>
    work().catch((error: unknown) => {
      failed = true;
      throw error;
    }),
  );
  const ended = await Promise.allSettled(workers);
  const failure = ended.find((result) => result.status === 'rejected');
  if (failure !== undefined) throw failure.reason;
  return counts;
}
