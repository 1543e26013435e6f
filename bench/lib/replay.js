/**
 * A handshake with a real server, recorded, and done again by the same client without server, network or event loop:
 * with the same random numbers it sends the same bytes, so the server's old answers fit.
 */
import { once } from 'node:events';
import { connect } from 'node:net';
import { HOST } from './chain.js';
import { generator } from './statistics.js';

/** @typedef {import('./server.js').Server} Server */
/** @typedef {import('./stock.js').Package} Package */
/** @typedef {import('../../dist/engine.js').Engine} Engine */

/**
 * Runs `act` with random numbers that are the same every time.
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
 * @property {() => {'cpu ms': number, ms: number, 'ms in wasm': number}} run does the handshake once: all of it, and
 *   what of it were calls of the pump, in which Mbed TLS works and the chain is judged
 */

/**
 * Every handshake has a new engine and ends with its report, as connect() does it.
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
  // The random numbers are all drawn at the ClientHello; those later on draw from no seed and change no byte.
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
        if (!handshakeDone || cipher === null) throw new Error('The recorded handshake could not be done again.');
        return { 'cpu ms': (user + system) / 1000, ms, 'ms in wasm': inWasm };
      });
    },
  };
}
