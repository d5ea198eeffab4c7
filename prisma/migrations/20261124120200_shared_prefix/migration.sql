-- A run that began with what a shorter run of the same config had done. No foreign key: it stays true when that one is deleted.
ALTER TABLE "experiment" ADD COLUMN "prefix_of" UUID, ADD COLUMN "prefix_step" INTEGER, ADD COLUMN "prefix_steps" INTEGER;
