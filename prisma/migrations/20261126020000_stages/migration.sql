-- Cells of a sweep that share a past: one run leaves a checkpoint where others branch off, and they wait for it.

-- AlterEnum
ALTER TYPE "checkpoint_kind" ADD VALUE 'branch';

-- AlterTable
ALTER TABLE "experiment" ADD COLUMN "branch_at" INTEGER[] DEFAULT ARRAY[]::INTEGER[],
ADD COLUMN "parent_id" UUID,
ADD COLUMN "parent_step" INTEGER,
ADD COLUMN "waits" BOOLEAN NOT NULL DEFAULT false;

-- AlterTable
ALTER TABLE "sweep" ADD COLUMN "plan" JSONB;

-- CreateIndex
CREATE INDEX "experiment_parent_id_parent_step_idx" ON "experiment"("parent_id", "parent_step");

-- The line of what waits for a device, as before, and whether it waits for another run.
DROP INDEX "experiment_line_idx";
CREATE INDEX "experiment_line_idx" ON "experiment" ("priority", "sweep_id", "queued_at")
  INCLUDE ("device", "retry_at", "waits", "attempt", "id") WHERE "status" = 'queued';

-- Runs whose first updates may be the same: what decides them only later is left out (packages/db/src/experiments/settings-sql.ts).
DROP INDEX "experiment_settings_idx";
CREATE INDEX "experiment_trunk_idx" ON "experiment" (md5((config - '{steps,lr_gamma,milestones,eval_every,log_every,checkpoint_every,name,tags,priority,device,preset_policy}'::text[])::text));
