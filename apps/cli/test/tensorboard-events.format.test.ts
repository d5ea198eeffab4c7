import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { crc32c } from '../src/export-formats/crc32c.ts';
import { exportTensorboard, tagOf } from '../src/export-formats/export-tensorboard.ts';
import { tensorboardEvents } from '../src/export-formats/tensorboard-events.ts';
import { ApiClient } from '../src/server/api-client.ts';

const run = promisify(execFile);

type Read = { wallTime: number; step: number; version: string | null; tag: string | null; value: number | null };
type Field = { readonly number: number; readonly wire: number; readonly bytes: Buffer; readonly varint: bigint };

/** CRC-32C bit by bit over the unreflected polynomial: an oracle that shares no table with the writer. */
function slowCrc32c(bytes: Uint8Array): number {
  const reflect = (value: number, bits: number) =>
    Number.parseInt(value.toString(2).padStart(bits, '0').split('').reverse().join(''), 2);
  let crc = 0xffffffffn;
  for (const byte of bytes) {
    crc ^= BigInt(reflect(byte, 8)) << 24n;
    for (let bit = 0; bit < 8; bit += 1)
      crc = crc & 0x80000000n ? ((crc << 1n) ^ 0x1edc6f41n) & 0xffffffffn : crc << 1n;
  }
  return reflect(Number(crc ^ 0xffffffffn), 32);
}

function unmask(masked: number): number {
  const rotated = (masked - 0xa282ead8) >>> 0;
  return ((rotated << 15) | (rotated >>> 17)) >>> 0;
}

/** The records of a TFRecord file, checksums verified. */
function recordsOf(file: Buffer): Buffer[] {
  const records: Buffer[] = [];
  for (let at = 0; at < file.length; ) {
    const length = Number(file.readBigUInt64LE(at));
    expect(unmask(file.readUInt32LE(at + 8))).toBe(slowCrc32c(file.subarray(at, at + 8)));
    const data = file.subarray(at + 12, at + 12 + length);
    expect(data.length).toBe(length);
    expect(unmask(file.readUInt32LE(at + 12 + length))).toBe(slowCrc32c(data));
    records.push(data);
    at += 16 + length;
  }
  return records;
}

function fieldsOf(bytes: Buffer): Field[] {
  const fields: Field[] = [];
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++] as number;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  while (at < bytes.length) {
    const key = Number(varint());
    const wire = key & 7;
    const value = wire === 0 || wire === 2 ? varint() : 0n;
    const size = wire === 1 ? 8 : wire === 5 ? 4 : wire === 2 ? Number(value) : 0;
    fields.push({ number: key >> 3, wire, bytes: bytes.subarray(at, at + size), varint: value });
    at += size;
  }
  expect(at).toBe(bytes.length);
  return fields;
}

function eventOf(record: Buffer): Read {
  const fields = fieldsOf(record);
  const field = (list: readonly Field[], number: number) => list.find((one) => one.number === number);
  const summary = field(fields, 5);
  const value = summary && fieldsOf((field(fieldsOf(summary.bytes), 1) as Field).bytes);
  return {
    wallTime: (field(fields, 1) as Field).bytes.readDoubleLE(0),
    step: Number(field(fields, 2)?.varint ?? 0n),
    version: field(fields, 3)?.bytes.toString() ?? null,
    tag: value === undefined ? null : (field(value, 1) as Field).bytes.toString(),
    value: value === undefined ? null : (field(value, 2) as Field).bytes.readFloatLE(0),
  };
}

describe('crc32c', () => {
  it('has the published check values, and those of the bit-by-bit rule', () => {
    expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283);
    expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa); // RFC 3720, B.4
    const bytes = Uint8Array.from({ length: 300 }, (_, i) => (i * 37 + 11) % 256);
    expect(crc32c(bytes)).toBe(slowCrc32c(bytes));
  });
});

describe('an event file', () => {
  const points = [
    { tag: 'norm_mean', step: 0, value: 1.5 },
    { tag: 'R@1', step: 127, value: 0.25 },
    { tag: 'train_loss', step: 128, value: Number.NaN },
    { tag: 'mittlere Länge', step: 12_000_000_000, value: -3e-5 },
  ];

  it('reads back: the version first, then every value at its step', () => {
    const events = recordsOf(Buffer.from(tensorboardEvents(points, 1_700_000_000.5))).map(eventOf);
    expect(events[0]).toMatchObject({ version: 'brain.Event:2', tag: null, wallTime: 1_700_000_000.5 });
    expect(events.slice(1).map(({ tag, step, value }) => ({ tag, step, value }))).toEqual(
      points.map((point) => ({ ...point, value: Math.fround(point.value) })),
    );
  });
});

