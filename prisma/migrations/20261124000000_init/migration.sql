-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateEnum
CREATE TYPE "experiment_status" AS ENUM ('queued', 'running', 'paused', 'succeeded', 'failed', 'cancelled');

-- CreateEnum
CREATE TYPE "stop_request" AS ENUM ('cancel', 'pause');

-- CreateEnum
CREATE TYPE "checkpoint_kind" AS ENUM ('latest', 'best', 'final');

-- CreateEnum
CREATE TYPE "log_level" AS ENUM ('info', 'warn', 'error');

-- CreateTable
CREATE TABLE "experiment" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "status" "experiment_status" NOT NULL DEFAULT 'queued',
    "status_reason" TEXT,
    "config" JSONB NOT NULL,
    "sources" JSONB NOT NULL,
    "identity" TEXT NOT NULL,
    "dedup_identity" TEXT,
    "name" TEXT,
    "tags" TEXT[],
    "priority" INTEGER NOT NULL DEFAULT 0,
    "dataset" TEXT NOT NULL,
    "loss" TEXT NOT NULL,
    "device" TEXT NOT NULL,
    "sweep_id" UUID,
    "attempt" INTEGER NOT NULL DEFAULT 0,
    "failures" INTEGER NOT NULL DEFAULT 0,
    "steps_done" INTEGER NOT NULL DEFAULT 0,
    "total_updates" INTEGER,
    "lease_owner" TEXT,
    "lease_expires_at" TIMESTAMPTZ(3),
    "stop_requested" "stop_request",
    "retry_at" TIMESTAMPTZ(3),
    "result" JSONB,
    "error" JSONB,
    "environment" JSONB,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "queued_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "started_at" TIMESTAMPTZ(3),
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "experiment_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "attempt" (
    "experiment_id" UUID NOT NULL,
    "number" INTEGER NOT NULL,
    "worker" TEXT NOT NULL,
    "device" TEXT,
    "started_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "ended_at" TIMESTAMPTZ(3),
    "outcome" TEXT,
    "reason" TEXT,
    "resumed_from_step" INTEGER,
    "environment" JSONB,

    CONSTRAINT "attempt_pkey" PRIMARY KEY ("experiment_id","number")
);

-- CreateTable
CREATE TABLE "metric" (
    "experiment_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "step" INTEGER NOT NULL,
    "value" DOUBLE PRECISION NOT NULL,
    "attempt" INTEGER NOT NULL,
    "seq" BIGSERIAL NOT NULL,

    CONSTRAINT "metric_pkey" PRIMARY KEY ("experiment_id","name","step")
);

-- CreateTable
CREATE TABLE "checkpoint" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "experiment_id" UUID NOT NULL,
    "attempt" INTEGER NOT NULL,
    "step" INTEGER NOT NULL,
    "kind" "checkpoint_kind" NOT NULL,
    "bytes" BIGINT NOT NULL,
    "sha256" TEXT NOT NULL,
    "weights_sha256" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "published_at" TIMESTAMPTZ(3),

    CONSTRAINT "checkpoint_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "checkpoint_chunk" (
    "checkpoint_id" UUID NOT NULL,
    "position" INTEGER NOT NULL,
    "data" BYTEA NOT NULL,

    CONSTRAINT "checkpoint_chunk_pkey" PRIMARY KEY ("checkpoint_id","position")
);

-- CreateTable
CREATE TABLE "log_line" (
    "id" BIGSERIAL NOT NULL,
    "experiment_id" UUID NOT NULL,
    "attempt" INTEGER NOT NULL,
    "level" "log_level" NOT NULL,
    "message" TEXT NOT NULL,
    "logged_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "log_line_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "sweep" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "name" TEXT,
    "request" JSON NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "cancelled_at" TIMESTAMPTZ(3),

    CONSTRAINT "sweep_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "sweep_member" (
    "sweep_id" UUID NOT NULL,
    "position" INTEGER NOT NULL,
    "experiment_id" UUID NOT NULL,

    CONSTRAINT "sweep_member_pkey" PRIMARY KEY ("sweep_id","position")
);

-- CreateTable
CREATE TABLE "worker" (
    "name" TEXT NOT NULL,
    "devices" TEXT[],
    "host" TEXT NOT NULL,
    "pid" INTEGER NOT NULL,
    "version" TEXT NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "heartbeat_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "stopped_at" TIMESTAMPTZ(3),

    CONSTRAINT "worker_pkey" PRIMARY KEY ("name")
);

-- CreateTable
CREATE TABLE "outbox" (
    "id" BIGSERIAL NOT NULL,
    "experiment_id" UUID NOT NULL,
    "available_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "outbox_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "experiment_dedup_identity_key" ON "experiment"("dedup_identity");

-- CreateIndex
CREATE INDEX "experiment_created_at_id_idx" ON "experiment"("created_at", "id");

-- CreateIndex
CREATE INDEX "experiment_status_lease_expires_at_idx" ON "experiment"("status", "lease_expires_at");

-- CreateIndex
CREATE INDEX "experiment_identity_idx" ON "experiment"("identity");

-- CreateIndex
CREATE INDEX "experiment_sweep_id_idx" ON "experiment"("sweep_id");

-- CreateIndex
CREATE INDEX "metric_experiment_id_seq_idx" ON "metric"("experiment_id", "seq");

-- CreateIndex
CREATE INDEX "checkpoint_experiment_id_kind_step_idx" ON "checkpoint"("experiment_id", "kind", "step");

-- CreateIndex
CREATE INDEX "log_line_experiment_id_id_idx" ON "log_line"("experiment_id", "id");

-- CreateIndex
CREATE INDEX "sweep_created_at_id_idx" ON "sweep"("created_at", "id");

-- CreateIndex
CREATE INDEX "sweep_member_experiment_id_idx" ON "sweep_member"("experiment_id");

-- CreateIndex
CREATE INDEX "outbox_available_at_id_idx" ON "outbox"("available_at", "id");

-- CreateIndex
CREATE INDEX "outbox_experiment_id_idx" ON "outbox"("experiment_id");

-- AddForeignKey
ALTER TABLE "experiment" ADD CONSTRAINT "experiment_sweep_id_fkey" FOREIGN KEY ("sweep_id") REFERENCES "sweep"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "attempt" ADD CONSTRAINT "attempt_experiment_id_fkey" FOREIGN KEY ("experiment_id") REFERENCES "experiment"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "metric" ADD CONSTRAINT "metric_experiment_id_fkey" FOREIGN KEY ("experiment_id") REFERENCES "experiment"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "checkpoint" ADD CONSTRAINT "checkpoint_experiment_id_fkey" FOREIGN KEY ("experiment_id") REFERENCES "experiment"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "checkpoint_chunk" ADD CONSTRAINT "checkpoint_chunk_checkpoint_id_fkey" FOREIGN KEY ("checkpoint_id") REFERENCES "checkpoint"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "log_line" ADD CONSTRAINT "log_line_experiment_id_fkey" FOREIGN KEY ("experiment_id") REFERENCES "experiment"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "sweep_member" ADD CONSTRAINT "sweep_member_sweep_id_fkey" FOREIGN KEY ("sweep_id") REFERENCES "sweep"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "sweep_member" ADD CONSTRAINT "sweep_member_experiment_id_fkey" FOREIGN KEY ("experiment_id") REFERENCES "experiment"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "outbox" ADD CONSTRAINT "outbox_experiment_id_fkey" FOREIGN KEY ("experiment_id") REFERENCES "experiment"("id") ON DELETE CASCADE ON UPDATE CASCADE;


