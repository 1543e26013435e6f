/** Errors of the C core as TLSErrors: by the stable numbers of wasm/errors.def. Mbed TLS's own number decides nothing. */
import { CODES, TLSError, alertName } from './errors.js';
import { NATIVE_ERRORS } from './native-errors.js';

/** @typedef {import('./certificate.js').Verification} Verification */
/** @typedef {import('./wasm.js').Core} Core */

/** Where an error has more to say than its code. @type {Record<string, string>} */
const DETAILS = {
  HOSTNAME: 'Not a host name and not an IP address.',
  CIPHER: 'A cipher suite that is not known here.',
  NO_PEM: 'There is no such PEM block in the input.',
  PEM: 'A PEM block is not well formed.',
  KEY_MISMATCH: 'The private key does not belong to the certificate.',
  POST_HANDSHAKE: 'The server sent a message that cannot be accepted after the handshake, such as a KeyUpdate.',
};

/**
 * The TLSError for the call that has just failed.
 * @param {Core} core
 * @param {number} number that the call returned; negative
 * @param {object} [more]
 * @param {number} [more.alert]
 * @param {Verification} [more.verification]
 * @param {unknown} [more.cause]
 * @param {(why: string) => string} [more.message] makes the message from why it failed
 */
export function coreError(core, number, { alert, verification, cause, message } = {}) {
  const { id, code } = NATIVE_ERRORS[/** @type {keyof typeof NATIVE_ERRORS} */ (number)];
  const { native, detail } = core.lastError(number);
  const why = DETAILS[id] ?? (detail === '' ? CODES[code] : `${CODES[code]} (${detail})`);
  let text = message?.(DETAILS[id]?.slice(0, -1) ?? (detail === '' ? CODES[code].slice(0, -1) : detail)) ?? why;
  if (code === 'ERR_TLS_ALERT' && alert !== undefined) {
    text = `The server sent the fatal alert ${alert} (${alertName(alert)}).`;
  } else if (verification && (code === 'ERR_TLS_CERT_VERIFY_FAILED' || code === 'ERR_TLS_CERT_PARSE')) {
    text = verification.problems.map((problem) => `Certificate ${problem.depth}: ${problem.message}.`).join(' ');
  }
  return new TLSError(code, text, { alert, verification, cause, native });
}
