import { ByteCursor } from './byte-cursor.ts';
import type { ByteReader } from './byte-reader.ts';
import { pickleLimits } from './pickle-limits.ts';
import type { PickledStorage } from './pickle-value.ts';
import { readPickle } from './read-pickle.ts';
import type { TorchContainer } from './torch-container.ts';
import { torchDtypeBytes } from './torch-dtype.ts';
import { TorchFileError } from './torch-file-error.ts';
import { torchNames } from './torch-globals.ts';
import { readZipDirectory, type ZipEntry } from './zip-directory.ts';
import { openZipRecord } from './zip-record.ts';

/** Deflated weights shrink by a tenth; records that grow more than this were made to fill memory. */
const MAX_GROWTH = 20;
const SMALL_BYTES = 64 << 20;

/** torch puts everything into one folder, named after the file. */
function folderOf(entries: ReadonlyMap<string, ZipEntry>): string {
  const pickles = [...entries.keys()].filter((name) => /^[^/]+\/data\.pkl$/.test(name));
  const [pickle] = pickles;
  if (pickle === undefined) throw new TorchFileError('the zip archive has no data.pkl: it is not a PyTorch file');
  if (pickles.length > 1) throw new TorchFileError('the zip archive has more than one data.pkl');
  const folder = pickle.slice(0, -'/data.pkl'.length);
  if (entries.has(`${folder}/constants.pkl`)) {
    throw new TorchFileError('the file is a TorchScript program (torch.jit.save), not a state dict: refused');
  }
  return folder;
}

function checkGrowth(entries: ReadonlyMap<string, ZipEntry>, fileBytes: number): number {
  const contentBytes = [...entries.values()].reduce((sum, entry) => sum + entry.bytes, 0);
  if (contentBytes > Math.max(SMALL_BYTES, MAX_GROWTH * fileBytes)) {
    throw new TorchFileError(`the zip archive of ${fileBytes} bytes inflates to ${contentBytes}: refused`);
  }
  return contentBytes;
}

/** The format of torch 1.6 and newer: a zip archive with the state dict as data.pkl and one record for each storage. */
export function readZipContainer(source: ByteReader): TorchContainer {
  const entries = readZipDirectory(source);
  const contentBytes = checkGrowth(entries, source.size);
  const folder = folderOf(entries);
  const open = (name: string): ByteReader => {
    const entry = entries.get(`${folder}/${name}`);
    if (entry === undefined) throw new TorchFileError(`record ${name} is missing`);
    return openZipRecord(source, entry);
  };
  if (entries.has(`${folder}/byteorder`)) {
    const order = open('byteorder');
    const text = new TextDecoder().decode(order.read(0, Math.min(order.size, 16)));
    if (text !== 'little') throw new TorchFileError(`the values are of byte order "${text}", which is not read`);
  }
  const pickle = open('data.pkl');
  if (pickle.size > pickleLimits.bytes) throw new TorchFileError(`data.pkl has ${pickle.size} bytes: refused`);
  const root = readPickle(new ByteCursor(pickle), torchNames(new Map()));
  const opened = new Map<string, ByteReader>();
  const storageContent = ({ key, dtype, storedCount }: PickledStorage): ByteReader => {
    const content = opened.get(key) ?? open(`data/${key}`);
    opened.set(key, content);
    if (content.size !== storedCount * torchDtypeBytes[dtype]) {
      throw new TorchFileError(`storage ${key} has ${content.size} bytes, ${storedCount} of ${dtype} are declared`);
    }
    return content;
  };
  return { container: 'zip', root, contentBytes, storageContent };
}
