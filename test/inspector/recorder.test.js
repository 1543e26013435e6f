/** A transport that is recorded: bytes go from channel to channel, and streams of others are recorded too. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { channelOf, streamsOf } from '../../dist/transports/channel.js';
import { newRecording, recordingTransport } from '../../inspector/src/model/recorder.js';

/** @typedef {import('../../dist/transports/channel.js').Channel} Channel */
/** @typedef {import('../../dist/transports/channel.js').Receiver} Receiver */
/** @typedef {import('../../inspector/src/types.js').Tamper} Tamper */

const ADDRESS = { hostname: 'a.example', port: 443 };
const signal = new AbortController().signal;

/** A channel that is played by the test: what is called on it, and the receiver that it was given. */
function playedChannel() {
  /** @type {unknown[][]} */
  const calls = [];
  /** @type {{receiver?: Receiver}} */
  const given = {};
  const log =
    (/** @type {string} */ name) =>
    (/** @type {unknown[]} */ ...args) =>
      void calls.push([name, ...args]);
  const done = Promise.resolve();
  /** @type {Channel} */
  const channel = {
    start: (receiver) => void (given.receiver = receiver),
    pause: log('pause'),
    resume: log('resume'),
    send(bytes) {
      calls.push(['send', [...bytes]]);
      return bytes.length > 2 ? done : undefined;
    },
    end: () => (calls.push(['end']), done),
    discard: log('discard'),
    abort: log('abort'),
    abortCoversSignal: true,
    close: () => (calls.push(['close']), done),
  };
  return { channel, calls, done, receiver: () => /** @type {Receiver} */ (given.receiver) };
}

/** @param {Tamper | null} [tamper] */
async function recorded(tamper = null) {
  const played = playedChannel();
  const recording = newRecording();
  const transport = recordingTransport(async () => streamsOf(played.channel), recording, {
    started: performance.now(),
    tamper,
  });
  const channel = channelOf(await transport(ADDRESS, { signal }));
  /** @type {unknown[][]} */
  const came = [];
  channel.start({
    receive: (bytes) => came.push(['receive', [...bytes]]),
    ended: () => came.push(['ended']),
    failed: (error) => came.push(['failed', error]),
    broken: (error) => came.push(['broken', error]),
  });
  const chunks = () => recording.chunks.map(({ direction, bytes }) => [direction, ...bytes]);
  return { ...played, recorded: channel, recording, came, chunks };
}

describe('a recorded channel', () => {
  test('hands bytes on in the same turn, and keeps copies of its own', async () => {
    const { recorded: channel, recording, receiver, came, calls, done, chunks } = await recorded();
    assert.equal(typeof recording.opened, 'number');
    const lent = Uint8Array.of(1, 2, 3);
    receiver().receive(lent);
    lent.fill(9);
    assert.deepEqual(came, [['receive', [1, 2, 3]]]);
    assert.equal(channel.send(Uint8Array.of(4)), undefined);
    assert.equal(channel.send(Uint8Array.of(5, 6, 7)), done, 'the pace of the network is that of the channel');
    assert.deepEqual(calls, [
      ['send', [4]],
      ['send', [5, 6, 7]],
    ]);
    assert.deepEqual(chunks(), [
      ['received', 1, 2, 3],
      ['sent', 4],
      ['sent', 5, 6, 7],
    ]);
  });

  test('does everything else as its channel does', async () => {
    const { recorded: channel, receiver, came, calls, done } = await recorded();
    channel.pause();
    channel.resume();
    channel.abort('why');
    channel.discard('late');
    assert.equal(channel.end(), done);
    assert.equal(channel.close(), done);
    assert.deepEqual(calls, [['pause'], ['resume'], ['abort', 'why'], ['discard', 'late'], ['end'], ['close']]);
    assert.equal(channel.abortCoversSignal, true);
    receiver().broken('broken');
    assert.deepEqual(came, [['broken', 'broken']]);
  });

  test('notes when it was dialled, and how it ended', async () => {
    const good = await recorded();
    good.channel.dialled = performance.now();
    assert.equal(good.recorded.dialled, good.channel.dialled);
    assert.equal(good.recording.dialled, null);
    good.receiver().receive(Uint8Array.of(1));
    assert.equal(typeof good.recording.dialled, 'number');
    good.receiver().ended();
    assert.equal(good.recording.ended?.error, null);
    const failed = await recorded();
    failed.receiver().failed(new Error('cut'));
    assert.equal(failed.recording.ended?.error, 'Error: cut');
    assert.equal(failed.came[0][0], 'failed');
    const left = await recorded();
    left.recorded.discard();
    left.receiver().failed(new Error('late'));
    assert.equal(left.recording.ended?.error, null, 'what comes after nobody listens does not count');
  });

  for (const direction of /** @type {const} */ (['sent', 'received'])) {
    test(`changes the byte it was told to, of what is ${direction}, and records it so`, async () => {
      const { recorded: channel, receiver, came, calls, chunks } = await recorded({ direction, offset: 3, mask: 0x80 });
      for (const bytes of [
        [1, 2],
        [3, 4, 5],
        [6, 7],
      ]) {
        receiver().receive(Uint8Array.from(bytes));
        channel.send(Uint8Array.from(bytes));
      }
      const altered = [3, 132, 5];
      assert.deepEqual([came[1][1], calls[1][1]], direction === 'sent' ? [[3, 4, 5], altered] : [altered, [3, 4, 5]]);
      assert.deepEqual(
        chunks().filter(([way, , byte]) => way === direction && byte === 132),
        [[direction, ...altered]],
      );
    });
  }

  test('goes on beyond what is kept, without copies', async () => {
    const { recorded: channel, recording, calls } = await recorded({ direction: 'sent', offset: 5 * 2 ** 20, mask: 1 });
    const big = new Uint8Array(2 ** 20);
    for (let i = 0; i < 6; i++) channel.send(big);
    assert.equal(recording.chunks.length, 4);
    const sent = calls.map(([, bytes]) => /** @type {number[]} */ (bytes)[0]);
    assert.deepEqual(sent, [0, 0, 0, 0, 0, 1], 'also what is changed there');
    assert.equal(big[0], 0);
  });
});

test('makes no streams of a channel, and takes those of another transport', async () => {
  const { channel } = playedChannel();
  const inner = streamsOf(channel);
  Object.defineProperty(inner, 'readable', { get: () => assert.fail('its streams were asked for') });
  const wrapped = await recordingTransport(async () => inner, newRecording(), { started: 0 })(ADDRESS, { signal });
  channelOf(wrapped);

  /** @type {number[][]} */
  const written = [];
  const recording = newRecording();
  const pair = {
    readable: new ReadableStream({
      start(controller) {
        controller.enqueue(Uint8Array.of(1, 2));
        controller.close();
      },
    }),
    writable: new WritableStream({ write: (bytes) => void written.push([...bytes]) }),
  };
  const streams = await recordingTransport(async () => pair, recording, { started: 0 })(ADDRESS, { signal });
  const writer = streams.writable.getWriter();
  await writer.write(Uint8Array.of(3));
  const reader = streams.readable.getReader();
  assert.deepEqual([...((await reader.read()).value ?? [])], [1, 2]);
  assert.equal((await reader.read()).done, true);
  assert.deepEqual(written, [[3]]);
  assert.deepEqual(recording.chunks.map(({ direction }) => direction).sort(), ['received', 'sent']);
  assert.equal(recording.ended?.error, null);
});
