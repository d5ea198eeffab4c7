import type { RequestCount } from '../plugins/app/request-counter.ts';

export type ServerState = {
  readonly experiments: Readonly<Record<string, number>>;
  /** not ended, and ended from outside again and again without a new checkpoint */
  readonly interruptedOften: number;
  readonly workers: number;
  readonly outbox: number;
  /** jobs by queue and state; null where the store does not answer */
  readonly jobs: Readonly<Record<string, Readonly<Record<string, number>>>> | null;
  readonly requests: readonly RequestCount[];
};

type Sample = { readonly labels?: Readonly<Record<string, string | number>>; readonly value: number };

/** The state of the server in the Prometheus text format, version 0.0.4. */
export function prometheusText(state: ServerState): string {
  const jobs = Object.entries(state.jobs ?? {}).flatMap(([queue, counts]) =>
    Object.entries(counts).map(([job, value]) => ({ labels: { queue, state: job }, value })),
  );
  return [
    family('spherelab_experiments', 'gauge', 'Experiments by state', byLabel('status', state.experiments)),
    family(
      'spherelab_experiments_interrupted_often',
      'gauge',
      'Experiments whose attempts are ended from outside again and again, without a new checkpoint in between',
      [{ value: state.interruptedOften }],
    ),
    family('spherelab_workers_alive', 'gauge', 'Workers heard of lately', [{ value: state.workers }]),
    family('spherelab_outbox_rows', 'gauge', 'Rows that the queue has still to be told', [{ value: state.outbox }]),
    family('spherelab_queue_jobs', 'gauge', 'Jobs by queue and state', jobs),
    family(
      'spherelab_http_requests_total',
      'counter',
      'Answered requests',
      state.requests.map(({ method, route, status, count }) => ({ labels: { method, route, status }, value: count })),
    ),
    family('process_resident_memory_bytes', 'gauge', 'Resident memory', [{ value: process.memoryUsage.rss() }]),
    family('process_uptime_seconds', 'gauge', 'Time since the process began', [{ value: process.uptime() }]),
  ].join('');
}

function byLabel(label: string, counts: Readonly<Record<string, number>>): Sample[] {
  return Object.entries(counts).map(([name, value]) => ({ labels: { [label]: name }, value }));
}

function family(name: string, type: 'gauge' | 'counter', help: string, samples: readonly Sample[]): string {
  const lines = samples.map(({ labels = {}, value }) => {
    const pairs = Object.entries(labels).map(([key, text]) => `${key}="${escapeLabel(String(text))}"`);
    return `${name}${pairs.length > 0 ? `{${pairs.join(',')}}` : ''} ${value}\n`;
  });
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`;
}

function escapeLabel(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
