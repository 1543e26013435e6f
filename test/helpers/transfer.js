/**
 * A server and client that transfer many bytes and compare them: `down N` requests N bytes, `up N` sends N bytes and
 * requests their SHA-256.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { connect } from '../../dist/index.js';
import { startNodeTls } from './servers.js';

/** @typedef {import('./pki.js').Case} Case */
/** @typedef {import('../../dist/index.js').ConnectOptions} ConnectOptions */

const BLOCK_BYTES = 64 * 1024;

/**
 * The bytes at `start` of a fixed, non-repeating sequence.
 * @param {number} start a multiple of 4
 * @param {number} length
 */
export function sequence(start, length) {
  const words = new Uint32Array(Math.ceil(length / 4));
  for (let i = 0; i < words.length; i++) {
    words[i] = Math.imul(start / 4 + i, 0x9e3779b1) ^ 0x5bd1e995;
  }
  return new Uint8Array(words.buffer, 0, length);
}

/** @param {number} total */
export function* blocks(total, size = BLOCK_BYTES) {
  for (let at = 0; at < total; at += size) {
    yield sequence(at, Math.min(size, total - at));
  }
}

/** @param {number} total */
export function sequenceHash(total) {
  const hash = createHash('sha256');
  for (const block of blocks(total)) {
    hash.update(block);
  }
  return hash.digest('hex');
}

/**
 * Writes, then ends. Not `socket.end(data)`: Node 20 omits close_notify if the end overtakes the data.
 * @param {import('node:tls').TLSSocket} socket
 * @param {string | Uint8Array} data
 */
export function endWith(socket, data) {
  socket.write(data, () => setImmediate(() => socket.end()));
}

/** @param {import('node:tls').TLSSocket} socket */
async function serve(socket) {
  let head = '';
  const hash = createHash('sha256');
  let wanted = -1;
  /** @param {Uint8Array} bytes */
  const receive = (bytes) => {
    hash.update(bytes);
    wanted -= bytes.length;
    if (wanted <= 0) {
      endWith(socket, `${hash.digest('hex')} ${-wanted}`);
      wanted = Infinity;
    }
  };
  for await (const chunk of socket) {
    if (wanted >= 0) {
      receive(chunk);
      continue;
    }
    head += chunk.toString('latin1');
    const line = /^(up|down) (\d+)\n/.exec(head);
    if (line?.[1] === 'down') {
      for (const block of blocks(Number(line[2]))) {
        await new Promise((resolve) => socket.write(block, resolve));
        if (socket.destroyed) {
          return;
        }
      }
      socket.end();
      return;
    }
    if (line) {
      wanted = Number(line[2]);
      receive(Buffer.from(head.slice(line[0].length), 'latin1'));
    }
  }
}

/**
 * @param {Case} pki
 * @param {import('node:tls').TlsOptions} [options]
 */
export function startTransferServer(pki, options = {}) {
  return startNodeTls(pki, options, (socket) => {
    socket.on('error', () => {});
    serve(socket).catch(() => {});
  });
}

/**
 * @param {number} port
 * @param {ConnectOptions} options
 * @param {number} total
 */
export async function download(port, options, total) {
  const socket = connect({ hostname: '127.0.0.1', port }, options);
  await socket.write(`down ${total}\n`);
  const hash = createHash('sha256');
  let received = 0;
  for (let bytes = await socket.read(); bytes !== null; bytes = await socket.read()) {
    hash.update(bytes);
    received += bytes.length;
  }
  await socket.closed;
  assert.equal(received, total);
  assert.equal(hash.digest('hex'), sequenceHash(total));
}

/**
 * @param {number} port
 * @param {ConnectOptions} options
 * @param {number} total
 * @param {number} size bytes of one write
 */
export async function upload(port, options, total, size) {
  const socket = connect({ hostname: '127.0.0.1', port }, options);
  await socket.write(`up ${total}\n`);
  for (const block of blocks(total, size)) {
    await socket.write(block);
  }
  let answer = '';
  for (let bytes = await socket.read(); bytes !== null; bytes = await socket.read()) {
    answer += new TextDecoder().decode(bytes);
  }
  await socket.closed;
  assert.equal(answer, `${sequenceHash(total)} 0`);
}
