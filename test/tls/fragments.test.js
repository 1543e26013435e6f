/**
 * Handshake messages in records of any size, cut and joined anywhere (RFC 8446, section 5.1; RFC 5246, section 6.2.1).
 * test/native/test_fragments.c has those after the handshake.
 */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { tcp, TrustStore } from '../../dist/index.js';
import { loadCore } from '../../dist/wasm.js';
import { startBridge } from '../helpers/bridge.js';
import { dial, readText, withServer } from '../helpers/client.js';
import { pki } from '../helpers/pki.js';
import { coalesced, fragmented, HANDSHAKE } from '../helpers/tls-server/records.js';
import { startTlsServer } from '../helpers/tls-server/server.js';

/** @typedef {import('../helpers/tls-server/records.js').Item} Item */

const TIMEOUT = { timeout: 120_000 };
const VERSIONS = /** @type {const} */ (['TLSv1.2', 'TLSv1.3']);
const short = pki('good-p256');
/** Its Certificate message has nearly 65,535 bytes, the limit. */
const long = pki('long-chain');
const trust = new Map(
  await Promise.all(
    [short, long].map(async (subject) => /** @type {const} */ ([subject, await TrustStore.from(subject.roots)])),
  ),
);
const core = await loadCore();

/** Cuts the handshake records once, at a position of their contents. @param {Item[]} items @param {number} at */
function cut(items, at) {
  let position = 0;
  return items.flatMap((item) => {
    const here = at - position;
    if (item.type !== HANDSHAKE) return [item];
    position += item.content.length;
    return here > 0 && here < item.content.length
      ? [
          { ...item, content: item.content.subarray(0, here) },
          { ...item, content: item.content.subarray(here) },
        ]
      : [item];
  });
}

/**
 * @param {import('../helpers/pki.js').Case} subject
 * @param {{port: number}} server
 * @param {import('../../dist/index.js').ConnectOptions} [options]
 */
async function echoes(subject, server, options) {
  const socket = await dial(subject, server, { trust: trust.get(subject), timeout: 60_000, ...options });
  await socket.write('ping');
  assert.equal(await readText(socket, 'ping'), 'ping');
  await socket.close();
}

/** The first key grows the key store of Mbed TLS, which keeps its size. */
before(() => withServer(startTlsServer(short), (server) => echoes(short, server)));

for (const version of VERSIONS) {
  describe(version, TIMEOUT, () => {
    test('flights are cut at every position', async () => {
      let at = 0;
      let length = 0;
      const flight = (/** @type {Item[]} */ items) => {
        const records = coalesced(items);
        length = Math.max(
          length,
          records.reduce((sum, item) => sum + (item.type === HANDSHAKE ? item.content.length : 0), 0),
        );
        return cut(records, at);
      };
      await withServer(startTlsServer(short, { version, flight }), async (server) => {
        for (at = 1; at === 1 || at < length; at++) {
          await echoes(short, server).catch((error) => {
            throw new Error(`cut at ${at} of ${length}`, { cause: error });
          });
        }
      });
      assert.ok(length > 500, `${length} bytes`);
    });

    for (const [subject, sizes] of /** @type {const} */ ([
      [short, [1, 2, 3, 4, 5, 6, 7, 61, 500]],
      [long, [1, 5, 61, 1000, 16_383, 16_384]],
    ])) {
      for (const size of sizes) {
        test(`${subject === long ? 'a long chain' : 'a chain'} arrives in fragments of ${size} bytes, of messages that are joined`, async () => {
          const heap = core.heapInUse;
          const flight = (/** @type {Item[]} */ items) => fragmented(coalesced(items), size);
          await withServer(startTlsServer(subject, { version, flight }), (server) => echoes(subject, server));
          assert.equal(core.heapInUse, heap);
        });
      }
    }

    test('a request for a certificate is cut, too', async () => {
      for (const size of [1, 3, 10]) {
        const flight = (/** @type {Item[]} */ items) => fragmented(items, size);
        const options = { version, flight, requestCertificate: true, tickets: 2 };
        await withServer(startTlsServer(short, options), (server) => echoes(short, server));
      }
    });
  });
}

describe('fragments of 1 byte over', TIMEOUT, () => {
  for (const version of VERSIONS) {
    /** @type {Awaited<ReturnType<typeof startTlsServer>>} */
    let server;
    /** @type {Awaited<ReturnType<typeof startBridge>>} */
    let bridge;
    before(async () => {
      server = await startTlsServer(short, { version, flight: (items) => fragmented(items, 1) });
      bridge = await startBridge({ allowTargets: [`127.0.0.1:${server.port}`] });
    });
    after(async () => {
      await bridge.close();
      await server.close();
    });
    test(`TCP, ${version}`, () => echoes(short, server));
    test(`a bridge, ${version}`, () => echoes(short, server, { bridge: bridge.url }));
    test(`streams that split every byte, ${version}`, () =>
      echoes(short, server, {
        transport: async (address, options) => {
          const channel = await tcp()(address, options);
          const split = new TransformStream({
            transform(chunk, controller) {
              for (const byte of new Uint8Array(chunk)) controller.enqueue(Uint8Array.of(byte));
            },
          });
          return { ...channel, readable: channel.readable.pipeThrough(split), writable: channel.writable };
        },
      }));
  }
});
