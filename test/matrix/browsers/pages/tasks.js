/** What runs in windows and workers of all kinds: connections through the bridge, compared byte for byte. */
import { connect, TLSError, TrustStore, verifyChain } from '../../../../dist/index.js';
import { Checksum, chunkSizes, pattern } from '../../../fixtures/pattern.js';
import { outcomeOf } from './outcome.js';

/**
 * @typedef {object} Endpoint
 * @property {string} bridge
 * @property {string} target host:port
 * @property {string} hostname
 * @property {string} clock
 * @property {string} roots PEM
 */

/** @typedef {import('../../../../dist/index.js').ConnectOptions} ConnectOptions */

/** @param {Endpoint} endpoint @param {ConnectOptions} [options] */
async function open({ bridge, target, hostname, clock, roots }, options) {
  const trust = await TrustStore.from(roots);
  const socket = connect(target, { bridge, trust, servername: hostname, now: new Date(clock), ...options });
  const info = await socket.opened;
  return { socket, info };
}

/**
 * Sends and receives by the streams, as the server of test/helpers/transfer-server.js has it.
 * @param {Endpoint} endpoint
 * @param {{up: number, down: number}} task bytes
 * @param {ConnectOptions} [options]
 */
export async function transfer(endpoint, { up, down }, options) {
  const { socket, info } = await open(endpoint, options);
  const writer = socket.writable.getWriter();
  await writer.write(new TextEncoder().encode(`${JSON.stringify({ up, down, oneWrite: false })}\n`));
  const sent = new Checksum();
  for (const size of chunkSizes(up)) {
    const bytes = pattern(sent.length, size);
    await writer.write(bytes);
    sent.update(bytes);
  }
  const reader = socket.readable.getReader();
  const received = new Checksum();
  let arrived = '';
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    let bytes = part.value;
    if (!arrived.endsWith('\n')) {
      const end = bytes.indexOf(10) + 1;
      const line = end === 0 ? bytes : bytes.subarray(0, end);
      arrived += new TextDecoder().decode(line);
      bytes = bytes.subarray(line.length);
    }
    received.update(bytes);
  }
  await writer.close();
  await socket.closed;
  return { protocol: info.protocol, sent: String(sent), arrived: arrived.trim(), received: String(received) };
}

/** @param {Endpoint} endpoint @param {ConnectOptions} [options] */
export const outcome = (endpoint, options) => outcomeOf(async () => (await open(endpoint, options)).socket.close());

/** Over the default trust anchors. @param {Endpoint} endpoint */
export const outcomeByDefault = ({ bridge, target, hostname, clock }) =>
  outcomeOf(() => connect(target, { bridge, servername: hostname, now: new Date(clock) }).opened);

/** Mozilla's list, and whether it rejects a chain of its own. @param {string} chain PEM @param {string} clock */
export async function defaultTrust(chain, clock) {
  const { size } = await TrustStore.mozilla();
  const { ok, problems } = await verifyChain(chain, { now: new Date(clock) });
  return { size, ok, codes: problems.map(({ code }) => code) };
}

/** Aborts while the server sends. @param {Endpoint} endpoint */
export async function abortInTheMiddle(endpoint) {
  const controller = new AbortController();
  const { socket } = await open(endpoint, { signal: controller.signal });
  await socket.write(`${JSON.stringify({ up: 0, down: 1e9, oneWrite: false })}\n`);
  await socket.read();
  controller.abort(new TypeError('enough'));
  return outcomeOf(async () => {
    while ((await socket.read()) !== null);
  });
}

/** A certificate that is wrong, and an option that is. @param {Endpoint} endpoint */
export async function errors(endpoint) {
  const wrongHost = await outcome({ ...endpoint, hostname: 'other.test' });
  /** @type {unknown} */
  let thrown;
  try {
    connect(endpoint.target, /** @type {ConnectOptions} */ ({ brigde: endpoint.bridge }));
  } catch (error) {
    thrown = error;
  }
  return { wrongHost, thrown: thrown instanceof TLSError ? thrown.message : String(thrown) };
}

/** Keeps a connection that downloads without end. @param {Endpoint} endpoint @returns {Promise<number>} bytes read */
export async function hold(endpoint) {
  const { socket } = await open(endpoint);
  /** @type {any} */ (globalThis).held = socket;
  await socket.write(`${JSON.stringify({ up: 0, down: 1e9, oneWrite: false })}\n`);
  const bytes = await socket.read();
  return bytes?.length ?? 0;
}

/** What the server answers to one line. @param {Endpoint} endpoint @param {ConnectOptions} options */
export async function answerOf(endpoint, options) {
  const { socket } = await open(endpoint, options);
  await socket.write('hello\n');
  const bytes = await socket.read();
  await socket.close();
  return new TextDecoder().decode(bytes ?? new Uint8Array());
}
