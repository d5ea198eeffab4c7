import type { Queryable } from '../database.ts';

/** A request that changed something, or tried to, and who sent it. */
export type AuditEntry = {
  /** null where no key was needed */
  readonly key_id: string | null;
  /** the key's name, or the address that the request came from */
  readonly who: string;
  readonly method: string;
  readonly address: string;
  readonly status: number;
  readonly request_id: string;
};

export async function writeAuditEntry(client: Queryable, entry: AuditEntry): Promise<void> {
  const { key_id, who, method, address, status, request_id } = entry;
  await client.query(
    'INSERT INTO audit_entry (key_id, who, method, address, status, request_id) VALUES ($1, $2, $3, $4, $5, $6)',
    [key_id, who, method, address, status, request_id],
  );
}

/** Newest first. */
export async function latestAuditEntries(
  client: Queryable,
  limit: number,
): Promise<(AuditEntry & { readonly at: Date })[]> {
  const { rows } = await client.query<AuditEntry & { at: Date }>(
    'SELECT at, key_id, who, method, address, status, request_id FROM audit_entry ORDER BY id DESC LIMIT $1',
    [limit],
  );
  return rows;
}
