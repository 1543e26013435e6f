/**
 * The errors that pagetls raises. ERRORS.md lists the same codes (a test compares them).
 */
import { ALERTS } from '../messages/alerts.js';
import { ERRORS } from '../messages/errors.js';
import { visible } from '../messages/visible.js';

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

export class TLSError extends Error {
  /**
   * @param {ErrorCode} code
   * @param {string} [detail] the message, whose invisible characters are escaped; the meaning of the code by default
   * @param {{cause?: unknown, native?: {code: number, text: string}, alert?: number, verification?: Verification, hint?: string}} [more]
   */
  constructor(code, detail, more) {
    const { cause, native, alert, verification, hint } = Object.assign(Object.create(null), more); // nothing of Object.prototype
    const message = detail ?? CODES[code];
    super(visible(hint === undefined ? message : `${message} ${hint}`), cause === undefined ? undefined : { cause });
    this.name = 'TLSError';
    /** @type {ErrorCode} */
    this.code = code;
    /** Mbed TLS's own error behind it, for experts. @type {{code: number, text: string} | undefined} */
    this.native = native;
    /** Who is to do what. The message ends with it if it says more than the code. */
    this.hint = hint ?? plainText(ERRORS[code]?.fix ?? '');
    /** The number of the alert that the peer sent. @type {number | undefined} */
    this.alert = alert;
    /** The verification of the server's chain, if it was verified. @type {Verification | undefined} */
    this.verification = verification;
  }
}
