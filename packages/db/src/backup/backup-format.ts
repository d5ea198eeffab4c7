/**
 * A backup is gzipped text, one JSON value a line: the header, then each row as [table, row], then the end. A row is what Postgres
 * itself makes of it (row_to_json) and takes back (json_populate_recordset), so no number passes through a double of ours.
 */
export const backupFormat = 'spherelab-backup-v1';

export type BackupHeader = {
  readonly format: typeof backupFormat;
  readonly created_at: string;
  /** names of the migrations that the rows fit, oldest first */
  readonly migrations: readonly string[];
  /** in an order in which each table follows those that it refers to */
  readonly tables: readonly string[];
};

export type BackupEnd = {
  readonly rows: Readonly<Record<string, number>>;
  /** of all lines before, line ends included; hex */
  readonly sha256: string;
};

/** A file that is no backup, is damaged or cut off, or does not fit the database. */
export class BackupError extends Error {
  readonly code = 'bad_backup';
  readonly retryable = false;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'BackupError';
  }
}
