import type { Socket } from 'node:net';

/** A port that an address need not name. */
const defaultPort = /:(80|443)$/;
const loopbackNames = ['localhost', '127.0.0.1', '[::1]'];

/**
 * Whether a client may know this server as `host` (name or name:port, as in a Host header): loopback and the address at
 * which its connection arrived, with the port that it arrived at, or one of `allowed`. Another name leads here only where
 * somebody points one of theirs at this address to make a browser take us for their site (DNS rebinding).
 */
export function isKnownHost(
  host: string,
  { localAddress, localPort }: Pick<Socket, 'localAddress' | 'localPort'>,
  allowed: readonly string[],
): boolean {
  // Through no socket at all (app.inject): the port that is not named.
  const port = localPort ?? 80;
  const names = localAddress === undefined ? loopbackNames : [...loopbackNames, asHost(localAddress)];
  const known = [...names.map((name) => `${name}:${port}`), ...allowed].map(normal);
  return known.includes(normal(host));
}

function normal(host: string): string {
  return host.toLowerCase().replace(defaultPort, '');
}

/** An address as it stands in a URL. */
function asHost(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/, '');
  return plain.includes(':') ? `[${plain}]` : plain;
}
