/**
 * Records a handshake with a real server, and replays it without server, network or event loop: with the same random
 * numbers, the client sends the same bytes, so the recorded answers fit.
 */
import { once } from 'node:events';
import { connect } from 'node:net';
import { HOST } from './chain.js';
import { generator } from './statistics.js';

/** @typedef {import('./server.js').Server} Server */
/** @typedef {import('./stock.js').Package} Package */
/** @typedef {import('../../dist/engine.js').Engine} Engine */

/**
 * Runs `act` with a reproducible crypto.getRandomValues().
 * @template T
 * @param {number} seed
 * @param {() => T} act
 * @returns {T}
 */
function withSeed(seed, act) {
  const random = generator(seed);
  const fill = (/** @type {Uint8Array} */ bytes) => {
    for (let i = 0; i < bytes.length; i++) bytes[i] = random() * 256;
    return bytes;
  };
  Object.defineProperty(globalThis.crypto, 'getRandomValues', { value: fill, configurable: true });
  try {
    return act();
  } finally {
    Reflect.deleteProperty(globalThis.crypto, 'getRandomValues');
  }
}

/**
 * @typedef {object} Replay
 * @property {() => {'cpu ms': number, ms: number, 'ms in wasm': number}} run replays the handshake once; 'ms in wasm' is
 *   the time in Engine.pump(), where Mbed TLS runs and the chain is verified
 */

/**
 * Like connect(), every handshake creates a new engine and ends by reading its report.
 * @param {Package} from
 * @param {Server} server
 * @param {number} seed
 * @returns {Promise<Replay>}
 */
export async function record({ index, engine: { Engine, NET_IN, NET_OUT }, wasm }, { port, roots }, seed) {
  const core = await wasm.loadCore();
  const trust = await index.TrustStore.from(roots);
  const now = new Date();
  /** @type {import('../../dist/engine.js').EngineOptions} */
  const options = { hostname: HOST, servername: HOST, trust, now, minVersion: 'TLSv1.3' };

  const socket = connect({ host: '127.0.0.1', port });
  await once(socket, 'connect');
  /** @type {Uint8Array[]} */
  const answers = [];
  // Only the random numbers for the ClientHello affect the bytes that are sent, so only they need the seed.
  const first = withSeed(seed, () => {
    const engine = new Engine(core, options);
    engine.pump();
    return engine;
  });
  socket.write(first.take(NET_OUT) ?? '');
  while (!first.handshakeDone && !first.failed) {
    const [bytes] = await once(socket, 'data');
    answers.push(bytes);
    first.put(NET_IN, bytes, 0);
    first.pump();
  }
  if (first.failed) throw first.error();
  first.free();
  socket.destroy();
  const answer = Buffer.concat(answers);

  return {
    run() {
      return withSeed(seed, () => {
        let inWasm = 0;
        const cpu = process.cpuUsage();
        const start = performance.now();
        const engine = new Engine(core, options);
        const pump = () => {
          const before = performance.now();
          engine.pump();
          inWasm += performance.now() - before;
        };
        pump();
        engine.take(NET_OUT);
        engine.put(NET_IN, answer, 0);
        pump();
        engine.take(NET_OUT);
        const { cipher } = engine.report;
        const { handshakeDone } = engine;
        engine.free();
        const ms = performance.now() - start;
        const { user, system } = process.cpuUsage(cpu);
        if (!handshakeDone || cipher === null) throw new Error('The recorded handshake could not be replayed.');
        return { 'cpu ms': (user + system) / 1000, ms, 'ms in wasm': inWasm };
      });
    },
  };
}
