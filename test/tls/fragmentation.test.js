/**
 * Records a live session, then replays it to the engine in every fragmentation: the result must be the same.
 *
 * The client is deterministic (seeded random numbers and a stopped clock: TLS 1.2's ClientHello.random begins with the
 * time), so that the recorded server data stays valid.
 */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { connect as connectTcp } from 'node:net';
import { once } from 'node:events';
import { APP_IN, APP_OUT, Engine, NET_IN, NET_OUT } from '../../dist/engine.js';
import { TrustStore } from '../../dist/index.js';
import { loadCore } from '../../dist/wasm.js';
import { pki } from '../helpers/pki.js';
import { startNodeTls } from '../helpers/servers.js';
import { endWith } from '../helpers/transfer.js';

/** @typedef {import('../../dist/engine.js').ProtocolVersion} ProtocolVersion */
/** @typedef {{request: Uint8Array, reply: Uint8Array, peerClosed: boolean}} Outcome */

const PING = new TextEncoder().encode('ping');
const PONG = new TextEncoder().encode('pong, and then some more');

/** One chain with short messages, and one whose Certificate message spans several records. */
const [short, long] = await Promise.all(
  ['good-rsa2048', 'long-chain'].map(async (id) => {
    const certificates = pki(id);
    return { certificates, trust: await TrustStore.from(certificates.roots) };
  }),
);
/** @typedef {typeof short} Subject */

const core = await loadCore();
const realRandom = crypto.getRandomValues;
const realNow = Date.now;

/** Stops the clock and reseeds the random numbers (xorshift32). @param {number} now */
function resetHost(now) {
  Date.now = () => now;
  let state = 0x2545f491;
  crypto.getRandomValues = (array) => {
    const bytes = /** @type {Uint8Array} */ (/** @type {unknown} */ (array));
    for (let i = 0; i < bytes.length; i++) {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      bytes[i] = state;
    }
    return array;
  };
}

after(() => {
  crypto.getRandomValues = realRandom;
  Date.now = realNow;
});

/** @param {Subject} subject @param {ProtocolVersion} version */
function newEngine({ certificates, trust }, version) {
  resetHost(Date.parse(certificates.clock));
  return new Engine(core, {
    hostname: certificates.hostname,
    servername: certificates.hostname,
    now: new Date(certificates.clock),
    minVersion: version,
    maxVersion: version,
    trust,
  });
}

/** A client that is fed chunks, sends PING after the handshake, and collects what it sends and reads. */
class Client {
  /** @type {Uint8Array[]} */
  sent = [];
  /** @type {Uint8Array[]} */
  read = [];
  #asked = false;

  /** @param {Subject} subject @param {ProtocolVersion} version */
  constructor(subject, version) {
    this.engine = newEngine(subject, version);
    this.step();
  }

  step() {
    this.engine.pump();
    if (this.engine.handshakeDone && !this.#asked && !this.engine.failed) {
      this.#asked = true;
      this.engine.put(APP_OUT, PING, 0);
      this.engine.pump();
    }
    for (let bytes = this.engine.take(NET_OUT); bytes; bytes = this.engine.take(NET_OUT)) {
      this.sent.push(bytes);
    }
    for (let bytes = this.engine.take(APP_IN); bytes; bytes = this.engine.take(APP_IN)) {
      this.read.push(bytes);
    }
  }

  /** @param {Uint8Array} chunk */
  feed(chunk) {
    for (let at = 0; at < chunk.length;) {
      at += this.engine.put(NET_IN, chunk, at);
      this.step();
      if (this.engine.failed) {
        throw this.engine.error();
      }
    }
  }

  /** @returns {Outcome} */
  end() {
    const outcome = { request: concat(this.sent), reply: concat(this.read), peerClosed: this.engine.peerClosed };
    this.engine.free();
    return outcome;
  }
}

/** @param {Uint8Array[]} parts */
function concat(parts) {
  return new Uint8Array(Buffer.concat(parts));
}

/**
 * @param {Subject} subject
 * @param {ProtocolVersion} version
 * @returns {Promise<{chunks: Uint8Array[], outcome: Outcome}>} the server's data in chunks
 */
async function record(subject, version) {
  const server = await startNodeTls(subject.certificates, {}, (socket) => {
    socket.once('data', () => endWith(socket, PONG));
  });
  const tcp = connectTcp(server.port, '127.0.0.1');
  await once(tcp, 'connect');
  const client = new Client(subject, version);
  /** @type {Uint8Array[]} */
  const received = [];
  let forwarded = 0;
  const forward = () => {
    for (; forwarded < client.sent.length; forwarded++) {
      tcp.write(client.sent[forwarded]);
    }
  };
  forward();
  tcp.on('data', (chunk) => {
    received.push(new Uint8Array(chunk));
    client.feed(chunk);
    forward();
  });
  await once(tcp, 'end');
  tcp.destroy();
  await server.close();
  return { chunks: received, outcome: client.end() };
}

