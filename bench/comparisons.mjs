// How many pairs of runs a comparison needs: deciding at any time beside a t-test at a number fixed before.
import { confidenceSequence, pairedDifference } from '../packages/statistics/dist/index.js';
import { seededRandom } from '../test/chaos/seeded-random.mjs';

export const help = `npm run bench comparisons -- [--studies 2000] [--spread 0.01]
Draws normal differences of pairs around an effect of so many standard deviations, and counts the pairs until each
test says at 0.05 that there is one. The spread is the standard deviation of a difference, in units of a rate.`;

export const options = {
  studies: { type: 'string', default: '2000' },
  spread: { type: 'string', default: '0.01' },
};

const alpha = 0.05;
const effects = [0.5, 1, 1.5, 2, 3];
const longest = 256;

export async function run(values) {
  const [studies, spread] = [Number(values.studies), Number(values.spread)];
  const random = seededRandom(1);
  const normal = () =>
    Math.sqrt(-2 * Math.log(1 - random.between(0, 1))) * Math.cos(2 * Math.PI * random.between(0, 1));
  console.log('| effect / sd | fixed n for 95 % | at any time: median | mean | 95 % of studies by |');
  console.log('| --- | --- | --- | --- | --- |');
  for (const effect of effects) {
    const drawn = Array.from({ length: studies }, () =>
      Array.from({ length: longest }, () => spread * (effect + normal())),
    );
    const needed = drawn.map(pairsAtAnyTime).sort((a, b) => a - b);
    const at = (share) => needed[Math.ceil(share * studies) - 1];
    const mean = needed.reduce((sum, n) => sum + n, 0) / studies;
    console.log(`| ${effect} | ${fixedPairs(drawn)} | ${at(0.5)} | ${mean.toFixed(1)} | ${at(0.95)} |`);
  }
}

function pairsAtAnyTime(differences) {
  for (let to = 16; ; to *= 2) {
    const decided = confidenceSequence(differences.slice(0, to), alpha).find(({ evidence }) => evidence >= 1 / alpha);
    if (decided) return decided.n;
    if (to >= longest) return Infinity;
  }
}

/** The fewest pairs at which a t-test finds the effect in 95 % of the studies. */
function fixedPairs(drawn) {
  for (let n = 2; n <= longest; n += 1) {
    const found = drawn.filter((differences) => isHigher(differences.slice(0, n))).length;
    if (found >= 0.95 * drawn.length) return n;
  }
  return Infinity;
}

function isHigher(differences) {
  const treatment = new Map(differences.entries());
  return pairedDifference(treatment, new Map(differences.map((_, pair) => [pair, 0])))?.verdict === 'higher';
}
