import type { ApiClient } from '../server/api-client.ts';
import type { Experiment, MetricSeries } from '../server/api-types.ts';

const blocks = '▁▂▃▄▅▆▇█';
const width = 40;

/** What SEC does to the norms of one loss: the spread of the batch's norms over training, plain above SEC. */
export async function normPicture(api: ApiClient, plain: Experiment, sec: Experiment): Promise<string> {
  const [plainSpread, secSpread] = await Promise.all([normSpread(api, plain), normSpread(api, sec)]);
  const highest = Math.max(...plainSpread, ...secSpread);
  const line = (name: string, spread: readonly number[]) =>
    `  ${name.padEnd(14)} ${sparkline(spread, highest).padEnd(width)} ${(spread[0] ?? 0).toFixed(3)} -> ${(spread.at(-1) ?? 0).toFixed(3)}`;
  return [
    `What SEC does to the norms (${String(plain.config.loss)}; spread of the embeddings' norms in a batch, sd / mean, over training):`,
    line('plain', plainSpread),
    line(`sec_wei ${String(sec.config.sec_wei)}`, secSpread),
  ].join('\n');
}

async function normSpread(api: ApiClient, experiment: Experiment): Promise<number[]> {
  const { series } = await api.getPatiently<MetricSeries>(
    `/experiments/${experiment.id}/metrics?name=norm_mean&name=norm_var`,
  );
  const mean = series.find((one) => one.name === 'norm_mean')?.points ?? [];
  const variance = new Map(series.find((one) => one.name === 'norm_var')?.points ?? []);
  const spread = mean.flatMap(([step, value]) => {
    const found = variance.get(step);
    return found == null || value === null ? [] : [Math.sqrt(found) / value];
  });
  return thin(spread);
}

/** Means of equal stretches, as many as fit the line. */
function thin(values: readonly number[]): number[] {
  const stretch = Math.max(1, Math.ceil(values.length / width));
  return Array.from({ length: Math.ceil(values.length / stretch) }, (_, index) => {
    const part = values.slice(index * stretch, (index + 1) * stretch);
    return part.reduce((sum, value) => sum + value, 0) / part.length;
  });
}

function sparkline(values: readonly number[], highest: number): string {
  return values.map((value) => blocks[Math.min(7, Math.floor((8 * value) / (highest || 1)))] ?? ' ').join('');
}