/**
 * @param {Subject} subject
 * @param {ProtocolVersion} version
 * @param {Iterable<Uint8Array>} chunks
 */
function replay(subject, version, chunks) {
  const client = new Client(subject, version);
  for (const chunk of chunks) {
    client.feed(chunk);
  }
  return client.end();
}

/** @param {Uint8Array} bytes @returns {Uint8Array[]} the TLS records in it */
function records(bytes) {
  const list = [];
  for (let at = 0; at < bytes.length;) {
    const length = 5 + ((bytes[at + 3] << 8) | bytes[at + 4]);
    list.push(bytes.subarray(at, at + length));
    at += length;
  }
  return list;
}

for (const version of /** @type {const} */ (['TLSv1.2', 'TLSv1.3'])) {
  describe(`${version}: the result is the same for any fragmentation of the server's data:`, () => {
    /** @type {Uint8Array} */
    let whole;
    /** @type {Outcome} */
    let expected;
    let heap = 0;

    before(async () => {
      const recorded = await record(short, version);
      whole = concat(recorded.chunks);
      expected = recorded.outcome;
      heap = core.heapInUse;
    });

    after(() => assert.equal(core.heapInUse, heap, 'all sessions have freed their memory'));

    test('the recording is a complete session', () => {
      assert.deepEqual(expected.reply, PONG);
      assert.equal(expected.peerClosed, true);
      assert.deepEqual(replay(short, version, [whole]), expected, 'the client is deterministic');
    });

    test('split once, at every byte position', () => {
      for (let cut = 1; cut < whole.length; cut++) {
        assert.deepEqual(
          replay(short, version, [whole.subarray(0, cut), whole.subarray(cut)]),
          expected,
          `split at ${cut}`,
        );
      }
    });

    test('records in every grouping', () => {
      const parts = records(whole);
      assert.ok(parts.length >= 4 && parts.length <= 12, `${parts.length} records`);
      for (let mask = 0; mask < 1 << (parts.length - 1); mask++) {
        /** @type {Uint8Array[][]} */
        const groups = [[]];
        parts.forEach((part, index) => {
          if (index > 0 && (mask >> (index - 1)) & 1) {
            groups.push([]);
          }
          groups[groups.length - 1].push(part);
        });
        assert.deepEqual(replay(short, version, groups.map(concat)), expected, `grouping ${mask.toString(2)}`);
      }
    });

    test('one byte at a time', () => {
      assert.deepEqual(
        replay(
          short,
          version,
          Array.from(whole, (byte) => Uint8Array.of(byte)),
        ),
        expected,
      );
    });

    test('chunks of every length from 2 to 64', () => {
      for (let length = 2; length <= 64; length++) {
        const chunks = [];
        for (let at = 0; at < whole.length; at += length) {
          chunks.push(whole.subarray(at, at + length));
        }
        assert.deepEqual(replay(short, version, chunks), expected, `chunks of ${length}`);
      }
    });

    test('a truncated recording always fails', () => {
      for (let end = 0; end < whole.length; end += 7) {
        const client = new Client(short, version);
        client.feed(whole.subarray(0, end));
        client.engine.eof();
        client.step();
        assert.equal(client.engine.failed, true, `truncated at ${end}`);
        assert.match(client.engine.error().code, /^ERR_TLS_(TRUNCATED|HANDSHAKE_CLOSED)$/);
        assert.equal(client.end().peerClosed, false);
      }
    });
  });

  test(`${version}: reassembles a Certificate message of several records from chunks of any length, and frees its memory`, async () => {
    const heap = core.heapInUse;
    const { chunks, outcome } = await record(long, version);
    const whole = concat(chunks);
    assert.ok(whole.length > 65_535, `${whole.length} bytes`);
    assert.deepEqual(outcome.reply, PONG);
    for (const length of [1, 5, 1000, 16_383, 16_384, 16_385, 65_535, whole.length]) {
      const chunks = [];
      for (let at = 0; at < whole.length; at += length) {
        chunks.push(whole.subarray(at, at + length));
      }
      assert.deepEqual(replay(long, version, chunks), outcome, `chunks of ${length}`);
    }
    for (let end = 0; end < whole.length; end += 997) {
      const client = new Client(long, version);
      client.feed(whole.subarray(0, end));
      client.engine.eof();
      client.step();
      assert.match(client.engine.error().code, /^ERR_TLS_(TRUNCATED|HANDSHAKE_CLOSED)$/, `truncated at ${end}`);
      client.end();
    }
    assert.equal(core.heapInUse, heap);
  });
}
