import { lstatSync, readdirSync, renameSync, rmSync, type Stats } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { localRetention } from './local-retention.ts';
import { processStartMs } from './process-identity.ts';

/** A file or folder that nothing needs any more. */
export type LeftoverFile = { readonly path: string; readonly bytes: number; readonly why: string };

/** What a worker's folders of checkpoints under way begin with; the pid of the worker follows. */
export const workFolderPrefix = 'spherelab-work-';

const hourMs = 3_600_000;
/** ms. The clock of files and that of processes differ by less. */
const clockSlackMs = 5_000;

/**
 * Work folders of workers that are dead, recordings that were killed, and recorded steps and features that no run has read for long.
 * @param cacheFolder `spherelab` beneath the user's caches
 */
export function leftoverFiles(cacheFolder: string, temporary: string = tmpdir()): LeftoverFile[] {
  return [
    ...deadWorkFolders(temporary),
    ...unread(path.join(cacheFolder, 'graphs'), 'recorded step', localRetention.graphDays),
    ...unread(path.join(cacheFolder, 'thumbnails'), 'thumbnails', localRetention.graphDays),
    ...unread(path.join(cacheFolder, 'evaluations'), 'evaluation of an untrained network', localRetention.graphDays),
    ...unread(path.join(cacheFolder, 'features'), 'features of frozen stages', localRetention.featureDays),
  ];
}

/** Removes them; one that cannot be is left. @returns those that are gone */
export function removeLeftoverFiles(leftovers: readonly LeftoverFile[]): LeftoverFile[] {
  return leftovers.filter(({ path: file }) => {
    const name = path.basename(file);
    // A recorded step is taken away under its name first: nobody finds half of one, and a later look finds what is left of it.
    const isSought = !name.startsWith('.') && !name.startsWith(workFolderPrefix);
    const aside = isSought ? path.join(path.dirname(file), `.recording-removed-${process.pid}-${name}`) : file;
    try {
      if (isSought) renameSync(file, aside);
      rmSync(aside, { recursive: true, force: true });
      return true;
    } catch {
      return false;
    }
  });
}

function deadWorkFolders(temporary: string): LeftoverFile[] {
  return entriesOf(temporary).flatMap(({ name, file, stats }) => {
    const pid = Number(
      name.startsWith(workFolderPrefix) ? name.slice(workFolderPrefix.length).split('-')[0] : Number.NaN,
    );
    if (!Number.isInteger(pid) || stats.uid !== (process.getuid?.() ?? stats.uid)) return [];
    const startMs = processStartMs(pid);
    // A process that began after the folder was made only has its worker's number.
    if (startMs !== null && startMs < stats.birthtimeMs + clockSlackMs) return [];
    return [{ path: file, bytes: sizeOf(file), why: `work folder of process ${pid}, which is gone` }];
  });
}

function unread(folder: string, what: string, days: number): LeftoverFile[] {
  return entriesOf(folder).flatMap(({ name, file, stats }) => {
    const isRecording = name.startsWith('.recording-');
    const idleMs = Date.now() - (isRecording ? stats.mtimeMs : lastReadMs(file, stats));
    if (idleMs < (isRecording ? localRetention.recordingHours : 24 * days) * hourMs) return [];
    const why = isRecording
      ? 'a recording that was killed'
      : `${what}, not read for ${Math.floor(idleMs / hourMs / 24)} days`;
    return [{ path: file, bytes: sizeOf(file), why }];
  });
}

/** When something in a folder was read or written last; most file systems note a read once a day. */
function lastReadMs(folder: string, stats: Stats): number {
  const times = entriesOf(folder).map((entry) => Math.max(entry.stats.atimeMs, entry.stats.mtimeMs));
  return Math.max(stats.mtimeMs, ...times);
}

function sizeOf(file: string): number {
  const stats = lstatSync(file, { throwIfNoEntry: false });
  if (stats === undefined || !stats.isDirectory()) return stats?.size ?? 0;
  return entriesOf(file).reduce((sum, entry) => sum + sizeOf(entry.file), 0);
}

function entriesOf(folder: string): { name: string; file: string; stats: Stats }[] {
  try {
    return readdirSync(folder).flatMap((name) => {
      const file = path.join(folder, name);
      const stats = lstatSync(file, { throwIfNoEntry: false });
      return stats === undefined ? [] : [{ name, file, stats }];
    });
  } catch {
    return []; // not there, or not ours to read
  }
}
