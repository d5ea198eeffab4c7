-- What decides a run's numbers beside its config, and what a run takes along when its release changes.

-- CreateTable
CREATE TABLE "artifact" (
    "sha256" TEXT NOT NULL,
    "bytes" INTEGER NOT NULL,
    "data" BYTEA NOT NULL,
    "stored_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "artifact_pkey" PRIMARY KEY ("sha256")
);

-- AlterTable
ALTER TABLE "experiment" ADD COLUMN "provenance" JSONB,
ADD COLUMN "graph_sha256" TEXT,
ADD COLUMN "manifest_sha256" TEXT,
ADD COLUMN "interruptions" INTEGER NOT NULL DEFAULT 0;

-- AlterTable
ALTER TABLE "attempt" ADD COLUMN "error_code" TEXT;

-- AlterTable
ALTER TABLE "checkpoint" ADD COLUMN "facts" JSONB;

-- CreateTable
CREATE TABLE "verification" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "experiment_id" UUID NOT NULL,
    "stretch" TEXT NOT NULL,
    "worker" TEXT,
    "report" JSONB,
    "requested_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "claimed_until" TIMESTAMPTZ(3),
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "verification_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "verification_experiment_id_requested_at_idx" ON "verification"("experiment_id", "requested_at");

-- CreateIndex
CREATE INDEX "verification_finished_at_idx" ON "verification"("finished_at");

-- CreateIndex
CREATE INDEX "experiment_graph_sha256_idx" ON "experiment"("graph_sha256");

-- CreateIndex
CREATE INDEX "experiment_manifest_sha256_idx" ON "experiment"("manifest_sha256");

-- AddForeignKey
ALTER TABLE "experiment" ADD CONSTRAINT "experiment_graph_sha256_fkey" FOREIGN KEY ("graph_sha256") REFERENCES "artifact"("sha256") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "experiment" ADD CONSTRAINT "experiment_manifest_sha256_fkey" FOREIGN KEY ("manifest_sha256") REFERENCES "artifact"("sha256") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "verification" ADD CONSTRAINT "verification_experiment_id_fkey" FOREIGN KEY ("experiment_id") REFERENCES "experiment"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Runs of one config, whatever their length: what a longer run may go on from, and earlier results of the same config. Prisma has
-- no word for an index on an expression.
CREATE INDEX "experiment_settings_idx" ON "experiment" (md5((config - '{steps,name,tags,priority,device,preset_policy}'::text[])::text));
