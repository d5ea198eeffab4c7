import { createServer } from 'node:net';

/** The first port from `first` upwards on which `host` can be bound; 0 asks the system for any. */
export async function freePort(host: string, first: number): Promise<number> {
  for (let port = first; port < first + 100; port++) {
    const bound = await tryPort(host, port);
    if (bound !== null) return bound;
  }
  throw new Error(`no free port from ${first} to ${first + 99}`);
}

function tryPort(host: string, port: number): Promise<number | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(null));
    server.listen(port, host, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : port));
    });
  });
}
