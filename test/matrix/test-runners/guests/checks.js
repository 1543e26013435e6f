/** What a test of somebody's project does with the package. `given` has a server and its certificates. */
import { connect, parseCertificate, TrustStore, verifyChain } from 'pagetls';

/** @typedef {{port: number, bridge: string, chain: string, der: string, roots: string, hostname: string, now: string}} Given */
/** @typedef {import('pagetls').ConnectOptions} ConnectOptions */

/** The bytes of Node's realm, of that of the test, and the text, all verified by the same code. @param {Given} given */
export async function verify({ der, chain, roots, hostname, now }) {
  const ofNode = Buffer.from(der, 'base64');
  const own = new Uint8Array(ofNode);
  const found = [];
  for (const input of [ofNode, own, own.buffer, chain]) {
    const trust = await TrustStore.from(roots);
    const { ok } = await verifyChain(input, { trust, hostname, now: new Date(now) });
    found.push(ok && (await parseCertificate(input)).subject.text);
  }
  return found;
}

/** With Mozilla's list, which is a file of the package. @param {Given} given */
export async function verifyByDefault({ chain, hostname, now }) {
  const trust = await TrustStore.mozilla();
  const { problems } = await verifyChain(chain, { trust, hostname, now: new Date(now), publicSuffixes: true });
  return { size: trust.size > 100, problems: problems.map(({ code }) => code) };
}

/** @param {Given} given @param {ConnectOptions} options */
async function open({ port, roots, hostname, now }, options) {
  const trust = await TrustStore.from(roots);
  const base = { servername: hostname, trust, now: new Date(now), timeout: 10_000 };
  return connect({ hostname: '127.0.0.1', port }, { ...base, ...options });
}

/** What a server that echoes answers. @param {Given} given @param {ConnectOptions} [options] */
export async function exchange(given, options = {}) {
  const socket = await open(given, options);
  await socket.write('hello');
  const bytes = await socket.read();
  await socket.close();
  return Buffer.from(bytes ?? []).toString();
}

/** The same with streams. @param {Given} given @param {ConnectOptions} [options] */
export async function exchangeByStreams(given, options = {}) {
  const socket = await open(given, options);
  const writer = socket.writable.getWriter();
  await writer.write(new Uint8Array([104, 105]));
  const { value } = await socket.readable.getReader().read();
  await writer.close();
  await socket.closed;
  return Buffer.from(value ?? []).toString();
}

/** @param {Promise<unknown>} promise */
export const codeOf = (promise) =>
  promise.then(
    () => 'nothing failed',
    (error) => error.verification?.problems[0].code ?? error.code,
  );

/** @param {Given} given @param {ConnectOptions} options */
export async function abort(given, options) {
  const controller = new AbortController();
  const socket = await open(given, { ...options, signal: controller.signal });
  controller.abort();
  return codeOf(socket.opened);
}
