/** Connections, in the runtime that runs this: `guests/run.js` says how. */
import { connect, TrustStore, websockify } from 'pagetls';
import { Checksum, pattern } from './pattern.js';

/** @typedef {import('pagetls').ConnectOptions} ConnectOptions */
/** @typedef {import('pagetls').TLSSocket} TLSSocket */
/** @typedef {{port: number, host?: string, servername: string, roots?: string, now?: string, options?: ConnectOptions}} Server */

const BLOCK_BYTES = 100_000;

/** @param {Server} server @param {ConnectOptions} [more] */
export async function open({ port, host, servername, roots, now, options }, more) {
  const trust = roots === undefined ? undefined : await TrustStore.from(roots);
  const base = { servername, trust, now: now === undefined ? now : new Date(now), timeout: 20_000 };
  return connect({ hostname: host ?? '127.0.0.1', port }, { ...base, ...options, ...more });
}

/** @param {TLSSocket} socket @param {number} length */
async function writePattern(socket, length) {
  for (let at = 0; at < length; at += BLOCK_BYTES) {
    await socket.write(pattern(at, Math.min(BLOCK_BYTES, length - at)));
  }
}

/** Compares bytes with pattern(), and returns where they end. @param {Uint8Array} bytes @param {number} at */
export function compare(bytes, at) {
  const expected = pattern(at, bytes.length);
  for (let i = 0; i < bytes.length; i++) {
    if (bytes[i] !== expected[i]) throw new Error(`byte ${at + i} is wrong`);
  }
  return at + bytes.length;
}

/** Compares what comes with pattern(), byte for byte. @param {TLSSocket} socket @returns {Promise<number>} its length */
async function readPattern(socket) {
  let at = 0;
  for (let bytes = await socket.read(); bytes !== null; bytes = await socket.read()) {
    at = compare(bytes, at);
  }
  return at;
}

/** @param {TLSSocket} socket */
async function readLine(socket) {
  let text = '';
  for (;;) {
    const bytes = await socket.read();
    if (bytes === null) throw new Error(`end after ${JSON.stringify(text)}`);
    text += new TextDecoder().decode(bytes);
    if (text.endsWith('\n')) return text.trimEnd();
  }
}

/** @param {Promise<unknown>} promise @returns {Promise<any>} */
export const failureOf = (promise) =>
  promise.then(
    () => 'nothing failed',
    (error) => ({
      name: error.name,
      code: error.code,
      message: error.message,
      hint: error.hint,
      problems: error.verification?.problems.map((/** @type {{code: string}} */ problem) => problem.code),
    }),
  );

/** Sends `bytes` bytes to a server of test/helpers/transfer-server.js, and then receives as many. @param {Server & {bytes: number}} server */
export async function transfer({ bytes, ...server }) {
  const socket = await open(server);
  const { protocol, remoteAddress, localAddress } = await socket.opened;
  await socket.write(`${JSON.stringify({ up: bytes, down: bytes })}\n`);
  const sum = new Checksum();
  for (let at = 0; at < bytes; at += BLOCK_BYTES) sum.update(pattern(at, Math.min(BLOCK_BYTES, bytes - at)));
  await writePattern(socket, bytes);
  // The line ends where the pattern begins, perhaps in the same record.
  const line = `${sum}\n`;
  let head = '';
  let at = 0;
  for (let chunk = await socket.read(); chunk !== null; chunk = await socket.read()) {
    const missing = Math.min(line.length - head.length, chunk.length);
    head += new TextDecoder().decode(chunk.subarray(0, missing));
    const rest = chunk.subarray(missing);
    at = compare(rest, at);
  }
  await socket.closed;
  return { protocol, remoteAddress, localAddress, received: at, sent: head === line };
}

/** Ends writing, and reads what the server answers to that. @param {Server & {bytes: number}} server */
export async function endFirst({ bytes, ...server }) {
  const socket = await open(server);
  await writePattern(socket, bytes);
  const writer = socket.writable.getWriter();
  await writer.close();
  const received = await readPattern(socket);
  await socket.closed;
  return received;
}

