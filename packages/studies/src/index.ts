export { withKnownArms } from './known-arms.ts';
export {
  type HalvingPlan,
  type HalvingRun,
  type HalvingStep,
  nextOfHalving,
  type RungState,
} from './next-of-halving.ts';
export type { Comparison, StudyPair, Verdict } from './study-comparison.ts';
export { type PlannedArm, type PlannedRun, planStudy, requestOf, type StudyPlan, tuningRuns } from './study-plan.ts';
export type { StudyRun, TrialState, TuningState } from './study-runs.ts';
export { parseStudyRequest, type StudyRequest, studyBodySchema } from './study-schema.ts';
export { nextOfStudy, type StudyOutcome, type StudyState, type StudyStep } from './study-state.ts';
