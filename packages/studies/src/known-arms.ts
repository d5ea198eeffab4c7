import { ConfigError } from '@spherelab/config';

/** Arms that have a name of their own: the weight of a regulariser is tuned with the rest. */
const arms = {
  plain: { name: 'plain', set: { sec_wei: 0, l2reg_wei: 0 } },
  sec: { name: 'sec', set: { l2reg_wei: 0 }, space: { sec_wei: { low: 0.01, high: 1, scale: 'log' } } },
  l2reg: { name: 'l2reg', set: { sec_wei: 0 }, space: { l2reg_wei: { low: 1e-4, high: 0.1, scale: 'log' } } },
} as const;
export const knownArms = Object.keys(arms) as (keyof typeof arms)[];

/** Weights of the reference's README, for triplet on CUB. */
const publishedWeights = { sec: { sec_wei: 1 }, l2reg: { l2reg_wei: 1e-4 }, plain: {} } as const;

/**
 * A question with its named arms written out; where nothing is tuned, the weight of a regulariser is the published one. What is no
 * question is left as it is, to be refused as such.
 * @throws ConfigError for a name that is none
 */
export function withKnownArms(request: unknown): unknown {
  if (typeof request !== 'object' || request === null || !('arms' in request) || !Array.isArray(request.arms)) {
    return request;
  }
  const isTuned = 'tune' in request && request.tune !== null && request.tune !== undefined;
  const issues: { field: string; value: unknown; reason: string; allowed: string }[] = [];
  const written = request.arms.map((arm: unknown, index) => {
    if (typeof arm !== 'string') return arm;
    const name = knownArms.find((known) => known === arm);
    if (name !== undefined) return isTuned ? arms[name] : untuned(name);
    const allowed = `${knownArms.join(', ')}, or an object with name and set`;
    issues.push({ field: `arms.${index}`, value: arm, reason: 'is no arm that is known by name', allowed });
    return arm;
  });
  if (issues.length > 0) throw new ConfigError(issues);
  return { ...request, arms: written };
}

function untuned(name: keyof typeof arms) {
  return { name, set: { ...arms[name].set, ...publishedWeights[name] } };
}
