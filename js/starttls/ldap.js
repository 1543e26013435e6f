/** LDAP: the extended operation StartTLS (RFC 4511, section 4.14), in BER with definite lengths (section 5.1). */
import { STARTTLS_MAX_BYTES } from '../limits.js';
import { toBytes, toText } from './input.js';
import { refused, unexpected } from './problem.js';

/** @typedef {import('./input.js').Input} Input */
/** @typedef {import('./input.js').Steps} Steps */

const START_TLS = toBytes('1.3.6.1.4.1.1466.20037');
const TO = 'StartTLS';
/** LDAPMessage {messageID 1, ExtendedRequest {requestName}} */
const REQUEST = Uint8Array.of(0x30, 29, 2, 1, 1, 0x77, 24, 0x80, START_TLS.length, ...START_TLS);

/** RFC 4511, appendix A.2: those that can answer StartTLS. @type {Record<number, string>} */
const RESULT_CODES = {
  1: 'operationsError',
  2: 'protocolError',
  8: 'strongerAuthRequired',
  10: 'referral',
  13: 'confidentialityRequired',
  50: 'insufficientAccessRights',
  51: 'busy',
  52: 'unavailable',
  53: 'unwillingToPerform',
  80: 'other',
};

/** @param {Uint8Array} bytes big-endian */
const number = (bytes) => bytes.reduce((value, byte) => value * 256 + byte, 0);

/** Reads one element after another. */
class Elements {
  #bytes;
  #at = 0;

  /** @param {Uint8Array} bytes */
  constructor(bytes) {
    this.#bytes = bytes;
  }

  /** @param {number} tag @returns {Uint8Array | undefined} the content, or undefined if there is no such element here */
  next(tag) {
    const head = this.#bytes.subarray(this.#at, this.#at + 6);
    const more = head[1] < 0x80 ? 0 : head[1] - 0x80;
    if (head.length < 2 + more || head[0] !== tag || head[1] === 0x80 || more > 4) {
      return undefined;
    }
    const length = more === 0 ? head[1] : number(head.subarray(2, 2 + more));
    const start = this.#at + 2 + more;
    if (length > this.#bytes.length - start) {
      return undefined;
    }
    this.#at = start + length;
    return this.#bytes.subarray(start, this.#at);
  }
}

/** @param {Input} input @returns {Steps} */
export function* ldap(input) {
  yield REQUEST;
  const [tag, first] = yield* input.take(2);
  if (tag !== 0x30 || first === 0x80 || first > 0x84) {
    throw unexpected(TO, toText(input.last(2)));
  }
  const length = first < 0x80 ? first : number(yield* input.take(first - 0x80));
  if (length > STARTTLS_MAX_BYTES) {
    throw unexpected(TO, 'a message of an impossible length');
  }
  const message = new Elements(yield* input.take(length));
  const id = message.next(0x02);
  const response = new Elements(message.next(0x78) ?? new Uint8Array());
  const result = response.next(0x0a);
  const isFor = id !== undefined && id.length <= 4 ? number(id) : undefined;
  const text = response.next(0x04) && response.next(0x04);
  if ((isFor !== 1 && isFor !== 0) || result === undefined || result.length < 1 || result.length > 4 || !text) {
    throw unexpected(TO, 'another LDAP message, or a damaged one');
  }
  const code = number(result);
  if (code !== 0 || isFor === 0) {
    // Message 0 is a notice of disconnection (RFC 4511, section 4.4.1).
    throw refused(TO, [`${RESULT_CODES[code] ?? 'resultCode'} (${code})`, toText(text)].filter(Boolean).join(': '));
  }
}
