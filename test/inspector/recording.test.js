/**
 * What the inspector derives from a recording: a capture file, the waterfall, the negotiated parameters.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { captureFile } from '../../inspector/src/model/capture.js';
import { choicesOf } from '../../inspector/src/model/choices.js';
import { waterfallSteps } from '../../inspector/src/model/waterfall.js';
import { readText, withServer } from '../helpers/client.js';
import { pki } from '../helpers/pki.js';
import { decodeWhole, record } from '../helpers/recorded.js';
import { startOpenssl } from '../helpers/servers.js';

/** @typedef {import('../../inspector/src/types.js').Recording} Recording */
/** @typedef {import('../../inspector/src/model/waterfall.js').Step} Step */

const good = pki('good-p256');

/** @param {string[]} [args] of the server @returns {Promise<Recording>} */
function recordExchange(args = ['-tls1_3']) {
  return withServer(startOpenssl(good, { args }), async (server) => {
    const { recording } = await record(good, server, {
      async talk(socket) {
        await socket.write(`${'x'.repeat(5000)}\n`);
        await readText(socket, '\n');
      },
    });
    return recording;
  });
}

/** @param {Buffer} bytes of even or odd length @param {number} [start] @returns {number} 0 if the checksum in them is correct */
function internetChecksum(bytes, start = 0) {
  let sum = start;
  for (let i = 0; i < bytes.length; i += 2) sum += i + 1 < bytes.length ? bytes.readUInt16BE(i) : bytes[i] << 8;
  while (sum >> 16) sum = (sum & 0xffff) + (sum >> 16);
  return 0xffff - sum;
}

/** Parses the packets of a classic pcap file. @param {Uint8Array} bytes */
function readCapture(bytes) {
  const file = Buffer.from(bytes);
  assert.equal(file.readUInt32BE(0), 0xa1b2c3d4);
  assert.deepEqual([file.readUInt16BE(4), file.readUInt16BE(6)], [2, 4]);
  assert.equal(file.readUInt32BE(20), 101); // LINKTYPE_RAW
  const packets = [];
  for (let at = 24; at < file.length;) {
    const time = file.readUInt32BE(at) * 1000 + file.readUInt32BE(at + 4) / 1000;
    assert.ok(file.readUInt32BE(at + 4) < 1e6);
    const length = file.readUInt32BE(at + 8);
    assert.equal(file.readUInt32BE(at + 12), length);
    assert.ok(length <= file.readUInt32BE(16));
    packets.push({ time, ip: file.subarray(at + 16, at + 16 + length) });
    at += 16 + length;
  }
  return packets.map(({ time, ip }) => {
    assert.deepEqual([ip[0], ip[9], ip.readUInt16BE(2)], [0x45, 6, ip.length]);
    assert.equal(internetChecksum(ip.subarray(0, 20)), 0);
    const tcp = ip.subarray(20);
    assert.equal(internetChecksum(tcp, 0xffff - internetChecksum(ip.subarray(12, 20)) + 6 + tcp.length), 0);
    const payload = tcp.subarray((tcp[12] >> 4) * 4);
    const [from, to] = [tcp.readUInt16BE(0), tcp.readUInt16BE(2)];
    return {
      time,
      from,
      to,
      sequence: tcp.readUInt32BE(4),
      acknowledged: tcp.readUInt32BE(8),
      flags: tcp[13],
      payload,
    };
  });
}

