import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import { serverAddress } from '../cli-environment.ts';
import { CliError } from '../cli-error.ts';
import { collect } from '../flags/collect.ts';
import { addExperimentFlags, requestFromFlags } from '../flags/experiment-flags.ts';
import { readNumber } from '../flags/read-number.ts';
import { readArms, readSpace } from '../flags/study-arms.ts';
import { studyCostText } from '../output/plan-text.ts';
import { formatTable } from '../output/print-table.ts';
import { createProgressLine } from '../output/progress-line.ts';
import { studyText } from '../output/study-text.ts';
import { jsonLine, terminalText } from '../output/terminal-text.ts';
import { ApiClient } from '../server/api-client.ts';
import type { Page, ResolvedStudy, Study, StudySummary } from '../server/api-types.ts';

type StudyOptions = Record<string, unknown> & {
  readonly arms?: string;
  readonly tune: readonly string[];
  readonly trials: string;
  readonly tuneSeeds: string;
  readonly metric?: string;
  readonly pairs?: string;
  readonly firstSeed?: string;
  readonly risk?: string;
  readonly minEffect?: string;
  readonly studyName?: string;
  readonly dryRun?: boolean;
  readonly detach?: boolean;
  readonly json?: boolean;
};

const pollEveryMs = 1000;
/** Fields that a study chooses for each run. */
const chosenByStudy = ['seed', 'protocol', 'name', 'tags'] as const;

/** `spherelab study --dataset shapes --loss triplet --arms plain,sec`. */
export function addStudyCommands(program: Command): void {
  const flags = program
    .command('study [id]')
    .description('ask whether one setting is better than another, each tuned; or follow a study that was asked');
  addExperimentFlags(flags, chosenByStudy)
    .option('--arms <arms>', 'plain,sec,l2reg or name:field=value+field=value; the first is the baseline')
    .option(
      '--tune <field=low..high>',
      'search a field for each arm, or list its values: field=v1,v2; repeat for more. Default: lr, and lr_p where the backbone is trained',
      collect,
      [],
    )
    .option('--trials <count>', 'settings that each arm may try; 0: none is tuned', '6')
    .option('--tune-seeds <list>', 'each trial is trained with each of them', '1000')
    .option('--metric <name>', 'what is compared: recall_at_1, map_at_r, nmi, ...')
    .option(
      '--judge <protocol>',
      'paper: pairs are judged on the test classes; validation: on held-out training classes',
    )
    .option('--pairs <count>', 'pairs of runs at most')
    .option('--first-seed <seed>', 'pairs are trained with the seeds from this one on')
    .option('--risk <alpha>', 'risk of a wrong decision, however often one looks')
    .option('--min-effect <rate>', 'a gain below this does not count; 0.01 is a point')
    .option('--study-name <name>', 'a name for people')
    .option('--dry-run', 'say what it would cost at most, and store nothing')
    .option('--detach', 'do not wait for the end')
    .option('--json', 'print JSON')
    .action(study);
  program.command('studies').description('list the studies, newest first').option('--json', 'print JSON').action(list);
}

async function study(id: string | undefined, options: StudyOptions): Promise<void> {
  const api = new ApiClient(serverAddress());
  if (options.dryRun) return printCost(api, options);
  const asked =
    id === undefined
      ? await api.post<Study>('/studies', questionOf(options))
      : await api.get<Study>(`/studies/${encodeURIComponent(id)}`);
  process.stderr.write(`study ${asked.id}: ${api.url}/lab/studies/${asked.id}\n`);
  const seen = options.detach ? asked : await follow(api, asked.id);
  process.stdout.write(options.json ? jsonLine(seen) : terminalText(studyText(seen)));
  if (seen.status === 'failed' || seen.status === 'cancelled') throw new CliError(`the study ${seen.status}`);
}

async function printCost(api: ApiClient, options: StudyOptions): Promise<void> {
  const cost = await api.post<ResolvedStudy>('/studies/resolve', questionOf(options));
  process.stdout.write(options.json ? jsonLine(cost) : `${studyCostText(cost)}\n`);
}

/** The question as POST /studies takes it. @throws CliError */
function questionOf(options: StudyOptions) {
  if (options.arms === undefined) throw new CliError('--arms is missing: what is to be compared, such as plain,sec');
  const trials = readNumber(options.trials);
  return {
    ...(options.studyName === undefined ? {} : { name: options.studyName }),
    base: requestFromFlags(options),
    arms: readArms(options.arms),
    tune:
      trials === 0
        ? null
        : {
            ...(options.tune.length > 0 && { space: readSpace(options.tune) }),
            trials,
            seeds: options.tuneSeeds.split(',').map((seed) => readNumber(seed.trim())),
          },
    ...(options.metric === undefined ? {} : { metric: options.metric }),
    ...(options.judge === undefined ? {} : { protocol: options.judge }),
    ...(options.pairs === undefined ? {} : { budget: { pairs: readNumber(options.pairs) } }),
    ...(options.firstSeed === undefined ? {} : { first_seed: readNumber(options.firstSeed) }),
    ...(options.risk === undefined ? {} : { alpha: readNumber(options.risk) }),
    ...(options.minEffect === undefined ? {} : { min_effect: readNumber(options.minEffect) }),
  };
}

async function follow(api: ApiClient, id: string): Promise<Study> {
  const progress = createProgressLine();
  try {
    for (;;) {
      const now = await api.getPatiently<Study>(`/studies/${encodeURIComponent(id)}`);
      if (now.status !== 'open') return now;
      progress.show(fractionOf(now), now.state.reason);
      await sleep(pollEveryMs);
    }
  } finally {
    progress.end();
  }
}

/** Runs that ended of those that the budget allows. */
function fractionOf({ plan, runs }: Study): number {
  const trials = plan.tune === null ? 0 : plan.arms.reduce((sum, arm) => sum + arm.trials.length, 0);
  const total = trials * (plan.tune?.seeds.length ?? 0) + plan.budget.pairs * plan.arms.length;
  return runs.filter(({ status }) => ['succeeded', 'failed', 'cancelled'].includes(status)).length / total;
}

async function list({ json }: { readonly json?: boolean }): Promise<void> {
  const page = await new ApiClient(serverAddress()).get<Page<StudySummary>>('/studies?limit=200');
  if (json) {
    process.stdout.write(jsonLine(page));
    return;
  }
  const rows = page.items.map(({ id, status, name, plan, reason }) => [
    id,
    status,
    name ?? plan.arms.map((arm) => arm.name).join(' or '),
    reason ?? '',
  ]);
  process.stdout.write(`${formatTable(['id', 'status', 'question', 'answer'], rows)}\n`);
}
