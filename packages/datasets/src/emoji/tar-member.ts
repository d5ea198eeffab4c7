import { gunzipSync } from 'node:zlib';
import { DatasetError } from '../dataset-error.ts';

const blockBytes = 512;

/**
 * The bytes of one file of a tarball (.tgz), named as in the archive: `package/icons.json`.
 * @throws DatasetError malformed_file where it is not in there
 */
export function tarMember(tarball: Uint8Array, member: string): Buffer {
  const archive = gunzipSync(tarball);
  for (let at = 0; at + blockBytes <= archive.length; ) {
    const header = archive.subarray(at, at + blockBytes);
    const size = Number.parseInt(textOf(header, 124, 12), 8) || 0;
    const start = at + blockBytes;
    if (textOf(header, 0, 100) === member) return archive.subarray(start, start + size);
    at = start + Math.ceil(size / blockBytes) * blockBytes;
  }
  throw new DatasetError('malformed_file', `the package has no file ${member}`);
}

/** A field of a header: text up to the first zero byte. */
function textOf(header: Buffer, offset: number, length: number): string {
  return header.toString('latin1', offset, offset + length).split('\0')[0] ?? '';
}
