-- Which process holds an attempt, so that its neighbours on the same host see at once when it is dead.
ALTER TABLE "attempt" ADD COLUMN "host" TEXT, ADD COLUMN "process" TEXT;
