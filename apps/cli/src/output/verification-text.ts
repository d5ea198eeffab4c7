import type { Verification } from '../server/api-types.ts';

/** A verification for a person: the verdict first, then what it rests on. */
export function verificationText({ worker, report }: Verification): string {
  if (report === null) return 'not done yet\n';
  const { same_bits: isSame, findings, notes, stretches, environment } = report;
  const processor = typeof environment.cpu === 'string' ? environment.cpu : 'processor not known';
  const where = `on ${worker ?? 'a worker'} (${processor})`;
  const verdicts = {
    true: findings.length === 0 ? 'verified: the same bits' : 'the same bits, but not all is as it was',
    false: 'NOT verified: other bits than those stored',
    null: 'NOT verified: nothing could be computed again',
  };
  const lines = [`${verdicts[`${isSame}`]}, ${where}`];
  for (const { from, to, state, metrics, seconds } of stretches) {
    lines.push(`  updates ${from} to ${to}, in ${seconds.toFixed(1)} s`);
    lines.push(`    ${distanceText('values of weights and optimizer', state)}`);
    lines.push(`    ${distanceText('metric points', metrics)}`);
  }
  for (const { what, message } of findings) lines.push(`  ${what}: ${message}`);
  for (const note of notes) lines.push(`  note: ${note}`);
  return `${lines.join('\n')}\n`;
}

type Distance = NonNullable<Verification['report']>['stretches'][number]['state'];

function distanceText(what: string, { compared, differing, largest, first }: Distance): string {
  if (differing === 0) return `${compared} ${what}: all equal`;
  const most = largest === null ? '' : ` by at most ${largest.toPrecision(3)}`;
  return `${differing} of ${compared} ${what} differ${most}; the first is ${first ?? 'not known'}`;
}
