/** Verifies the server's Finished in a decoded recording with node:crypto only. */
import assert from 'node:assert/strict';
import { createHash, createHmac } from 'node:crypto';
import { find } from './recorded.js';

/** @typedef {import('../../inspector/src/types.js').Recording} Recording */
/** @typedef {import('../../inspector/src/tls/types.js').Wire} Wire */

/** @param {string} hash @param {Uint8Array} secret @param {string} label @param {number} length RFC 8446, section 7.1 */
export function expandLabel(hash, secret, label, length) {
  const full = Buffer.from(`tls13 ${label}`);
  const info = Buffer.concat([Buffer.from([0, length, full.length]), full, Buffer.from([0, 1])]);
  return createHmac(hash, secret).update(info).digest().subarray(0, length);
}

/** @param {string} hash @param {Uint8Array} secret @param {Uint8Array} seed RFC 5246, section 5: the first 12 bytes */
function prf12(hash, secret, seed) {
  const first = createHmac(hash, secret).update(seed).digest();
  return createHmac(hash, secret).update(first).update(seed).digest().subarray(0, 12);
}

/** @param {Recording} recording @param {string} label */
export function secretOf({ keylog }, label) {
  const line = keylog.find((text) => text.startsWith(`${label} `));
  assert.ok(line, `the key log has a ${label}`);
  return Buffer.from(line.split(' ')[2], 'hex');
}

/**
 * The transcript of the decoded messages must yield the server's verify_data: so all bytes were decoded, in order.
 * @param {Wire} wire
 * @param {Recording} recording
 */
export function assertFinished(wire, recording) {
  const finished = find(wire, 'Finished', 'received');
  const hash = wire.chosen?.cipherSuite?.name.endsWith('SHA384') ? 'sha384' : 'sha256';
  const digest = (/** @type {Uint8Array} */ bytes) => createHash(hash).update(bytes).digest();
  const before = wire.messages.slice(0, finished.index).filter(({ kind }) => kind === 'handshake');
  let transcript = Buffer.concat(before.map(({ bytes }) => bytes));
  const retry = before.findIndex(({ name }) => name === 'HelloRetryRequest');
  if (retry > 0) {
    // RFC 8446, section 4.4.1: a hash replaces the first ClientHello.
    const hashed = digest(before[0].bytes);
    const rest = before.slice(1).map(({ bytes }) => bytes);
    transcript = Buffer.concat([Buffer.from([254, 0, 0, hashed.length]), hashed, ...rest]);
  }
  const expected =
    wire.chosen?.version?.name === 'TLS 1.3'
      ? createHmac(
          hash,
          expandLabel(
            hash,
            secretOf(recording, 'SERVER_HANDSHAKE_TRAFFIC_SECRET'),
            'finished',
            hash === 'sha384' ? 48 : 32,
          ),
        )
          .update(digest(transcript))
          .digest()
      : prf12(
          hash,
          secretOf(recording, 'CLIENT_RANDOM'),
          Buffer.concat([Buffer.from('server finished'), digest(transcript)]),
        );
  assert.equal(Buffer.from(finished.facts.verifyData ?? []).toString('hex'), expected.toString('hex'));
}
