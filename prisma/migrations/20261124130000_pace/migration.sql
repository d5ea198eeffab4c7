-- When the present attempt began to train, and from which update: the pace from which a client tells when it will be done.
ALTER TABLE "experiment" ADD COLUMN "pace_since" TIMESTAMPTZ(3), ADD COLUMN "pace_from_step" INTEGER;
