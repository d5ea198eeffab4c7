-- Pieces of checkpoints are kept once, under the SHA-256 of their bytes; a checkpoint lists them. The database itself refuses
-- bytes under another hash, and a piece that a checkpoint lists cannot be deleted (the foreign key has no ON DELETE).
CREATE TABLE "chunk" (
    "sha256" BYTEA NOT NULL,
    "data" BYTEA NOT NULL,
    "stored_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "chunk_pkey" PRIMARY KEY ("sha256"),
    CONSTRAINT "chunk_sha256_check" CHECK ("sha256" = sha256("data"))
);

-- Weights do not get smaller by compression: do not try.
ALTER TABLE "chunk" ALTER COLUMN "data" SET STORAGE EXTERNAL;

ALTER TABLE "checkpoint_chunk" ADD COLUMN "sha256" BYTEA;
INSERT INTO "chunk" ("sha256", "data")
  SELECT DISTINCT ON (sha256("data")) sha256("data"), "data" FROM "checkpoint_chunk" ORDER BY sha256("data");
UPDATE "checkpoint_chunk" SET "sha256" = sha256("data");
ALTER TABLE "checkpoint_chunk" ALTER COLUMN "sha256" SET NOT NULL;
ALTER TABLE "checkpoint_chunk" DROP COLUMN "data";

-- CreateIndex
CREATE INDEX "checkpoint_chunk_sha256_idx" ON "checkpoint_chunk"("sha256");

-- AddForeignKey
ALTER TABLE "checkpoint_chunk" ADD CONSTRAINT "checkpoint_chunk_sha256_fkey" FOREIGN KEY ("sha256") REFERENCES "chunk"("sha256") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AlterTable
ALTER TABLE "checkpoint" ADD COLUMN "pinned" BOOLEAN NOT NULL DEFAULT false;
