/** TCP in Cloudflare Workers. */
import { connect } from 'cloudflare:sockets';
import { messageOf } from '../bytes.js';
import { TLSError } from '../errors.js';
import { streamsOfAny } from './any-streams.js';

/** @typedef {import('./transport.js').Address} Address */

/**
 * @param {Address} address
 * @param {import('./tcp.js').Local} local
 * @param {AbortSignal} signal
 * @returns {Promise<import('./transport.js').TransportStreams>}
 */
export async function openTcp({ hostname, port }, local, signal) {
  const given = Object.entries(local).find(([, value]) => value !== undefined);
  if (given) {
    throw new TLSError('ERR_TLS_INVALID_OPTION', `Cloudflare Workers cannot choose ${given[0]} of tcp().`);
  }
  const socket = connect(
    { hostname: hostname.includes(':') ? `[${hostname}]` : hostname, port },
    { secureTransport: 'off', allowHalfOpen: true },
  );
  const abort = () => void socket.close().catch(() => {});
  signal.addEventListener('abort', abort);
  try {
    const streams = await streamsOfAny(socket, 'tcp()')();
    signal.throwIfAborted();
    return streams;
  } catch (cause) {
    abort();
    signal.throwIfAborted();
    throw new TLSError('ERR_TLS_TRANSPORT', `TCP connection to ${hostname} port ${port} failed: ${messageOf(cause)}`, {
      cause,
    });
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
