/** SQL: a `best` checkpoint that was the best when a branch was left: who goes on from there takes it over. */
export const isBestOfBranch = (checkpoint: string) =>
  `(${checkpoint}.kind = 'best' AND EXISTS (SELECT 1 FROM checkpoint AS branch WHERE branch.experiment_id = ${checkpoint}.experiment_id
    AND branch.kind = 'branch' AND branch.published_at IS NOT NULL AND branch.step > ${checkpoint}.step))`;