describe('the capture file', () => {
  test('is a gapless TCP connection with the recorded bytes at their times', async () => {
    const recording = await recordExchange();
    const packets = readCapture(captureFile(recording));
    assert.deepEqual(
      packets.slice(0, 3).map(({ flags }) => flags),
      [2, 18, 16],
    );
    assert.deepEqual(
      packets.slice(-3).map(({ flags }) => flags),
      [17, 17, 16],
    );
    /** @type {Record<number, number>} */
    const next = { 443: 0, [packets[0].from]: 0 };
    let last = 0;
    for (const { time, from, to, sequence, acknowledged, flags, payload } of packets) {
      assert.equal(sequence, next[from], 'sequence numbers are consecutive');
      if (flags & 16) assert.equal(acknowledged, next[to], 'all received bytes are acknowledged');
      next[from] += payload.length + (flags & 3 ? 1 : 0);
      assert.ok(payload.length <= 1460);
      assert.ok(time >= last, 'times do not decrease');
      last = time;
    }
    for (const direction of /** @type {const} */ (['sent', 'received'])) {
      const chunks = recording.chunks.filter((chunk) => chunk.direction === direction);
      const carried = packets.filter(({ to }) => (to === 443) === (direction === 'sent')).map(({ payload }) => payload);
      assert.ok(Buffer.concat(carried).equals(Buffer.concat(chunks.map(({ bytes }) => bytes))));
    }
    const first = packets.find(({ payload }) => payload.length > 0);
    assert.ok(first && Math.abs(first.time - recording.chunks[0].at) < 0.001);
  });

  test('is valid for a recording without an end, or without bytes', () => {
    const chunks = [{ direction: /** @type {const} */ ('sent'), at: 2_000_000.5, bytes: new Uint8Array(3) }];
    /** @type {Recording} */
    const recording = {
      opened: null,
      dialled: null,
      preamble: [],
      chunks,
      ended: null,
      handshake: null,
      verifying: null,
      keylog: [],
    };
    assert.deepEqual(
      readCapture(captureFile(recording)).map(({ payload }) => payload.length),
      [0, 0, 0, 3],
    );
    assert.equal(readCapture(captureFile({ ...recording, chunks: [] })).length, 3);
  });
});

describe('the waterfall', () => {
  /** Steps do not overlap, and none ends before it starts. @param {Step[]} steps */
  function assertOrdered(steps) {
    let at = 0;
    for (const { kind, from, to, label } of steps) {
      assert.ok(to >= from, label);
      if (kind === 'part') continue;
      assert.ok(from >= at, `${label} starts at ${from}, not before ${at}`);
      at = to;
    }
  }

  /**
   * Sets known times: 10 ms from each chunk to the next.
   * @param {Recording} recording
   * @param {import('../../inspector/src/types.js').Chunk[]} [chunks]
   */
  const timed = (recording, chunks = recording.chunks) => ({
    ...recording,
    opened: 5,
    ended: null,
    chunks: chunks.map((chunk, i) => ({ ...chunk, at: 10 * (i + 1) })),
  });

  test('has a step for each flight, and the verification after the certificates', async () => {
    for (const version of ['-tls1_3', '-tls1_2']) {
      const recording = timed(await recordExchange([version]));
      const wire = await decodeWhole(recording);
      const last = wire.flights.filter((flight) => flight.handshake).at(-1)?.to ?? 0;
      const asked = wire.flights.find((flight) => !flight.handshake)?.from ?? 0;
      const answer = { status: '', headers: '', firstByte: asked + 5 };
      const known = { ...recording, handshake: last + 1, verifying: 3, dialled: 5 };
      const steps = waterfallSteps({ recording: known, answer }, wire);
      assertOrdered(steps);
      const flights = version === '-tls1_3' ? ['local', 'part'] : ['local', 'part', 'waiting'];
      assert.deepEqual(
        steps.map(({ kind }) => kind),
        ['network', 'network', 'local', 'waiting', ...flights, 'moment', 'waiting'],
      );
      const part = steps.find(({ kind }) => kind === 'part');
      assert.deepEqual([part?.from, part?.to], [20, 23]);
      assert.deepEqual([steps.at(-1)?.from, steps.at(-1)?.to], [asked, asked + 5]);
      assert.match(steps[3].label, /^Waiting for the server: ServerHello, .*Certificate/);
    }
  });

  test('has separate steps for waiting and receiving if a flight arrives in pieces', async () => {
    const recording = await recordExchange();
    const [hello, flight, ...others] = recording.chunks;
    const pieces = [
      { ...flight, bytes: flight.bytes.subarray(0, 200) },
      { ...flight, bytes: flight.bytes.subarray(200) },
    ];
    const slow = timed(recording, [hello, ...pieces, ...others]);
    const steps = waterfallSteps({ recording: { ...slow, dialled: 5 }, answer: null }, await decodeWhole(slow));
    assertOrdered(steps);
    assert.deepEqual(
      steps.slice(3, 5).map(({ kind, from, to }) => [kind, from, to]),
      [
        ['waiting', 10, 20],
        ['waiting', 20, 30],
      ],
    );
    assert.match(steps[4].label, /^Receiving ServerHello/);
  });

  test('has one step for connecting and the first answer if the bridge does not report when it connected', async () => {
    const recording = timed(await recordExchange());
    const steps = waterfallSteps({ recording, answer: null }, await decodeWhole(recording));
    assertOrdered(steps);
    const labels = steps.map(({ label }) => label).filter((label) => label.startsWith('Bridge'));
    assert.equal(labels.length, 1);
    assert.match(labels[0], /^Bridge connecting, then waiting for the server: ServerHello/);
  });

  test('has the step for connecting after the ClientHello if the bridge connects later', async () => {
    const late = { ...timed(await recordExchange()), dialled: 15 };
    const steps = waterfallSteps({ recording: late, answer: null }, await decodeWhole(late));
    assertOrdered(steps);
    assert.deepEqual(
      steps.slice(0, 4).map(({ kind, from, to }) => [kind, from, to]),
      [
        ['network', 0, 5],
        ['local', 5, 10],
        ['network', 10, 15],
        ['waiting', 15, 20],
      ],
    );
  });

  test('has a step for waiting for an answer that is not TLS', async () => {
    const recording = await recordExchange();
    const bytes = Buffer.from('HTTP/1.1 400 Bad Request');
    const chunks = [
      { ...recording.chunks[0], at: 5 },
      { direction: /** @type {const} */ ('received'), at: 9, bytes },
    ];
    const other = { ...recording, opened: 4, ended: null, chunks };
    const last = waterfallSteps({ recording: other, answer: null }, await decodeWhole(other)).at(-1);
    assert.deepEqual([last?.kind, last?.from, last?.to], ['waiting', 5, 9]);
    assert.match(last?.label ?? '', /not a TLS record/);
  });

  test('is empty without a WebSocket, and ends with the connection if there was no handshake', async () => {
    const recording = await recordExchange();
    const wire = await decodeWhole(recording);
    assert.deepEqual(waterfallSteps({ recording: { ...recording, opened: null }, answer: null }, wire), []);
    assert.deepEqual(waterfallSteps({ recording: null, answer: null }, wire), []);
    const none = { ...recording, chunks: [], ended: { at: 40, error: 'reset' }, opened: 3 };
    assert.deepEqual(
      waterfallSteps({ recording: none, answer: null }, await decodeWhole(none)).map(({ kind, label, to }) => [
        kind,
        label,
        to,
      ]),
      [
        ['network', 'Opening the WebSocket to the bridge', 3],
        ['break', 'The connection broke', 40],
      ],
    );
  });
});

