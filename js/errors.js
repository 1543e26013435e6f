/**
 * The errors that pagetls raises. ERRORS.md lists the same codes (a test compares them).
 */
import { ALERTS } from '../messages/alerts.js';
import { ERRORS } from '../messages/errors.js';
import { visible } from '../messages/visible.js';
import { checkValue, readStrictly } from './strict-reader.js';

/** The meaning of each code. */
export const CODES = /** @type {Readonly<Record<ErrorCode, string>>} */ (
  Object.fromEntries(Object.entries(ERRORS).map(([code, { means }]) => [code, means]))
);

/** @typedef {import('../messages/errors.js').ErrorCode} ErrorCode */
/** @typedef {import('./certificate.js').Verification} Verification */

/** @param {number} alert */
export function alertName(alert) {
  return ALERTS[alert]?.name ?? 'unknown';
}

/** @param {string} markdown */
function plainText(markdown) {
  return markdown.replace(/\[([^\]]+)\]\([^)]*\)/g, '$1').replaceAll('`', '');
}

/** @param {string} expected @param {(value: any) => boolean} is */
const kind = (expected, is) => ({ expected, read: (/** @type {any} */ value) => (is(value) ? value : undefined) });
const isObject = (/** @type {unknown} */ value) => typeof value === 'object' && value !== null;

const CODE = kind('one of CODES', (value) => typeof value === 'string' && Object.hasOwn(CODES, value));
const DETAIL = kind('text', (value) => typeof value === 'string');
const MORE = {
  cause: { expected: 'anything', read: (/** @type {unknown} */ value) => value },
  native: kind('an object', isObject),
  alert: kind('an integer from 0 to 255', (value) => Number.isInteger(value) && value >= 0 && value <= 255),
  verification: kind('an object', isObject),
  hint: DETAIL,
};

/** @param {string} message @param {{cause?: unknown}} [more] */
const invalid = (message, more) => new TLSError('ERR_TLS_INVALID_OPTION', message, more);

export class TLSError extends Error {
  /**
   * @param {ErrorCode} code
   * @param {string} [detail] the message, whose invisible characters are escaped; the meaning of the code by default
   * @param {{cause?: unknown, native?: {code: number, text: string}, alert?: number, verification?: Verification, hint?: string}} [more]
   */
  constructor(code, detail, more) {
    checkValue(invalid, 'argument code of TLSError', CODE, code);
    const message =
      detail === undefined ? CODES[code] : checkValue(invalid, 'argument detail of TLSError', DETAIL, detail);
    const { cause, native, alert, verification, hint } = readStrictly(invalid, 'TLSError', MORE, more);
    super(visible(hint === undefined ? message : `${message} ${hint}`), cause === undefined ? undefined : { cause });
    this.name = 'TLSError';
    /** @type {ErrorCode} */
    this.code = code;
    /** Mbed TLS's own error behind it, for experts. @type {{code: number, text: string} | undefined} */
    this.native = native;
    /** Who is to do what. The message ends with it if it says more than the code. @type {string} */
    this.hint = hint ?? plainText(ERRORS[code]?.fix ?? '');
    /** The number of the alert that the peer sent. @type {number | undefined} */
    this.alert = alert;
    /** The verification of the server's chain, if it was verified. @type {Verification | undefined} */
    this.verification = verification;
  }
}
