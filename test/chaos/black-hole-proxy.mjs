import { connect, createServer } from 'node:net';

/**
 * A TCP proxy on 127.0.0.1 that can do what a bad network does: make connections half-open (both ends believe in them, nothing
 * comes through), or be away altogether.
 * @param {() => number} upstreamPort where to connect to; asked for each connection, since a restarted server may have moved
 */
export async function startBlackHoleProxy(upstreamPort) {
  const pairs = new Set();
  let away = false;
  let refuse = false;
  const server = createServer((client) => {
    if (away && refuse) return void client.destroy();
    const upstream = away ? null : connect({ port: upstreamPort(), host: '127.0.0.1' });
    const pair = { client, upstream, silent: away };
    pairs.add(pair);
    const end = () => {
      pairs.delete(pair);
      client.destroy();
      // A half-open connection ends on one side only: the other one keeps what it holds, as over a dead line.
      if (!pair.silent) upstream?.destroy();
    };
    client.on('error', end).on('close', end);
    upstream?.on('error', end).on('close', () => (pair.silent ? undefined : end()));
    client.on('data', (data) => (pair.silent ? undefined : upstream?.write(data)));
    upstream?.on('data', (data) => (pair.silent ? undefined : client.write(data)));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: server.address().port,
    get connections() {
      return pairs.size;
    },
    /** Every connection of now goes silent for good; new ones work. @returns how many */
    blackHole: () => {
      for (const pair of pairs) pair.silent = true;
      return pairs.size;
    },
    /**
     * From now on nothing comes through and new connections are taken but not answered, until `comeBack`; with `cut` all are closed,
     * as a server that is shut down does it.
     */
    goAway: ({ cut = false } = {}) => {
      away = true;
      refuse = cut;
      for (const pair of pairs) {
        pair.silent = true;
        if (cut) pair.client.destroy();
      }
    },
    /** New connections work again; those from before stay silent. */
    comeBack: () => {
      away = false;
    },
    close: async () => {
      for (const { client, upstream } of pairs) {
        client.destroy();
        upstream?.destroy();
      }
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
