import type { Queryable } from '../database.ts';

/** What each installation makes for itself. */
const ledger = '_prisma_migrations';

/** Our tables, each after those that it refers to. */
export async function backupTables(client: Queryable): Promise<string[]> {
  const { rows: tables } = await client.query<{ name: string }>(
    `SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY relname`,
  );
  const { rows: references } = await client.query<{ name: string; target: string }>(
    `SELECT conrelid::regclass::text AS name, confrelid::regclass::text AS target FROM pg_constraint
     WHERE contype = 'f' AND connamespace = 'public'::regnamespace AND conrelid <> confrelid`,
  );
  const waiting = new Set(tables.map(({ name }) => name).filter((name) => name !== ledger));
  const ordered: string[] = [];
  while (waiting.size > 0) {
    const free = [...waiting].filter(
      (name) => !references.some((reference) => reference.name === name && waiting.has(reference.target)),
    );
    if (free.length === 0) throw new Error(`tables refer to each other in a circle: ${[...waiting].join(', ')}`);
    for (const name of free) {
      ordered.push(name);
      waiting.delete(name);
    }
  }
  return ordered;
}

/** Whether any of our tables has a row. */
export async function hasRows(client: Queryable, tables: readonly string[]): Promise<boolean> {
  for (const table of tables) {
    const { rowCount } = await client.query(`SELECT 1 FROM ${quoted(table)} LIMIT 1`);
    if (rowCount !== 0) return true;
  }
  return false;
}

/** A table's name in SQL. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
