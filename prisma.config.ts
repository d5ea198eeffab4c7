import { defineConfig } from 'prisma/config';

// Only for authoring a migration (see docs/run-states.md); the product applies prisma/migrations by itself.
export default defineConfig({
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations' },
  datasource: { url: process.env['DATABASE_URL'] ?? '' },
});
