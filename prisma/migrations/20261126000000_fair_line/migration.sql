-- Sweeps and single experiments take turns; a sweep may be told how many of its experiments run at once.

-- AlterTable
ALTER TABLE "experiment" ADD COLUMN "claimed_at" TIMESTAMPTZ(6);

-- AlterTable
ALTER TABLE "sweep" ADD COLUMN "max_running" INTEGER,
ADD COLUMN "claims" INTEGER NOT NULL DEFAULT 0;

-- DropIndex
DROP INDEX "experiment_sweep_id_idx";

-- CreateIndex
CREATE INDEX "experiment_sweep_id_claimed_at_idx" ON "experiment"("sweep_id", "claimed_at");

-- The line of what waits. Prisma has no word for an index on some of the rows.
CREATE INDEX "experiment_line_idx" ON "experiment" ("priority", "sweep_id", "queued_at")
  INCLUDE ("device", "retry_at", "attempt", "id") WHERE "status" = 'queued';
