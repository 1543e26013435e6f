/**
 * Large transfers through the bridge, compared byte for byte, and ends at random moments: everything sent before a clean
 * end arrives, and losses are reported. PAGETLS_TRANSFER_RUNS=20 runs longer, PAGETLS_TRANSFER_SEED sets the random seed.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, describe, test } from 'node:test';
import { WebSocket } from 'ws';
import { generator } from '../../bench/lib/statistics.js';
import { closed, dial, startTarget, until } from '../helpers/bridge-clients.js';
import { startBridge } from '../helpers/bridge.js';

const runs = Number(process.env.PAGETLS_TRANSFER_RUNS ?? 0);
const seed = Number(process.env.PAGETLS_TRANSFER_SEED ?? 1 + (Date.now() % 1_000_000_000));
const random = generator(seed);
/** @param {number} max */
const randomInteger = (max) => Math.floor(random() * (max + 1));

const megabyte = 1_000_000;
const maxBlockBytes = 256 * 1024;
/** Not a multiple of any buffer size, so that misplaced bytes are detected. */
const period = 1_000_003;
const bytes = Buffer.alloc(period + maxBlockBytes);
for (let at = 0; at < period; at++) bytes[at] = random() * 256;
bytes.copy(bytes, period, 0, maxBlockBytes);

/** Bytes of the stream that client and target send. @param {number} at @param {number} size at most maxBlockBytes */
const pattern = (at, size) => bytes.subarray(at % period, (at % period) + size);

/** Counts received bytes, and records where the first wrong one is. */
class StreamCheck {
  received = 0;
  /** @type {number | undefined} */
  firstWrongAfter = undefined;

  /** @param {Buffer} chunk */
  add(chunk) {
    for (let at = 0; at < chunk.length; at += maxBlockBytes) {
      const part = chunk.subarray(at, at + maxBlockBytes);
      if (!part.equals(pattern(this.received, part.length))) this.firstWrongAfter ??= this.received;
      this.received += part.length;
    }
  }
}

/** @param {number} total @param {boolean} [even] blocks of 64 KiB, or of random sizes */
function* blocks(total, even = true) {
  for (let at = 0; at < total;) {
    const size = Math.min(total - at, even ? 64 * 1024 : 1 + randomInteger(maxBlockBytes - 1));
    yield pattern(at, size);
    at += size;
  }
}

/** @param {WebSocket} ws @param {Iterable<Buffer>} parts */
async function sendUp(ws, parts) {
  for (const part of parts) {
    if (ws.readyState !== WebSocket.OPEN) return;
    if (ws.bufferedAmount < megabyte) ws.send(part, () => {});
    else await new Promise((resolve) => ws.send(part, resolve));
  }
}

/** @param {import('node:net').Socket} socket @param {Iterable<Buffer>} parts @param {Promise<void>} gone */
async function sendDown(socket, parts, gone) {
  for (const part of parts) {
    if (!socket.writable) return;
    if (!socket.write(part)) await Promise.race([new Promise((resolve) => socket.once('drain', resolve)), gone]);
  }
}

/**
 * @typedef {object} Plan
 * @property {number} up bytes the client wants to send
 * @property {number} down bytes the target wants to send
 * @property {'client' | 'target'} ender ends the connection after its last byte, whatever the other one does
 * @property {'FIN' | 'RST'} how
 * @property {boolean} even blocks of 64 KiB, or of random sizes
 */

/** @type {[Plan['ender'], Plan['how']][]} */
const ENDS = [
  ['target', 'FIN'],
  ['target', 'RST'],
  ['client', 'FIN'],
  ['client', 'RST'],
];

