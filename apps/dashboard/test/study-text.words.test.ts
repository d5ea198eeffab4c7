import { describe, expect, it } from 'vitest';
import { differenceText } from '../src/studies/other-metrics.tsx';
import type { StudyPlan } from '../src/studies/study-plan.ts';
import {
  armText,
  conditionTexts,
  confidenceText,
  effectText,
  evidenceText,
  questionText,
  sharedText,
  signedPoints,
  studyTitle,
  verdictText,
} from '../src/studies/study-text.ts';

const plan: StudyPlan = {
  arms: [
    { name: 'plain', base: { dataset: 'emoji', loss: 'triplet', sec_wei: 0 }, trials: [{ lr: 0.001 }, { lr: 0.01 }] },
    {
      name: 'sec',
      base: { dataset: 'emoji', loss: 'triplet' },
      trials: [
        { lr: 0.001, sec_wei: 0.1 },
        { lr: 0.01, sec_wei: 0.2 },
      ],
    },
  ],
  tune: { seeds: [1000] },
  metric: 'recall_at_1',
  protocol: 'paper',
  budget: { pairs: 12 },
  first_seed: 0,
  alpha: 0.05,
  min_effect: 0.01,
};
const point = { n: 8, mean: 0.032, low: 0.008, high: null, evidence: 25 };

describe('a study in words', () => {
  it('is a question about its arms, or has the name that was given to it', () => {
    expect(questionText(plan)).toBe('Is sec better than plain in R@1?');
    const three = { ...plan, arms: [...plan.arms, { name: 'l2reg', base: {}, trials: [] }] };
    expect(questionText(three)).toBe('Which of sec and l2reg is better than plain in R@1?');
    expect(studyTitle({ name: null, plan })).toBe(questionText(plan));
    expect(studyTitle({ name: 'mine', plan })).toBe('mine');
  });

  it('says what it is judged on, what it may cost and how sure it has to be', () => {
    const [judged, tuned, budget, risk] = conditionTexts(plan);
    expect(judged).toContain('the test classes');
    expect(tuned).toBe('Each arm first tries 2 settings on held-out training classes, one run each.');
    expect(budget).toBe('At most 12 pairs of runs with the same seeds, from seed 0 on.');
    expect(risk).toMatch(/0\.05\. A gain below 1\.0 points/);
    expect(conditionTexts({ ...plan, protocol: 'validation' })[0]).toContain('held-out training classes');
    expect(conditionTexts({ ...plan, tune: null })[1]).toMatch(/^No arm is tuned/);
    expect(conditionTexts({ ...plan, budget: { pairs: 1 } })[2]).toContain('At most one pair of runs');
  });

  it('says of an arm what not all have and what is tuned, and once what all share', () => {
    expect(sharedText(plan)).toBe('dataset emoji, loss triplet');
    expect(armText(plan, 'plain')).toBe('sec_wei 0; lr tuned');
    expect(armText(plan, 'sec')).toBe('lr and sec_wei tuned');
    const same = { ...plan, arms: [{ name: 'a', base: { loss: 'ms' }, trials: [{}] }] };
    expect(armText(same, 'a')).toBe('as it is');
  });

  it('tells an effect with its interval, of which a side may be open', () => {
    expect(effectText(point)).toBe('+3.2 points [+0.8, no bound], 8 pairs');
    expect(effectText({ ...point, n: 1, low: null })).toBe('+3.2 points (no bound yet), one pair');
    expect(effectText({ ...point, mean: -0.004, low: -0.02, high: 0.01 })).toBe('-0.4 points [-2.0, +1.0], 8 pairs');
    expect(effectText(null)).toBe('no pair has ended yet');
    expect(signedPoints(-0.0001)).toBe('0.0');
    expect(confidenceText(0.05)).toBe('95 %');
    expect(confidenceText(0.05 / 3)).toBe('98.33 %');
    expect([2.98032, 128.4, 1e9].map(evidenceText)).toEqual(['2.98', '128', 'over a million']);
  });

  it('takes "undecided" for an answer only once the study has ended', () => {
    expect(verdictText({ verdict: 'undecided' }, true)).toBe('not decided yet');
    expect(verdictText({ verdict: 'undecided' }, false)).toBe('undecided');
    expect(verdictText({ verdict: 'helps' }, true)).toBe('helps');
  });

  it('tells differences of rates in points and others as they are', () => {
    expect(differenceText('nmi', 0.0123)).toBe('+1.2');
    expect(differenceText('norm_cv', -0.0714)).toBe('-0.071');
    expect(differenceText('norm_cv', 0.05)).toBe('+0.050');
  });
});
