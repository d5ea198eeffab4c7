import { type FSWatcher, statfsSync, watch } from 'node:fs';
import { basename } from 'node:path';

/** More folders than this in one data set are listed anew at each question; the kernel's own bound is often lower. */
const MAX_FOLDERS = 16_384;

/**
 * File systems (statfs's magic numbers) that tell of each change that goes through this machine's kernel, and that no other
 * machine changes: ext, XFS, Btrfs, ZFS, F2FS, bcachefs, tmpfs, ramfs, overlayfs. A network file system takes a watch and then
 * says nothing of what others write.
 */
const LOCAL_FILE_SYSTEMS: ReadonlySet<number> = new Set([
  0xef53, 0x58465342, 0x9123683e, 0x2fc12fc1, 0xf2f52010, 0xca451a4e, 0x01021994, 0x858458f6, 0x794c7630,
]);

/** The kernel drops events beyond 16,384 that wait, and libuv does not say so: from here on everything counts as changed. */
const MANY_EVENTS = 4_096;

const watches = new Set<FolderWatch>();
let eventsThisTurn = 0;

function countEvent(): void {
  if (eventsThisTurn === 0) {
    setImmediate(() => {
      eventsThisTurn = 0;
    });
  }
  eventsThisTurn += 1;
  if (eventsThisTurn === MANY_EVENTS) for (const each of watches) each.noteChange();
}

/** Resolves when the changes that were made before the call have been counted: the loop has been where they are read. */
export async function changesSeen(): Promise<void> {
  for (let turn = 0; turn < 2; turn += 1) await new Promise<void>((resolve) => setImmediate(resolve));
}

/** Counts changes in folders, not in the folders below them. Keeps no process alive. */
export class FolderWatch {
  readonly #watchers = new Map<string, FSWatcher>();
  #changes = 0;
  /** Whether changes are told at all; once false, it stays so. inotify alone tells of a change as soon as it is made. */
  #isPossible = process.platform === 'linux';

  constructor() {
    watches.add(this);
  }

  get changes(): number {
    return this.#changes;
  }

  get isPossible(): boolean {
    return this.#isPossible;
  }

  get folderCount(): number {
    return this.#watchers.size;
  }

  noteChange(): void {
    this.#changes += 1;
  }

  /** Watches these folders and no others, as far as they are there. @returns whether some are watched only from now on */
  follow(folders: readonly string[]): boolean {
    if (!this.#isPossible) return false;
    const wanted = new Set(folders);
    for (const folder of this.#watchers.keys()) if (!wanted.has(folder)) this.#drop(folder);
    const missing = folders.filter((folder) => !this.#watchers.has(folder));
    if (wanted.size > MAX_FOLDERS) this.giveUp();
    const before = this.#watchers.size;
    for (const folder of missing) if (this.#isPossible) this.#add(folder);
    return this.#watchers.size > before;
  }

  #add(folder: string): void {
    try {
      if (!LOCAL_FILE_SYSTEMS.has(statfsSync(folder).type)) {
        this.giveUp();
        return;
      }
      const watcher = watch(folder, { persistent: false }, (event, name) => {
        countEvent();
        this.noteChange();
        // The folder itself went, with those below it: folders that take their names are others.
        if (event === 'rename' && name === basename(folder)) this.#dropAll();
      });
      watcher.on('error', () => {
        this.noteChange();
        this.#dropAll();
      });
      this.#watchers.set(folder, watcher);
    } catch (error) {
      // Not there: the folder above, which is watched, tells when it comes. Anything else, ENOSPC above all, is for good.
      const { code } = error as NodeJS.ErrnoException;
      if (code !== 'ENOENT' && code !== 'ENOTDIR') this.giveUp();
    }
  }

  #drop(folder: string): void {
    this.#watchers.get(folder)?.close();
    this.#watchers.delete(folder);
  }

  #dropAll(): void {
    for (const folder of this.#watchers.keys()) this.#drop(folder);
  }

  /** Nothing is told any more, and what is known is not known to hold. */
  giveUp(): void {
    this.#isPossible = false;
    this.noteChange();
    this.#dropAll();
    watches.delete(this);
  }
}
