import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Queryable } from '../database.ts';

/** What a key opens; each opens what those before it do. */
export const accessScopes = ['read', 'write', 'admin'] as const;
export type AccessScope = (typeof accessScopes)[number];

/** A key without its secret. */
export type AccessKey = {
  readonly id: string;
  readonly name: string;
  readonly scope: AccessScope;
  readonly created_at: Date;
  readonly last_used_at: Date | null;
  readonly revoked_at: Date | null;
};

const columns = 'id, name, scope, created_at, last_used_at, revoked_at';
/** How a key is written: what it is, whose, and the secret. The secret has 256 bits, so its hash needs no salt and no slowness. */
const pattern = /^slk_([0-9a-f]{12})_([A-Za-z0-9_-]{43})$/;
/** Compared with where there is no such key, so that both ways take as long. */
const nobody = Buffer.alloc(32);

/** Makes a key. @returns it, and the text that opens the API, which nobody can tell again */
export async function createAccessKey(
  client: Queryable,
  name: string,
  scope: AccessScope,
): Promise<{ readonly key: AccessKey; readonly text: string }> {
  const id = randomBytes(6).toString('hex');
  const secret = randomBytes(32).toString('base64url');
  const { rows } = await client.query<AccessKey>(
    `INSERT INTO access_key (id, name, scope, secret_sha256) VALUES ($1, $2, $3::access_scope, $4) RETURNING ${columns}`,
    [id, name, scope, sha256(secret)],
  );
  return { key: rows[0] as AccessKey, text: `slk_${id}_${secret}` };
}

/** Oldest first; revoked ones too. */
export async function listAccessKeys(client: Queryable): Promise<AccessKey[]> {
  return (await client.query<AccessKey>(`SELECT ${columns} FROM access_key ORDER BY created_at, id`)).rows;
}

/** @returns null where there is none that is not revoked yet */
export async function revokeAccessKey(client: Queryable, id: string): Promise<AccessKey | null> {
  const { rows } = await client.query<AccessKey>(
    `UPDATE access_key SET revoked_at = now() WHERE id = $1 AND revoked_at IS NULL RETURNING ${columns}`,
    [id],
  );
  return rows[0] ?? null;
}

/** Whether there is a key that is not revoked. */
export async function hasAccessKeys(client: Queryable): Promise<boolean> {
  const { rows } = await client.query('SELECT 1 FROM access_key WHERE revoked_at IS NULL LIMIT 1');
  return rows.length > 0;
}

/** The key of a text, if it opens anything now; its last use is noted to the minute. */
export async function findAccessKey(client: Queryable, text: string): Promise<AccessKey | null> {
  const [, id = '', secret = ''] = pattern.exec(text) ?? [];
  const { rows } = await client.query<AccessKey & { secret_sha256: Buffer; is_used_lately: boolean | null }>(
    `SELECT ${columns}, secret_sha256, last_used_at > now() - interval '1 minute' AS is_used_lately
     FROM access_key WHERE id = $1 AND revoked_at IS NULL`,
    [id],
  );
  const [row] = rows;
  const isRight = timingSafeEqual(row?.secret_sha256 ?? nobody, sha256(secret));
  if (row === undefined || !isRight) return null;
  if (!row.is_used_lately) await client.query('UPDATE access_key SET last_used_at = now() WHERE id = $1', [id]);
  const { id: own, name, scope, created_at, last_used_at, revoked_at } = row;
  return { id: own, name, scope, created_at, last_used_at, revoked_at };
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
