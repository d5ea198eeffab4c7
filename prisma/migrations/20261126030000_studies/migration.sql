-- Studies: a question with its plan, fixed before the first run, the runs that answer it, and the answer.

-- CreateEnum
CREATE TYPE "study_status" AS ENUM ('open', 'decided', 'undecided', 'failed', 'cancelled');

-- CreateTable
CREATE TABLE "study" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "name" TEXT,
    "plan" JSON NOT NULL,
    "plan_sha256" TEXT NOT NULL,
    "status" "study_status" NOT NULL DEFAULT 'open',
    "reason" TEXT,
    "answer" JSON,
    "sweep_id" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "study_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "study_run" (
    "study_id" UUID NOT NULL,
    "phase" TEXT NOT NULL,
    "arm" TEXT NOT NULL,
    "trial" INTEGER NOT NULL,
    "seed" INTEGER NOT NULL,
    "experiment_id" UUID NOT NULL,

    CONSTRAINT "study_run_pkey" PRIMARY KEY ("study_id", "phase", "arm", "trial", "seed")
);

-- CreateIndex
CREATE UNIQUE INDEX "study_plan_sha256_key" ON "study"("plan_sha256");

-- CreateIndex
CREATE INDEX "study_created_at_id_idx" ON "study"("created_at", "id");

-- CreateIndex
CREATE INDEX "study_status_idx" ON "study"("status");

-- CreateIndex
CREATE INDEX "study_sweep_id_idx" ON "study"("sweep_id");

-- CreateIndex
CREATE INDEX "study_run_experiment_id_idx" ON "study_run"("experiment_id");

-- AddForeignKey
ALTER TABLE "study" ADD CONSTRAINT "study_sweep_id_fkey" FOREIGN KEY ("sweep_id") REFERENCES "sweep"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "study_run" ADD CONSTRAINT "study_run_study_id_fkey" FOREIGN KEY ("study_id") REFERENCES "study"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "study_run" ADD CONSTRAINT "study_run_experiment_id_fkey" FOREIGN KEY ("experiment_id") REFERENCES "experiment"("id") ON DELETE CASCADE ON UPDATE CASCADE;
