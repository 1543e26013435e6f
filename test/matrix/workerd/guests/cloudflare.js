/** What only a Worker can do. */
import { connect as connectTcp } from 'cloudflare:sockets';
import { connect, startTls, TrustStore, verifyChain } from 'pagetls';
import { createFetch } from 'pagetls/fetch';

/** @typedef {{port: number, servername: string, roots: string, now: string}} Server */

/** @param {{roots: string, now: string}} given */
const trusting = async ({ roots, now }) => ({ trust: await TrustStore.from(roots), now: new Date(now) });

/** TLS over a socket of the runtime. @param {Server & {text: string}} given */
export async function overItsSocket({ port, text, servername, ...given }) {
  const streams = connectTcp({ hostname: '127.0.0.1', port }, { allowHalfOpen: true, secureTransport: 'off' });
  const socket = startTls(streams, { servername, ...(await trusting(given)) });
  await socket.write(text);
  const answer = new TextDecoder().decode((await socket.read()) ?? undefined);
  await socket.close();
  return answer;
}

/** @type {ReturnType<typeof createFetch> | undefined} */
let kept;

/** A fetch() that the module keeps: the connection of one request is there in the next. @param {{url: string, servername: string, roots: string, now: string}} given */
export async function keptFetch({ url, servername, ...given }) {
  kept ??= createFetch({ servername, ...(await trusting(given)) });
  return (await kept(url)).text();
}

/** @type {Promise<TrustStore> | undefined} */
let store;

/** A store that the module keeps. @param {{chain: string, roots: string, hostname: string, now: string}} given */
export async function keptStore({ chain, roots, hostname, now }) {
  store ??= TrustStore.from(roots);
  return (await verifyChain(chain, { trust: await store, hostname, now: new Date(now) })).ok;
}

/** With the list of public suffixes. @param {{chain: string, hostname: string, now: string}} given */
export async function suffixes({ chain, hostname, now }) {
  const trust = await TrustStore.mozilla();
  const { problems } = await verifyChain(chain, { trust, hostname, now: new Date(now), publicSuffixes: true });
  return problems.map(({ code }) => code);
}

/** Cannot choose where a connection comes from. @param {{port: number}} given */
export async function localPort({ port }) {
  const { tcp } = await import('pagetls/transports/tcp');
  await connect({ hostname: '127.0.0.1', port }, { transport: tcp({ localPort: 1234 }) }).opened;
}

/** The time of the runtime stands still without I/O. @param {Server} given */
export async function timesOut({ port, servername, ...given }) {
  await connect({ hostname: '127.0.0.1', port }, { servername, timeout: 200, ...(await trusting(given)) }).opened;
}

export const features = () => ({
  process: typeof process,
  weak: typeof FinalizationRegistry === 'function',
});
