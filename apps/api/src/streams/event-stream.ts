import type { FastifyReply, FastifyRequest } from 'fastify';

/** ms between two looks at whether the client may still read. */
const lookEveryMs = 1_000;

/**
 * Sends a stream of events (text/event-stream) until it ends or the client goes. Errors break it off: the client goes on
 * with Last-Event-ID. It ends where the client's key was revoked meanwhile.
 * @param first what was already taken from `events`
 */
export async function sendEventStream(
  request: FastifyRequest,
  reply: FastifyReply,
  events: AsyncGenerator<string, void, undefined>,
  first: IteratorResult<string, void>,
): Promise<void> {
  reply.hijack();
  reply.raw.writeHead(200, {
    'content-type': 'text/event-stream',
    'cache-control': 'no-store',
    connection: 'keep-alive',
    'x-accel-buffering': 'no',
  });
  let gone = false;
  let lookedMs = performance.now();
  reply.raw.on('close', () => {
    gone = true;
  });
  try {
    for (let item = first; !item.done && !gone; item = await events.next()) {
      if (performance.now() - lookedMs > lookEveryMs) {
        if (!(await request.server.mayStillRead(request))) break;
        lookedMs = performance.now();
      }
      if (reply.raw.write(item.value)) continue;
      await new Promise((resolve) => reply.raw.once('drain', resolve).once('close', resolve));
    }
  } catch (error) {
    request.log.warn({ err: error }, 'an event stream broke off');
  } finally {
    await events.return(undefined);
    reply.raw.end();
  }
}
