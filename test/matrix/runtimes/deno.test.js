/**
 * Transfers in 100 fresh processes of Deno, all exact. Deno runs microtasks inside some synchronous calls, such as the first use
 * of a module of Node: during a host call, they would find the core in the midst of its work.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pki } from '../../helpers/pki.js';
import { startTransferServer } from '../../helpers/transfer-server.js';
import { guest, guestProject } from './guests.js';
import { DENO } from './runtimes.js';

const PROCESSES = 100;
const MB = 1_000_000;

/** Those whose long records the host encrypts. */
const CIPHERS = ['TLS_AES_128_GCM_SHA256', 'TLS_CHACHA20_POLY1305_SHA256', 'TLS_AES_256_GCM_SHA384'];

test(`${PROCESSES} processes of Deno transfer every byte over TCP`, { skip: DENO.skip }, async (t) => {
  const certificates = pki('good-p256');
  const server = await startTransferServer(certificates);
  t.after(() => server.close());
  const { hostname: servername, roots, clock: now } = certificates;
  const project = await guestProject();
  for (let i = 0; i < PROCESSES; i++) {
    // The host takes over after a number of records: within the smallest size, and while others wait.
    const sizes = [10 * MB + i, (i % 3) * MB, 100_000 * (i % 7)];
    const ciphers = [0, 1, 2].map((shift) => CIPHERS[(i + shift) % 3]);
    const given = { port: server.port, servername, roots, now, sizes, ciphers };
    assert.deepEqual(
      await guest(DENO, project, 'connections.transfers', given),
      sizes.map((received) => ({ received, sent: true })),
      `process ${i}`,
    );
  }
});
