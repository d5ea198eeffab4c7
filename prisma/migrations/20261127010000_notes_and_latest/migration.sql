-- Notes of people on a run, and what its newest evaluation measured, so that a list shows it while the run goes on.

-- AlterTable
ALTER TABLE "experiment" ADD COLUMN "latest" JSONB,
ADD COLUMN "notes" TEXT;