describe('the export of an experiment', () => {
  const id = '00000000-0000-4000-8000-000000000001';
  const answers: Readonly<Record<string, object>> = {
    [`/experiments/${id}`]: { id, started_at: '2026-01-02T03:04:05.000Z', created_at: '2026-01-01T00:00:00.000Z' },
    [`/experiments/${id}/metrics`]: {
      series: [
        {
          name: 'lr',
          points: [
            [0, 1e-5],
            [1, 1e-5],
          ],
        },
        { name: 'recall_at_1', points: [[1, 0.5]] },
        { name: 'train_recall_at_8', points: [[1, 0.75]] },
        { name: 'nmi', points: [[1, null]] },
      ],
    },
  };
  let server: Server;
  let api: ApiClient;
  let folder: string;

  beforeAll(async () => {
    server = createServer((request, reply) => {
      const answer = answers[request.url ?? ''];
      reply.writeHead(answer === undefined ? 404 : 200, { 'content-type': 'application/json' });
      reply.end(JSON.stringify(answer ?? { title: 'Not Found', detail: `there is no ${request.url}` }));
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    api = new ApiClient(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    folder = await mkdtemp(path.join(tmpdir(), 'spherelab-tensorboard-'));
  });
  afterAll(async () => {
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
    await rm(folder, { recursive: true, force: true });
  });

  it("writes every point under the reference's tags, the same bytes each time, and leaves nothing else behind", async () => {
    const written = await exportTensorboard(api, id, path.join(folder, 'run'));
    const bytes = await readFile(written.file);
    expect(written.points).toBe(5);
    expect(path.basename(written.file)).toBe(`events.out.tfevents.1767323045.${id}`);
    const events = recordsOf(bytes).slice(1).map(eventOf);
    expect(events.map(({ tag, step, value }) => [tag, step, value])).toEqual([
      ['lr', 0, Math.fround(1e-5)],
      ['lr', 1, Math.fround(1e-5)],
      ['R@1', 1, 0.5],
      ['train_R@8', 1, 0.75],
      ['NMI', 1, Number.NaN],
    ]);
    await exportTensorboard(api, id, path.join(folder, 'run'));
    expect(await readdir(path.join(folder, 'run'))).toEqual([path.basename(written.file)]);
    expect((await readFile(written.file)).equals(bytes)).toBe(true);
    await expect(exportTensorboard(api, 'nobody', path.join(folder, 'none'))).rejects.toThrow('there is no');
    await expect(readdir(path.join(folder, 'none'))).rejects.toThrow('ENOENT');
  });

  it('keeps the names that the reference logs under', () => {
    const names = ['norm_var', 'norm_mean', 'loss_sec', 'loss_l2reg', 'avg_ap', 'avg_an', 'record_norm_mean', 'lr'];
    expect([...names, 'train_loss'].map(tagOf)).toEqual([...names, 'train_loss']);
    expect(['recall_at_10', 'nmi', 'ami', 'f1', 'norm_cv'].map(tagOf)).toEqual(['R@10', 'NMI', 'AMI', 'F1', 'norm_cv']);
  });

  it('is read by TensorBoard itself', async ({ skip }) => {
    const python = process.env.SPHERELAB_PEER_PYTHON;
    const has = python !== undefined && (await run(python, ['-c', 'import tensorboard']).then(Boolean, () => false));
    if (!has) return skip('SPHERELAB_PEER_PYTHON names no Python with tensorboard');
    const own = path.join(folder, 'peer');
    await exportTensorboard(api, id, own);
    const script = [
      'import json, sys',
      'from tensorboard.backend.event_processing.event_accumulator import EventAccumulator',
      'events = EventAccumulator(sys.argv[1]).Reload()',
      'tags = events.Tags()["scalars"]',
      'print(json.dumps({tag: [[e.step, e.value] for e in events.Scalars(tag)] for tag in tags if tag != "NMI"}))',
    ].join('\n');
    const { stdout } = await run(python, ['-c', script, own]);
    expect(JSON.parse(stdout)).toEqual({
      lr: [
        [0, Math.fround(1e-5)],
        [1, Math.fround(1e-5)],
      ],
      'R@1': [[1, 0.5]],
      'train_R@8': [[1, 0.75]],
    });
  }, 120_000);
});
