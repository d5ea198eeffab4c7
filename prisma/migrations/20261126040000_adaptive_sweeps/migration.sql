-- Sweeps that go on by themselves (successive halving), or to which a client adds cells.

-- AlterTable
ALTER TABLE "sweep" ADD COLUMN "grows" BOOLEAN NOT NULL DEFAULT false;

-- CreateIndex
CREATE INDEX "sweep_grows_idx" ON "sweep"("grows");
