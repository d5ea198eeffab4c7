export {
  type AccessKey,
  type AccessScope,
  accessScopes,
  createAccessKey,
  findAccessKey,
  hasAccessKeys,
  listAccessKeys,
  revokeAccessKey,
} from './access/access-keys.ts';
export { type AuditEntry, latestAuditEntries, writeAuditEntry } from './access/audit-log.ts';
export { checkExposure, isLoopback } from './access/check-exposure.ts';
export { applyMigrations, applyMigrationsWhenThere } from './apply-migrations.ts';
export { type ArtifactKind, collectArtifacts, readArtifact, writeArtifact } from './artifacts/artifacts.ts';
export { BackupError } from './backup/backup-format.ts';
export { restoreBackup } from './backup/restore-backup.ts';
export { writeBackup } from './backup/write-backup.ts';
export { type Checkpoint, CheckpointError, type CheckpointKind } from './checkpoints/checkpoint-row.ts';
export { collectBranches } from './checkpoints/collect-branches.ts';
export { collectChunks } from './checkpoints/collect-chunks.ts';
export { pinCheckpoint } from './checkpoints/pin-checkpoint.ts';
export {
  type ByteRange,
  getCheckpoint,
  listCheckpoints,
  readCheckpointContent,
  resumableCheckpoints,
} from './checkpoints/read-checkpoints.ts';
export { type NewCheckpoint, removeAbandonedCheckpoints, storeCheckpoint } from './checkpoints/store-checkpoint.ts';
export { type Database, inTransaction, openDatabase, pingDatabase, type Queryable, rolledBack } from './database.ts';
export { openNamedDatabase } from './embedded-postgres/open-named-database.ts';
export {
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
  startEmbeddedPostgres,
  stopEmbeddedPostgres,
} from './embedded-postgres/start-embedded-postgres.ts';
export type { EvaluationViewRow, NewEvaluationView } from './evaluations/evaluation-view-row.ts';
export {
  evaluationSteps,
  listEvaluationViews,
  readEvaluationDetail,
  readEvaluationEmbeddings,
  readThumbnail,
} from './evaluations/read-evaluation-views.ts';
export { writeEvaluationView } from './evaluations/write-evaluation-view.ts';
export { countExperiments, countInterruptedOften } from './experiment-counts.ts';
export { adoptPast, type PastCandidate, pastCandidates } from './experiments/adopt-past.ts';
export { type Attempt, attemptsOnHost, listAttempts, previousErrorCode } from './experiments/attempts.ts';
export { beginAnew, type RunIdentity } from './experiments/begin-anew.ts';
export { type Claim, claimExperiment, readStopRequest, renewLease } from './experiments/claim-experiment.ts';
export {
  type CreatedExperiment,
  createExperiment,
  createExperiments,
  type NewExperiment,
} from './experiments/create-experiments.ts';
export { type EarlierResult, earlierResult, reusableResults } from './experiments/earlier-results.ts';
export { editLabels, editTags, type LabelEdit } from './experiments/edit-labels.ts';
export { type ExperimentFacets, experimentFacets } from './experiments/experiment-facets.ts';
export type { ExperimentFilter } from './experiments/experiment-filter.ts';
export { experimentMarks } from './experiments/experiment-marks.ts';
export type { Experiment, ExperimentFailure, LatestEvaluation, StopRequest } from './experiments/experiment-row.ts';
export { experimentValues } from './experiments/experiment-values.ts';
export {
  type ChangePosition,
  changePosition,
  experimentsChangedSince,
} from './experiments/experiments-changed-since.ts';
export { type GiveUp, giveUpAttempt, giveUpExpiredAttempts } from './experiments/give-up-attempt.ts';
export { type ExperimentGroup, groupExperiments } from './experiments/group-experiments.ts';
export {
  type Condition,
  type ListColumn,
  listColumn,
  listColumnsText,
  metricColumn,
  readConditions,
  sortColumn,
} from './experiments/list-columns.ts';
export { nextExperiment } from './experiments/next-experiment.ts';
export {
  type ExperimentPage,
  experimentStatuses,
  getExperiment,
  listExperiments,
} from './experiments/read-experiments.ts';
export { releaseWaiting } from './experiments/release-waiting.ts';
export { type AttemptStart, recordProgress, recordStart } from './experiments/report-progress.ts';
export {
  deleteExperiment,
  deleteExperiments,
  type ExperimentAction,
  requestTransition,
  requestTransitions,
} from './experiments/request-transition.ts';
export { interruptedOften, type RetryPolicy, retryPolicy } from './experiments/retry-policy.ts';
export { type Settlement, settleAttempt } from './experiments/settle-attempt.ts';
export { idsBeginningWith, type NamedId } from './ids-beginning-with.ts';
export { isTransientError } from './is-transient-error.ts';
export { type LogLevel, type LogLine, logLinesAfter, writeLogLine } from './log-lines.ts';
export { type MetricFilter, metricsAfter, readMetrics } from './metrics/read-metrics.ts';
export { type MetricPoint, writeMetrics } from './metrics/write-metrics.ts';
export { countOutbox, putBackToOutbox, type QueueHint, queuedAmong, queuedHints, takeFromOutbox } from './outbox.ts';
export { CursorError, type Page } from './page.ts';
export { collectEmptied, collectThumbnails, countLeftovers, type Leftover } from './retention/leftovers.ts';
export { retention } from './retention/retention.ts';
export { retryRolledBack } from './retry-rolled-back.ts';
export { type Fence, StaleAttemptError } from './stale-attempt-error.ts';
export {
  createStudy,
  deleteStudy,
  endStudy,
  getStudy,
  launchStudyRuns,
  listStudies,
  type NewStudy,
  type NewStudyRun,
  openStudies,
  type StudyRow,
  type StudyRunRow,
  type StudyStatus,
  studyRuns,
  studyStatuses,
} from './studies/studies.ts';
export {
  type AddedCell,
  addSweepCells,
  closeSweep,
  openSweeps,
  type SweepCell,
  sweepCells,
  transitionSweep,
} from './sweeps/sweep-cells.ts';
export { type SweepPlan, secondsOfRuns } from './sweeps/sweep-plan.ts';
export {
  cancelSweep,
  createSweep,
  deleteSweep,
  getSweep,
  listSweepExperiments,
  listSweeps,
  type Sweep,
  sweepExperiments,
} from './sweeps/sweeps.ts';
export {
  claimVerification,
  finishVerification,
  isVerificationWaiting,
  listVerifications,
  renewVerification,
  requestVerification,
  type Verification,
  type VerificationStretch,
} from './verifications/verifications.ts';
export {
  explainMissingGpu,
  heartbeatWorker,
  listWorkers,
  registerWorker,
  retireWorker,
  type WorkerRegistration,
  type WorkerView,
  workersOfHost,
} from './workers.ts';
