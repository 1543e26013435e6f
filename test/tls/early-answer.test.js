/** Servers that answer before they have read a whole upload, and close: the answer can be read, whatever the write meets. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { after, before, describe, test } from 'node:test';
import { connect, TLSError, TrustStore } from '../../dist/index.js';
import { startBridge } from '../helpers/bridge.js';
import { pki } from '../helpers/pki.js';
import { startNginx } from '../helpers/servers.js';

/** @typedef {import('../../dist/index.js').ConnectOptions} ConnectOptions */
/** @typedef {import('../../dist/index.js').TLSSocket} TLSSocket */

const ATTEMPTS = 40;
const UPLOAD_BYTES = 8_000_000; // more than the kernels' buffers hold
const certificates = pki('good-p256');
const trust = await TrustStore.from(certificates.roots);
/** @type {ConnectOptions} */
const base = { trust, servername: certificates.hostname, now: new Date(certificates.clock), timeout: 20_000 };

/**
 * Sends `head` and then more than the server reads. @param {number} port @param {string} head @param {number} attempt
 * @param {ConnectOptions} [options]
 */
async function upload(port, head, attempt, options) {
  const maxVersion = attempt % 2 ? 'TLSv1.2' : 'TLSv1.3';
  const socket = connect({ hostname: '127.0.0.1', port }, { ...base, maxVersion, ...options });
  await socket.opened;
  const size = attempt % 4 < 2 ? UPLOAD_BYTES : 10_000; // one large write, or many small ones
  const block = new Uint8Array(size).fill(0x61);
  /** @type {unknown} */
  let error;
  try {
    await socket.write(head);
    for (let sent = 0; sent < UPLOAD_BYTES; sent += size) {
      await socket.write(block);
    }
  } catch (caught) {
    error = caught;
  }
  let answer = '';
  /** @type {unknown} */
  let end;
  try {
    for (let bytes = await socket.read(); bytes !== null; bytes = await socket.read()) {
      answer += Buffer.from(bytes).toString('latin1');
    }
  } catch (caught) {
    end = caught;
  }
  await socket.closed.catch(() => {});
  return { answer, error, end };
}

describe('an answer in the middle of an upload', () => {
  /** @type {import('node:child_process').ChildProcess} */
  let child;
  let port = 0;
  /** @type {Awaited<ReturnType<typeof startBridge>>} */
  let bridge;

  before(async () => {
    child = spawn(
      'python3',
      [new URL('early_answer_server.py', import.meta.url).pathname, certificates.files.chain, certificates.files.key],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const lines = createInterface({ input: /** @type {import('node:stream').Readable} */ (child.stdout) });
    port = Number((await lines[Symbol.asyncIterator]().next()).value);
    bridge = await startBridge({ allowTargets: [`127.0.0.1:${port}`] });
  });
  after(async () => {
    child.kill();
    await once(child, 'exit');
    await bridge.close();
  });

  for (const mode of ['notify', 'cut']) {
    for (const count of [30, 20_000]) {
      test(`OpenSSL, ${count} bytes, ${mode === 'cut' ? 'without' : 'with'} close_notify: read ${ATTEMPTS} of ${ATTEMPTS} times`, async () => {
        for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
          const { answer, error, end } = await upload(port, `${mode} ${count}\n`, attempt);
          assert.equal(answer.length, count, `attempt ${attempt}: ${String(error)}`);
          if (mode === 'cut') {
            assert.ok(end instanceof TLSError && end.code === 'ERR_TLS_TRUNCATED', String(end));
          } else {
            assert.equal(end, undefined);
            assert.ok(error instanceof TLSError, 'the upload cannot succeed');
          }
        }
      });
    }
  }

  test('OpenSSL, over the bridge: read 6 of 6 times', async () => {
    for (let attempt = 0; attempt < 6; attempt++) {
      const { answer, error } = await upload(port, 'notify 30\n', attempt, { bridge: bridge.url });
      assert.equal(answer.length, 30, String(error));
    }
  });

  test('a failing pipeTo() leaves the answer to be read', async () => {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const socket = connect({ hostname: '127.0.0.1', port }, base);
      let head = 'notify 30\n';
      const source = new ReadableStream({
        pull(controller) {
          controller.enqueue(head === '' ? new Uint8Array(65536) : new TextEncoder().encode(head));
          head = '';
        },
      });
      await assert.rejects(source.pipeTo(socket.writable));
      assert.equal((await new Response(socket.readable).text()).length, 30);
    }
  });

  test(`nginx closes on a header that is too large: its 400 is read ${ATTEMPTS} of ${ATTEMPTS} times`, async () => {
    const nginx = await startNginx(certificates, { directives: ['lingering_close off;'] });
    try {
      for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
        const { answer, error } = await upload(nginx.port, 'GET / HTTP/1.1\r\nHost: good.example\r\nX: ', attempt);
        assert.match(answer, /^HTTP\/1\.1 400 /, `attempt ${attempt}: ${String(error)}`);
        assert.ok(error instanceof TLSError, 'the upload cannot succeed');
      }
    } finally {
      await nginx.close();
    }
  });
});