/** Goes on writing after the server's end. @param {Server & {bytes: number}} server */
export async function endLast({ bytes, ...server }) {
  const socket = await open(server, { allowHalfOpen: true });
  const received = await readPattern(socket);
  await writePattern(socket, bytes);
  await socket.close();
  await socket.closed;
  return received;
}

/** @typedef {Server & {bridge: string, origin: string, bytes: number}} WithOrigin */

/** @param {WithOrigin} given */
const originOptions = ({ bridge, origin, ...server }) => ({
  ...server,
  options: { transport: websockify(bridge, { origin }) },
});

export const transferWithOrigin = (/** @type {WithOrigin} */ given) => transfer(originOptions(given));
export const rejectedWithOrigin = (/** @type {WithOrigin} */ given) => rejected(originOptions(given));

/** @param {Server} server */
export async function rejected(server) {
  const socket = await open(server);
  const failure = await failureOf(socket.opened);
  await failureOf(socket.closed);
  return failure;
}

/** Reads nothing until `quiet` milliseconds have passed, then everything. @param {Server & {quiet: number}} server */
export async function slowReader({ quiet, ...server }) {
  const socket = await open(server);
  await socket.opened;
  await new Promise((resolve) => setTimeout(resolve, quiet));
  console.log('reading');
  return readPattern(socket);
}

/** Writes until nothing is accepted for `quiet` milliseconds. @param {Server & {quiet: number}} server */
export async function slowServer({ quiet, ...server }) {
  const controller = new AbortController();
  const socket = await open(server, { signal: controller.signal });
  await socket.opened;
  let written = 0;
  let before = -1;
  const block = new Uint8Array(BLOCK_BYTES);
  const writing = (async () => {
    for (;;) {
      await socket.write(block);
      written += block.length;
    }
  })().catch(() => {});
  while (before !== written) {
    before = written;
    await new Promise((resolve) => setTimeout(resolve, quiet));
  }
  controller.abort();
  await writing;
  await failureOf(socket.closed);
  return written;
}

/**
 * Sends more than the server of test/tls/early_answer_server.py reads, and reads its answer.
 * @param {Server & {head: string, bytes: number}} given
 */
export async function uploads({ head, bytes, ...server }) {
  const socket = await open(server);
  await socket.write(head);
  const block = new Uint8Array(BLOCK_BYTES);
  const writing = (async () => {
    for (let sent = 0; sent < bytes; sent += block.length) await socket.write(block);
  })();
  const failed = failureOf(writing);
  let received = 0;
  const end = await failureOf(
    (async () => {
      for (let part = await socket.read(); part !== null; part = await socket.read()) received += part.length;
    })(),
  );
  const { code } = await failed;
  await failureOf(socket.closed);
  return { received, end: end.code ?? end, written: code === undefined };
}

/** Is stopped while it opens. @param {Server} server that accepts and says nothing */
export async function aborted(server) {
  const controller = new AbortController();
  const socket = await open(server, { signal: controller.signal });
  setTimeout(() => controller.abort(), 100);
  return failureOf(socket.opened);
}

/** Many at once. @param {Server & {count: number}} server that echoes */
export async function many({ count, ...server }) {
  const answers = await Promise.all(
    Array.from({ length: count }, async (_, i) => {
      const socket = await open(server);
      await socket.write(`connection ${i}\n`);
      const answer = await readLine(socket);
      await socket.close();
      return answer;
    }),
  );
  return answers.every((answer, i) => answer === `connection ${i}`);
}

/** Several transfers at once. @param {Server & {sizes: number[], ciphers: string[]}} server */
export async function transfers({ sizes, ciphers, ...server }) {
  const found = await Promise.all(
    sizes.map((bytes, i) => transfer({ ...server, bytes, options: { ciphers: [ciphers[i % ciphers.length]] } })),
  );
  return found.map(({ received, sent }) => ({ received, sent }));
}
