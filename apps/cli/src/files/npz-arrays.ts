const directoryEntry = Buffer.from('PK\x01\x02', 'latin1');
const nameLengthAt = 28;
const nameAt = 46;

/** Names of the arrays of a NumPy .npz file, as its directory lists them; null for what is no zip archive. */
export function npzArrays(bytes: Uint8Array): string[] | null {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (file.toString('latin1', 0, 4) !== 'PK\x03\x04') return null;
  const names: string[] = [];
  for (let at = file.indexOf(directoryEntry); at !== -1; at = file.indexOf(directoryEntry, at + 4)) {
    if (at + nameAt > file.length) break;
    const name = file.toString('utf8', at + nameAt, at + nameAt + file.readUInt16LE(at + nameLengthAt));
    if (name.endsWith('.npy')) names.push(name.slice(0, -'.npy'.length));
  }
  return names;
}
