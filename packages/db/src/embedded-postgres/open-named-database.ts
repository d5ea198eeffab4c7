import { startEmbeddedPostgres } from './start-embedded-postgres.ts';

/**
 * The database that an address names, or else the embedded one of a state folder, which is started for this if it does not run.
 * @returns its address, and what gives it back
 */
export async function openNamedDatabase(
  address: string | undefined,
  stateFolder: string,
): Promise<[url: string, release: () => Promise<void>]> {
  if (address !== undefined) return [address, async () => undefined];
  const server = await startEmbeddedPostgres({ stateFolder });
  return [server.url, server.adopted ? async () => undefined : server.stop];
}
