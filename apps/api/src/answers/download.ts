import type { Readable } from 'node:stream';
import type { ByteRange } from '@spherelab/db';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Problem } from './problem.ts';

/** A file as it is downloaded: in one piece, from where an earlier try broke off, or not at all where the client has it. */
export type Download = {
  readonly fileName: string;
  readonly bytes: number;
  /** of the whole file, hex */
  readonly sha256: string;
  readonly read: (range: ByteRange) => Readable | Buffer;
};

/** Sends a file, or the range of it that is asked for (RFC 9110, 14.2). @throws Problem 416 for a range outside of it */
export function sendDownload(request: FastifyRequest, reply: FastifyReply, file: Download): FastifyReply {
  const { headers } = request;
  const etag = `"${file.sha256}"`;
  reply.header('etag', etag).header('accept-ranges', 'bytes').header('cache-control', 'private, no-cache');
  if (headers['if-none-match'] !== undefined && matches(headers['if-none-match'], etag)) return reply.code(304).send();
  // Rest of another file than the client has the beginning of: all of this one.
  const isSameFile = headers['if-range'] === undefined || headers['if-range'] === etag;
  const range = isSameFile ? parseRange(headers.range, file.bytes) : null;
  if (range === 'outside') {
    reply.header('content-range', `bytes */${file.bytes}`);
    throw new Problem(416, 'Range Not Satisfiable', `the file has ${file.bytes} bytes`);
  }
  if (range !== null) reply.code(206).header('content-range', `bytes ${range.from}-${range.to - 1}/${file.bytes}`);
  const { from, to } = range ?? { from: 0, to: file.bytes };
  return reply
    .type('application/octet-stream')
    .header('content-length', to - from)
    .header('content-disposition', `attachment; filename="${file.fileName}"`)
    .send(file.read({ from, to }));
}

function matches(header: string, etag: string): boolean {
  return header.split(',').some((tag) => ['*', etag].includes(tag.trim().replace(/^W\//, '')));
}

/** @returns null for none, several, or what is no range of bytes: such a header is passed over */
function parseRange(header: string | undefined, bytes: number): ByteRange | 'outside' | null {
  const [, first = '', last = ''] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '') ?? [];
  if (first === '' && last === '') return null;
  if (first === '') return last === '0' ? 'outside' : { from: Math.max(0, bytes - Number(last)), to: bytes };
  const from = Number(first);
  const to = last === '' ? bytes : Math.min(bytes, Number(last) + 1);
  if (from >= bytes) return 'outside';
  return from < to ? { from, to } : null;
}
