import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { BackupError } from './backup-format.ts';

const lineFeed = 0x0a;

/** The lines of a backup without their ends. @throws BackupError for a file that is no gzip, is damaged or cut off */
export async function* readBackupLines(file: string): AsyncGenerator<Buffer> {
  const source = createReadStream(file);
  const gunzip = createGunzip();
  source.on('error', (error) => gunzip.destroy(error));
  let parts: Buffer[] = [];
  try {
    for await (const data of source.pipe(gunzip) as AsyncIterable<Buffer>) {
      let begin = 0;
      for (let at = data.indexOf(lineFeed); at >= 0; at = data.indexOf(lineFeed, begin)) {
        yield Buffer.concat([...parts, data.subarray(begin, at)]);
        parts = [];
        begin = at + 1;
      }
      if (begin < data.length) parts.push(data.subarray(begin));
    }
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code?.startsWith('Z_')) throw new BackupError(`${file} is no backup, or is damaged`, { cause });
    throw cause;
  } finally {
    source.destroy();
  }
  if (parts.length > 0) throw new BackupError(`${file} is cut off`);
}
