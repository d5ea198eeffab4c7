-- CreateTable
CREATE TABLE "evaluation_view" (
    "experiment_id" UUID NOT NULL,
    "step" INTEGER NOT NULL,
    "attempt" INTEGER NOT NULL,
    "norms" JSONB NOT NULL,
    "detail" JSON,
    "embeddings" BYTEA,
    "rows" INTEGER NOT NULL,
    "dim" INTEGER NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "evaluation_view_pkey" PRIMARY KEY ("experiment_id","step")
);

-- CreateTable
CREATE TABLE "thumbnail" (
    "sha256" TEXT NOT NULL,
    "webp" BYTEA NOT NULL,

    CONSTRAINT "thumbnail_pkey" PRIMARY KEY ("sha256")
);

-- CreateIndex
CREATE INDEX "experiment_updated_at_idx" ON "experiment"("updated_at");

-- AddForeignKey
ALTER TABLE "evaluation_view" ADD CONSTRAINT "evaluation_view_experiment_id_fkey" FOREIGN KEY ("experiment_id") REFERENCES "experiment"("id") ON DELETE CASCADE ON UPDATE CASCADE;
