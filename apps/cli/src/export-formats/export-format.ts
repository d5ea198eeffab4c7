export type ExportRequest = {
  /** Experiment; absent where `file` is given. */
  readonly id?: string;
  /** `latest`, `best`, `final` or a number of updates. */
  readonly checkpoint: string;
  /** A local checkpoint instead of an experiment's. */
  readonly file?: string;
  readonly out: string;
};

/** What was written, for the user: becomes a line of text or, with --json, an object. */
export type ExportSummary = {
  readonly files: readonly string[];
  readonly text: string;
  readonly details: Readonly<Record<string, unknown>>;
};

/** One value of `spherelab export --format`. */
export type ExportFormat = {
  readonly name: string;
  readonly about: string;
  /** Throws CliError naming the flag that is wrong. */
  readonly run: (request: ExportRequest) => Promise<ExportSummary>;
};