describe('the choice among the offers', () => {
  /** @param {string[]} args of the server */
  const choices = async (args) =>
    Object.fromEntries(choicesOf(await decodeWhole(await recordExchange(args))).map((choice) => [choice.name, choice]));

  test('is one of each list in TLS 1.3, and the extensions that were answered', async () => {
    const { Versions, Groups, Extensions, ...others } = await choices(['-tls1_3', '-groups', 'X25519']);
    assert.deepEqual([Versions.offers, Versions.chosen], [['TLS 1.3', 'TLS 1.2'], ['TLS 1.3']]);
    assert.deepEqual(Groups.chosen, ['x25519']);
    assert.deepEqual(others['Key shares'], { name: 'Key shares', offers: ['x25519'], chosen: ['x25519'] });
    assert.deepEqual(others['Signature schemes'].chosen, ['ecdsa_secp256r1_sha256']);
    assert.deepEqual(Extensions.chosen, ['supported_versions', 'key_share']);
    assert.equal(others.ALPN, undefined);
  });

  test('has only offered names in TLS 1.2, with the signature scheme under its offered name', async () => {
    const { Extensions, ...others } = await choices(['-tls1_2', '-groups', 'P-256']);
    assert.deepEqual(others['Signature schemes'].chosen, ['ecdsa_secp256r1_sha256']);
    assert.deepEqual([others.Groups.chosen, others['Key shares'].chosen], [['secp256r1'], []]);
    assert.ok(Extensions.chosen.some((name) => name.startsWith('renegotiation_info')));
    for (const { offers, chosen } of [Extensions, ...Object.values(others)]) {
      assert.deepEqual(
        chosen.filter((name) => !offers.includes(name)),
        [],
      );
    }
  });

  test('has another group and no key share after a HelloRetryRequest', async () => {
    const { Groups, ...others } = await choices(['-tls1_3', '-groups', 'P-384']);
    assert.deepEqual([Groups.chosen, others['Key shares'].chosen], [['secp384r1'], []]);
  });
});
