/**
 * The inspector's decoder with abnormal recordings: split anywhere, truncated, altered, huge.
 */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { decode } from '../../inspector/src/tls/decode.js';
import { readHandshake } from '../../inspector/src/tls/handshake.js';
import { readText, withServer } from '../helpers/client.js';
import { pki } from '../helpers/pki.js';
import { assertTiled, assertWhole, decodeWhole, record } from '../helpers/recorded.js';
import { startOpenssl } from '../helpers/servers.js';

/** @typedef {import('../../dist/index.js').ConnectOptions} ConnectOptions */
/** @typedef {import('../../inspector/src/types.js').Chunk} Chunk */
/** @typedef {import('../../inspector/src/types.js').Recording} Recording */
/** @typedef {import('../../inspector/src/tls/types.js').Wire} Wire */

const LIMIT = { timeout: 240_000 };
const good = pki('good-p256');

/** Altered copies of each recording, and altered messages in total. */
const ALTERED_RECORDINGS = 1500;
const ALTERED_MESSAGES = 20_000;

/** @param {number} seed @returns {(below: number) => number} reproducible pseudorandom integers */
function seededRandom(seed) {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** @type {Record<string, Recording>} */
const recordings = {};

before(async () => {
  /** @type {Record<string, { args: string[], options: ConnectOptions }>} */
  const kinds = {
    'TLS 1.3': { args: ['-tls1_3'], options: { ALPNProtocols: ['http/1.1'] } },
    'TLS 1.2': { args: ['-tls1_2'], options: { ALPNProtocols: ['http/1.1'] } },
    'TLS 1.3 with a HelloRetryRequest': { args: ['-tls1_3', '-groups', 'P-256'], options: {} },
  };
  for (const [kind, { args, options }] of Object.entries(kinds)) {
    await withServer(startOpenssl(good, { args: [...args, '-alpn', 'http/1.1'] }), async (server) => {
      const talk = async (/** @type {import('../../dist/index.js').TLSSocket} */ socket) => {
        await socket.write('ping\n');
        await readText(socket, '\n');
      };
      const { recording, info } = await record(good, server, { options, talk });
      assert.ok(info);
      recordings[kind] = recording;
    });
  }
});

/** Everything except times, as JSON. @param {Wire} wire */
function withoutTimes(wire) {
  const times = ['from', 'at', 'to', 'certificates'];
  return JSON.stringify(wire, (key, value) => {
    if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
    return times.includes(key) && typeof value === 'number' && !Number.isInteger(value) ? undefined : value;
  });
}

/** Sets fractional times, which differ from integer offsets. @param {Chunk[]} chunks */
const timed = (chunks) => chunks.map((chunk, i) => ({ ...chunk, at: i + 0.5 }));

/** @param {Chunk} chunk @param {number} at @returns {Chunk[]} */
function split(chunk, at) {
  const { bytes } = chunk;
  return [
    { ...chunk, bytes: bytes.subarray(0, at) },
    { ...chunk, bytes: bytes.subarray(at) },
  ];
}

/** Joins consecutive chunks of one direction and splits them elsewhere. @param {Chunk[]} chunks @param {(below: number) => number} random */
function regroup(chunks, random) {
  /** @type {Chunk[]} */
  const joined = [];
  for (const chunk of chunks) {
    const last = joined.at(-1);
    if (last?.direction === chunk.direction) last.bytes = Buffer.concat([last.bytes, chunk.bytes]);
    else joined.push({ ...chunk });
  }
  return joined.flatMap((chunk) => {
    /** @type {Chunk[]} */
    const parts = [];
    let rest = chunk;
    while (rest.bytes.length > 0) {
      const [part, others] = split(rest, 1 + random(random(2) ? 20 : 2000));
      parts.push(part);
      rest = others;
    }
    return parts;
  });
}

describe('a recording', LIMIT, () => {
  test('split at any byte has the same records and messages', async () => {
    for (const kind of ['TLS 1.2', 'TLS 1.3']) {
      const recording = recordings[kind];
      const expected = withoutTimes(await decode({ ...recording, chunks: timed(recording.chunks) }));
      for (const [i, chunk] of recording.chunks.entries()) {
        for (let at = 1; at < chunk.bytes.length; at++) {
          const chunks = timed(recording.chunks.toSpliced(i, 1, ...split(chunk, at)));
          assert.equal(withoutTimes(await decode({ ...recording, chunks })), expected, `${kind}, chunk ${i} at ${at}`);
        }
      }
    }
  });

  test('split at random, or into single bytes, has the same records and messages', async () => {
    const random = seededRandom(1);
    for (const recording of Object.values(recordings)) {
      const expected = withoutTimes(await decode({ ...recording, chunks: timed(recording.chunks) }));
      for (let round = 0; round < 100; round++) {
        const chunks = timed(regroup(recording.chunks, round === 0 ? () => 0 : random));
        assert.equal(withoutTimes(await decode({ ...recording, chunks })), expected);
      }
    }
  });

  test('that is truncated has its complete records, and a remainder that says what is missing', async () => {
    for (const recording of Object.values(recordings)) {
      const whole = await decode(recording);
      const size = recording.chunks.reduce((sum, { bytes }) => sum + bytes.length, 0);
      for (let length = 0; length < size; length += 7) {
        let left = length;
        const chunks = recording.chunks.flatMap((chunk) => {
          const [part] = split(chunk, Math.min(left, chunk.bytes.length));
          left -= part.bytes.length;
          return part.bytes.length > 0 ? [part] : [];
        });
        const wire = await decodeWhole({ ...recording, chunks });
        const names = wire.records.map(({ typeName, offset }) => `${typeName} ${offset}`);
        const expected = whole.records.map(({ typeName, offset }) => `${typeName} ${offset}`);
        assert.deepEqual(names, expected.slice(0, names.length));
        assert.ok(wire.remainders.every(({ kind, reason }) => kind === 'incomplete' && /expected/.test(reason)));
      }
    }
  });
});

describe('malformed input', LIMIT, () => {
  test('in an altered recording raises no exception, and every byte is accounted for', async () => {
    const random = seededRandom(2);
    for (const recording of Object.values(recordings)) {
      for (let round = 0; round < ALTERED_RECORDINGS; round++) {
        const chunks = recording.chunks.map(copy);
        for (let changes = 1 + random(3); changes > 0; changes--) {
          const chunk = chunks[random(chunks.length)];
          chunk.bytes = mutate(chunk.bytes, random);
        }
        if (random(10) === 0) chunks.splice(random(chunks.length), 1);
        if (random(10) === 0) chunks.push(chunks[random(chunks.length)]);
        const keylog =
          random(10) === 0 ? recording.keylog.slice(random(3)).map((line) => line.slice(random(4))) : recording.keylog;
        const changed = { ...recording, chunks, keylog };
        assertWhole(await decode(changed), changed);
      }
    }
  });

  test('in an altered message raises no exception, and unreadable bytes are marked', async () => {
    const random = seededRandom(3);
    const wires = await Promise.all(Object.values(recordings).map((recording) => decode(recording)));
    const messages = wires.flatMap((wire) => wire.messages.filter(({ kind }) => kind === 'handshake'));
    for (let round = 0; round < ALTERED_MESSAGES; round++) {
      const { bytes } = messages[random(messages.length)];
      const changed = mutate(Uint8Array.from(bytes), random);
      if (changed.length === 0) continue; // messages are not empty
      const negotiated = { version: [0x0303, 0x0304, null][random(3)], cipherSuite: [0xc02b, 0x009c, null][random(3)] };
      const { fields } = readHandshake(changed, negotiated);
      assertTiled(fields, changed.length);
    }
  });

  test('in a truncated message is marked, with what was expected', async () => {
    const { messages } = await decode(recordings['TLS 1.3']);
    for (const { bytes, kind } of messages) {
      for (let length = 1; kind === 'handshake' && length < bytes.length; length++) {
        const { fields } = readHandshake(bytes.subarray(0, length), { version: 0x0304, cipherSuite: 0x1301 });
        assertTiled(fields, length);
        assert.ok(
          fields.some(({ malformed }) => malformed),
          `${bytes[0]} of ${length} bytes`,
        );
      }
    }
  });

  test('in a record header is reported: the type, the version or the length', async () => {
    /** @type {[number[], RegExp][]} */
    const headers = [
      [[19, 3, 3, 0, 1, 0], /content type 19/],
      [[22, 2, 3, 0, 1, 0], /version 2\.3/],
      [[22, 3, 3, 0xff, 0xff, 0], /65535 bytes is longer/],
      [[0x53, 0x53, 0x48, 0x2d, 0x32], /“SSH-2”/],
    ];
    for (const [bytes, reason] of headers) {
      const chunks = [{ direction: /** @type {const} */ ('received'), at: 0, bytes: Uint8Array.from(bytes) }];
      const { remainders, records } = await decodeWhole({ ...recordings['TLS 1.2'], chunks });
      assert.deepEqual([records.length, remainders.length, remainders[0].kind], [0, 1, 'garbage']);
      assert.match(remainders[0].reason, reason);
    }
  });

  test('in a length is reported in its field, and the fields before it are kept', () => {
    const body = [3, 3, ...new Uint8Array(32), 0, 0, 4, 0x13, 0x01, 0x0a];
    const { fields } = readHandshake(Uint8Array.from([1, 0, 0, body.length, ...body]), {
      version: null,
      cipherSuite: null,
    });
    const suites = fields.find(({ name }) => name === 'Cipher suites');
    assert.deepEqual(
      suites?.children.map(({ name, value, kind }) => [name, value, kind]),
      [
        ['Length', '4', 'number'],
        ['Malformed', 'Content: 4 bytes expected, 3 left', 'malformed'],
      ],
    );
    assert.deepEqual([fields.at(-1), suites?.malformed], [suites, true]);
  });
});

describe('a huge recording', LIMIT, () => {
  /** @param {number} type @param {Uint8Array} content @param {number} count */
  const many = (type, content, count) =>
    Buffer.concat(
      Array.from({ length: count }, () =>
        Buffer.from([type, 3, 3, content.length >> 8, content.length & 255, ...content]),
      ),
    );
  /** @param {Uint8Array} bytes @returns {Recording} */
  const received = (bytes) => ({
    ...recordings['TLS 1.3'],
    keylog: [],
    chunks: [{ direction: 'received', at: 1, bytes }],
  });

  test('of application data is decrypted up to a limit, the rest is counted, and the closing alert is found', async () => {
    const body = 'x'.repeat(3_000_000);
    await withServer(startOpenssl(good, { mode: 'rev', args: ['-tls1_3'] }), async (server) => {
      const { recording } = await record(good, server, { talk: (socket) => socket.write(`${body}\n`) });
      const wire = await decodeWhole(recording);
      const decrypted = wire.records.reduce((sum, record) => sum + (record.decrypted?.bytes.length ?? 0), 0);
      assert.ok(decrypted > 400_000 && decrypted < 600_000, `${decrypted} bytes decrypted`);
      assert.match(wire.notes[0], /^2,\d{3},\d{3} bytes are not decoded: only the first 512 KB/);
      assert.equal(wire.messages.findLast(({ direction }) => direction === 'sent')?.name, 'Alert: close_notify');
    });
  });

  test('of 100,000 records lists the first ones, and the others are a remainder', async () => {
    const recording = received(many(21, Buffer.from([1, 0]), 100_000));
    const wire = await decodeWhole(recording);
    assert.equal(wire.records.length, 4000);
    assert.deepEqual([wire.remainders[0].kind, wire.remainders[0].offset], ['skipped', 4000 * 7]);
  });

  test('of millions of messages, or of a message with millions of items, is read up to a limit', async () => {
    const requests = await decodeWhole(received(many(22, new Uint8Array(16_384), 300)));
    assert.equal(requests.messages.length, 4000);
    assert.match(requests.notes[0], /4000 messages/);
    const size = 3_999_999;
    const certificates = Buffer.alloc(4 + 3 + size);
    certificates.writeUIntBE(3 + size, 1, 3);
    certificates[0] = 11;
    certificates.writeUIntBE(size, 4, 3);
    const pieces = Array.from({ length: 250 }, (_, i) =>
      many(22, certificates.subarray(i * 16_000, (i + 1) * 16_000), 1),
    );
    const wire = await decodeWhole(received(Buffer.concat(pieces)));
    assert.equal(wire.messages.length, 1);
    assert.equal(wire.messages[0].complete, false);
    assert.ok(wire.messages[0].bytes.length < 600_000);
  });
});

/** @param {Chunk} chunk @returns {Chunk} */
function copy(chunk) {
  return { ...chunk, bytes: Uint8Array.from(chunk.bytes) };
}

/** @param {Uint8Array} bytes may be changed in place @param {(below: number) => number} random @returns {Uint8Array} */
function mutate(bytes, random) {
  const at = random(bytes.length);
  switch (random(5)) {
    case 0:
      bytes[at] ^= 1 << random(8);
      return bytes;
    case 1:
      bytes[at] = [0, 1, 0x7f, 0x80, 0xff][random(5)];
      return bytes;
    case 2:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + random(20))]);
    case 3:
      return Buffer.concat([bytes.subarray(0, at), Buffer.from([random(256), random(256)]), bytes.subarray(at)]);
    default:
      return bytes.subarray(0, at + 1);
  }
}
