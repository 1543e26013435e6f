/** Recording of transports: of channels, and of streams from other transports. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { channelOf, streamsOf } from '../../dist/transports/channel.js';
import { newRecording, recordingTransport } from '../../inspector/src/model/recorder.js';

/** @typedef {import('../../dist/transports/channel.js').Channel} Channel */
/** @typedef {import('../../dist/transports/channel.js').Receiver} Receiver */
/** @typedef {import('../../inspector/src/types.js').Tamper} Tamper */

const ADDRESS = { hostname: 'a.example', port: 443 };
const signal = new AbortController().signal;

/** A mock channel: logs the calls it gets, and exposes its receiver. */
function mockChannel() {
  /** @type {unknown[][]} */
  const calls = [];
  /** @type {{receiver?: Receiver}} */
  const started = {};
  const log =
    (/** @type {string} */ name) =>
    (/** @type {unknown[]} */ ...args) =>
      void calls.push([name, ...args]);
  const done = Promise.resolve();
  /** @type {Channel} */
  const channel = {
    start: (receiver) => void (started.receiver = receiver),
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
  return { channel, calls, done, receiver: () => /** @type {Receiver} */ (started.receiver) };
}

/** @param {Tamper | null} [tamper] */
async function recorded(tamper = null) {
  const mock = mockChannel();
  const recording = newRecording();
  const transport = recordingTransport(async () => streamsOf(mock.channel), recording, {
    started: performance.now(),
    tamper,
  });
  const channel = channelOf(await transport(ADDRESS, { signal }));
  /** @type {unknown[][]} */
  const events = [];
  channel.start({
    receive: (bytes) => events.push(['receive', [...bytes]]),
    ended: () => events.push(['ended']),
    failed: (error) => events.push(['failed', error]),
    broken: (error) => events.push(['broken', error]),
  });
  const chunks = () => recording.chunks.map(({ direction, bytes }) => [direction, ...bytes]);
  return { ...mock, recorded: channel, recording, events, chunks };
}

test('what another protocol says before TLS is kept apart, and never tampered with', async () => {
  const mock = mockChannel();
  const recording = newRecording();
  const tamper = { direction: /** @type {const} */ ('received'), offset: 1, mask: 0xff };
  const options = { started: 0, tamper, plaintextFirst: true };
  const transport = recordingTransport(async () => streamsOf(mock.channel), recording, options);
  const channel = channelOf(await transport(ADDRESS, { signal }));
  /** @type {number[]} */
  const received = [];
  const ignore = () => {};
  channel.start({
    receive: (bytes) => received.push(...bytes),
    ...{ ended: ignore, failed: ignore, broken: ignore },
  });
  mock.receiver().receive(Uint8Array.of(50, 50, 48));
  channel.send(Uint8Array.of(1, 2));
  mock.receiver().receive(Uint8Array.of(22, 3, 3)); // only our own ClientHello begins TLS
  channel.send(Uint8Array.of(22, 3, 1));
  mock.receiver().receive(Uint8Array.of(22, 3, 3));
  const told = (/** @type {import('../../inspector/src/types.js').Chunk[]} */ chunks) =>
    chunks.map(({ direction, bytes }) => [direction, ...bytes]);
  assert.deepEqual(told(recording.preamble), [
    ['received', 50, 50, 48],
    ['sent', 1, 2],
    ['received', 22, 3, 3],
  ]);
  assert.deepEqual(told(recording.chunks), [
    ['sent', 22, 3, 1],
    ['received', 22, 252, 3],
  ]);
  assert.deepEqual(received, [50, 50, 48, 22, 3, 3, 22, 252, 3]);
});

describe('a recorded channel', () => {
  test('passes bytes on synchronously, and keeps copies', async () => {
    const { recorded: channel, recording, receiver, events, calls, done, chunks } = await recorded();
    assert.equal(typeof recording.opened, 'number');
    const reused = Uint8Array.of(1, 2, 3);
    receiver().receive(reused);
    reused.fill(9);
    assert.deepEqual(events, [['receive', [1, 2, 3]]]);
    assert.equal(channel.send(Uint8Array.of(4)), undefined);
    assert.equal(channel.send(Uint8Array.of(5, 6, 7)), done, 'back-pressure is that of the channel');
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

  test('passes all other calls on', async () => {
    const { recorded: channel, receiver, events, calls, done } = await recorded();
    channel.pause();
    channel.resume();
    channel.abort('why');
    channel.discard('late');
    assert.equal(channel.end(), done);
    assert.equal(channel.close(), done);
    assert.deepEqual(calls, [['pause'], ['resume'], ['abort', 'why'], ['discard', 'late'], ['end'], ['close']]);
    assert.equal(channel.abortCoversSignal, true);
    receiver().broken('broken');
    assert.deepEqual(events, [['broken', 'broken']]);
  });

  test('records when it was dialled, and how it ended', async () => {
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
    assert.equal(failed.events[0][0], 'failed');
    const left = await recorded();
    left.recorded.discard();
    left.receiver().failed(new Error('late'));
    assert.equal(left.recording.ended?.error, null, 'errors after discard() are ignored');
  });

  for (const direction of /** @type {const} */ (['sent', 'received'])) {
    test(`alters the chosen byte that is ${direction}, and records the altered byte`, async () => {
      const {
        recorded: channel,
        receiver,
        events,
        calls,
        chunks,
      } = await recorded({ direction, offset: 3, mask: 0x80 });
      for (const bytes of [
        [1, 2],
        [3, 4, 5],
        [6, 7],
      ]) {
        receiver().receive(Uint8Array.from(bytes));
        channel.send(Uint8Array.from(bytes));
      }
      const altered = [3, 132, 5];
      assert.deepEqual([events[1][1], calls[1][1]], direction === 'sent' ? [[3, 4, 5], altered] : [altered, [3, 4, 5]]);
      assert.deepEqual(
        chunks().filter(([from, , byte]) => from === direction && byte === 132),
        [[direction, ...altered]],
      );
    });
  }

  test('passes bytes on beyond the recording limit, without copies', async () => {
    const { recorded: channel, recording, calls } = await recorded({ direction: 'sent', offset: 5 * 2 ** 20, mask: 1 });
    const big = new Uint8Array(2 ** 20);
    for (let i = 0; i < 6; i++) channel.send(big);
    assert.equal(recording.chunks.length, 4);
    const sent = calls.map(([, bytes]) => /** @type {number[]} */ (bytes)[0]);
    assert.deepEqual(sent, [0, 0, 0, 0, 0, 1], 'also alters a byte there');
    assert.equal(big[0], 0);
  });
});

test('a recorded transport uses channels directly, and streams of other transports', async () => {
  const { channel } = mockChannel();
  const inner = streamsOf(channel);
  Object.defineProperty(inner, 'readable', { get: () => assert.fail('its streams were used') });
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
