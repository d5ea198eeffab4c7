-- Keys of people and programs, and who changed what.

-- CreateEnum
CREATE TYPE "access_scope" AS ENUM ('read', 'write', 'admin');

-- CreateTable
CREATE TABLE "access_key" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "scope" "access_scope" NOT NULL,
    "secret_sha256" BYTEA NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_used_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "access_key_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "audit_entry" (
    "id" BIGSERIAL NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "key_id" TEXT,
    "who" TEXT NOT NULL,
    "method" TEXT NOT NULL,
    "address" TEXT NOT NULL,
    "status" INTEGER NOT NULL,
    "request_id" TEXT NOT NULL,

    CONSTRAINT "audit_entry_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "audit_entry_key_id_id_idx" ON "audit_entry"("key_id", "id");
