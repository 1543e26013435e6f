/** Turns error numbers of the C core (wasm/errors.def) into TLSErrors. Mbed TLS's own number only goes into `native`. */
import { alertHint } from '../messages/alerts.js';
import { documentMessage } from '../messages/documents.js';
import { ERROR_DETAILS } from '../messages/errors.js';
import { messageTooLong, schemeNotOffered } from '../messages/handshake.js';
import { identityText, noKeyText } from '../messages/identity.js';
import { nativeText } from '../messages/native.js';
import { VIOLATIONS } from '../messages/violations.js';
import { named } from './document-kind.js';
import { CODES, TLSError, alertName } from './errors.js';
import { NATIVE_ERRORS } from './native-errors.js';

/** @typedef {import('./certificate.js').Verification} Verification */
/** @typedef {import('./wasm.js').Core} Core */

/**
 * The TLSError for an input that is not what was asked for.
 * @param {import('./errors.js').ErrorCode} code
 * @param {import('../messages/documents.js').Document} document
 * @param {'certificate' | 'crl'} wanted
 */
export function documentError(code, document, wanted) {
  return new TLSError(code, documentMessage(document, wanted));
}

/**
 * What the input is that the call which just failed is about.
 * @param {Core} core
 * @param {number} number
 * @returns {import('../messages/documents.js').Document}
 */
export function documentOf(core, number) {
  const [kind, fault, block, line, label] = core.lastError(number).detail.split(' '); // by wasm/verify/inputs.c
  return named({ kind, fault: fault === 'none' ? undefined : fault, block: Number(block), line: Number(line), label });
}

/**
 * The TLSError for the call that just failed.
 * @param {Core} core
 * @param {number} number the call's return value, negative
 * @param {object} [more]
 * @param {number} [more.alert]
 * @param {number} [more.subject] the type of the message, the signature scheme, or the violation, that the error is about
 * @param {string} [more.certificateHint] if the server asked for a client certificate and got none: why
 * @param {boolean} [more.open] after the handshake
 * @param {Verification} [more.verification]
 * @param {unknown} [more.cause]
 * @param {(reason: string, id: string) => string} [more.message] makes the message from the reason and the identifier
 */
export function coreError(
  core,
  number,
  { alert, subject = -1, certificateHint, open = false, verification, cause, message } = {},
) {
  const { id, code } = NATIVE_ERRORS[/** @type {keyof typeof NATIVE_ERRORS} */ (number)];
  const last = core.lastError(number);
  const native = last.native && { ...last.native, text: last.native.text || nativeText(last.native.code) };
  const detail = last.detail || (native?.text ?? '');
  if (id === 'DOCUMENT' || id === 'CRL_DOCUMENT') {
    return documentError(code, documentOf(core, number), id === 'DOCUMENT' ? 'certificate' : 'crl');
  }
  const specific =
    (id === 'KEY_DOCUMENT' ? noKeyText(documentOf(core, number)) : identityText(id, detail)) ?? ERROR_DETAILS[id];
  let text = specific ?? (detail === '' ? CODES[code] : `${CODES[code]} (${detail})`);
  if (message) {
    text = message((specific ?? (detail || CODES[code])).replace(/\.$/, ''), id);
  }
  /** @type {string | undefined} */
  let hint;
  if (code === 'ERR_TLS_ALERT' && alert !== undefined) {
    text = `The server sent the fatal alert ${alert} (${alertName(alert)}).`;
    hint = alertHint(alert, certificateHint);
  } else if (id === 'VIOLATION') {
    text = `The server violated the TLS protocol: ${Object.values(VIOLATIONS)[subject - 1]}.`;
  } else if (id === 'MESSAGE_SIZE' || id === 'SIGNATURE_SCHEME') {
    const about = id === 'MESSAGE_SIZE' ? messageTooLong(subject, open) : schemeNotOffered(subject);
    [text, hint] = [about.sentence, about.fix];
  } else if (verification && (code === 'ERR_TLS_CERT_VERIFY_FAILED' || code === 'ERR_TLS_CERT_PARSE')) {
    text = verification.problems.map((problem) => `Certificate ${problem.depth}: ${problem.message}.`).join(' ');
  }
  return new TLSError(code, text, { alert, verification, cause, native, hint });
}
