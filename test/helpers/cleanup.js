/** Closes what a test has started, then checks for leaks in the C heap. */
import assert from 'node:assert/strict';
import { afterEach, before, beforeEach } from 'node:test';
import { connect } from '../../dist/index.js';
import { loadCore } from '../../dist/wasm.js';
import { startNodeTls } from './servers.js';

/** @typedef {import('../../dist/index.js').ConnectOptions} ConnectOptions */

/**
 * After each test of the calling file: closes everything passed to the returned function and compares the C heap.
 * @param {ReturnType<typeof import('./pki.js').pki>} certificates for a warm-up server
 * @param {ConnectOptions} options that trust it
 */
export async function closeAfterEach(certificates, options) {
  const core = await loadCore();
  let heap = 0;
  /** @type {{close(): Promise<unknown>}[]} */
  const running = [];

  before(async () => {
    // The first connection allocates PSA Crypto's key slots, which stay allocated.
    const server = await startNodeTls(certificates);
    const socket = connect({ hostname: '127.0.0.1', port: server.port }, options);
    await socket.opened;
    await socket.close();
    await server.close();
  });
  beforeEach(() => {
    heap = core.heapInUse;
  });
  afterEach(async () => {
    for (const item of running.splice(0).reverse()) {
      await item.close();
    }
    assert.equal(core.heapInUse, heap, 'the C heap has its previous size');
  });

  /** @template {{close(): Promise<unknown>}} T @param {T} item closed after the test */
  return function closeLater(item) {
    running.push(item);
    return item;
  };
}
