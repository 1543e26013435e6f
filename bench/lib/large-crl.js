/** A CRL as large as a CA's largest ones: 49 bytes an entry, with serial number, date and reason. */
import { createHash } from 'node:crypto';
import { concat, oid, sequence, enumerated, octetString, integer, utcTime } from '../../certs/der.js';
import { crl } from '../../test/helpers/chains.js';

const SERIAL_BYTES = 16;

/** @param {number} index @returns {Uint8Array} a positive serial number of SERIAL_BYTES, not in any order */
function serialOf(index) {
  const octets = createHash('sha256').update(String(index)).digest().subarray(0, SERIAL_BYTES);
  octets[0] = 0x40 | (octets[0] & 0x3f);
  return octets;
}

/**
 * @param {import('../../test/helpers/chains.js').Party} issuer
 * @param {number} count of entries
 * @param {Parameters<typeof crl>[1]} [change]
 * @returns {Uint8Array}
 */
export function largeCrl(issuer, count, change = {}) {
  const date = utcTime('260501000000Z');
  const reasons = sequence(sequence(oid('2.5.29.21'), octetString(enumerated(1))));
  const entry = Buffer.from(sequence(integer(1n << BigInt(8 * SERIAL_BYTES - 2)), date, reasons));
  const serialAt = 4; // after the headers of the entry and the serial number
  const entries = Buffer.alloc(count * entry.length, entry);
  for (let i = 0; i < count; i++) entries.set(serialOf(i), i * entry.length + serialAt);
  return crl(issuer, { ...change, revoked: sequence(concat(entries)) });
}