describe(`transfers (seed ${seed})`, { timeout: runs > 0 ? 3_600_000 : 200_000 }, () => {
  /** @type {Awaited<ReturnType<typeof startBridge>>} */
  let bridge;
  /** @type {Awaited<ReturnType<typeof startTarget>>} */
  let target;
  /** @type {(socket: import('node:net').Socket) => void} */
  let accepted = () => {};
  let lines = 0;

  before(async () => {
    target = await startTarget((socket) => accepted(socket), { allowHalfOpen: true });
    bridge = await startBridge({ allowTargets: [target.token] });
  });

  after(async () => {
    await bridge.close();
    await target.close();
  });

  /** The bridge's log line for the connection that ends now. */
  async function nextLogLine() {
    await until(() => bridge.stderr().split('\n').length > lines + 1);
    return JSON.parse(bridge.stderr().split('\n')[lines++]);
  }

  /** Runs one connection to its end. @param {Plan} plan */
  async function transfer({ up, down, ender, how, even }) {
    const atTarget = new StreamCheck();
    const atClient = new StreamCheck();
    let finished = false;
    const served = new Promise((resolve) => {
      accepted = async (socket) => {
        const gone = closed(socket);
        socket.on('data', (chunk) => atTarget.add(chunk));
        socket.on('end', () => {
          finished = true;
          socket.end();
        });
        await sendDown(socket, blocks(down, even), gone);
        if (ender === 'target' && how === 'FIN') socket.end();
        if (ender === 'target' && how === 'RST') socket.resetAndDestroy();
        await gone;
        resolve(undefined);
      };
    });
    const ws = dial(bridge, target.token);
    ws.on('error', () => {}).on('message', (data) => atClient.add(/** @type {Buffer} */ (data)));
    const ended = once(ws, 'close');
    const [[response]] = await Promise.all([once(ws, 'upgrade'), once(ws, 'open')]);
    await sendUp(ws, blocks(up, even));
    if (ender === 'client' && how === 'FIN') ws.close(1000);
    if (ender === 'client' && how === 'RST') response.socket.resetAndDestroy();
    const [[code], line] = await Promise.all([ended, nextLogLine(), served]);
    assert.deepEqual(
      [atTarget.firstWrongAfter, atClient.firstWrongAfter],
      [undefined, undefined],
      `wrong bytes; seed ${seed}`,
    );
    return { code, up: atTarget.received, down: atClient.received, finished, line };
  }

  /** Runs a transfer and asserts what must hold for its kind of end. @param {Plan} plan */
  async function checkedTransfer(plan) {
    const result = await transfer(plan);
    const details = JSON.stringify({ seed, ...plan, ...result });
    const { code, up, down, finished, line } = result;
    assert.ok(up <= plan.up && down <= plan.down, details);
    if (plan.how === 'FIN') {
      assert.deepEqual([code, line.code], [1000, 1000], details);
      if (plan.ender === 'target') assert.deepEqual([down, line.down], [plan.down, plan.down], details);
      else assert.deepEqual([up, line.up, finished], [plan.up, plan.up, true], details);
    } else if (plan.ender === 'target') {
      assert.deepEqual([code, line.code], [4001, 4001], details);
    } else {
      // The client reset the connection itself. The target gets everything that the bridge had received.
      assert.deepEqual([line.code, up], [1006, line.up], details);
    }
    return result;
  }

  for (const [size, few] of /** @type {const} */ ([
    [20, 10],
    [200, 2],
  ])) {
    const times = runs || few;
    for (const direction of /** @type {const} */ (['down', 'up'])) {
      test(`deliver every byte of ${size} MB ${direction} before the clean end, ${times} times`, async (t) => {
        const start = performance.now();
        const length = size * megabyte;
        for (let run = 0; run < times; run++) {
          await checkedTransfer({
            up: direction === 'up' ? length : 0,
            down: direction === 'down' ? length : 0,
            ender: direction === 'up' ? 'client' : 'target',
            how: 'FIN',
            even: true,
          });
        }
        t.diagnostic(`${((size * times * 1000) / (performance.now() - start)).toFixed(0)} MB/s, comparing included`);
      });
    }
  }

  for (const [ender, how] of ENDS) {
    const [maxBytes, times] = runs ? [20 * megabyte, runs] : [4 * megabyte, 20];
    test(`handle ${how} from the ${ender} at a random moment, while both send, ${times} times`, async (t) => {
      let lost = 0;
      for (let run = 0; run < times; run++) {
        const sizes = { up: maxBytes, down: maxBytes, [ender === 'client' ? 'up' : 'down']: randomInteger(maxBytes) };
        const result = await checkedTransfer({ ...sizes, ender, how, even: false });
        if (ender === 'client' ? result.up < sizes.up : result.down < sizes.down) lost++;
      }
      t.diagnostic(`${times - lost} of ${times} delivered everything that the ${ender} had sent`);
    });
  }
});
