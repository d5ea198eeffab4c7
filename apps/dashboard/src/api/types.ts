import type { components } from './generated/api-schema.d.ts';

type Schemas = components['schemas'];

export type Experiment = Schemas['Experiment'];
export type Attempt = Schemas['Attempt'];
export type Checkpoint = Schemas['Checkpoint'];
export type Dataset = Schemas['Dataset'];
export type EvaluationDetail = Schemas['EvaluationDetail'];
export type EvaluationNorms = Schemas['EvaluationNorms'];
export type ExperimentGroups = Schemas['ExperimentGroups'];
export type ExperimentFacets = Schemas['ExperimentFacets'];
export type LogLine = Schemas['LogLine'];
export type MetricSeries = Schemas['MetricSeries'];
export type PaperReport = Schemas['PaperReport'];
export type ResolvedStudy = Schemas['ResolvedStudy'];
export type ResolvedExperiment = Schemas['ResolvedExperiment'];
export type RunStatus = Experiment['status'];
export type Rungs = Schemas['Rungs'];
export type Study = Schemas['Study'];
export type StudySummary = Schemas['StudySummary'];
export type Sweep = Schemas['Sweep'];
export type SweepPlan = Schemas['SweepPlan'];
export type SweepTable = Schemas['SweepTable'];
export type Verification = Schemas['Verification'];
export type Worker = Schemas['Worker'];

/** A measured value at a step; null is not a number. */
export type Point = readonly [step: number, value: number | null];
