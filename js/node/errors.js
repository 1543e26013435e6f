/** Errors of sockets by the codes that Node's sockets have, which client libraries compare. */
import { isError } from '../bytes.js';
import { TLSError } from '../errors.js';

/** @typedef {import('../errors.js').ErrorCode} ErrorCode */

/** What Node's errors have. @typedef {{code: string, syscall: string, message?: string}} NodeFields */

/** @type {Partial<Record<ErrorCode, NodeFields>>} */
const NODE_CODES = {
  ERR_TLS_CONNECT_REFUSED: { code: 'ECONNREFUSED', syscall: 'connect' },
  ERR_TLS_CONNECT_TIMEOUT: { code: 'ETIMEDOUT', syscall: 'connect' },
  ERR_TLS_CONNECTION_RESET: { code: 'ECONNRESET', syscall: 'read' },
  ERR_TLS_HANDSHAKE_CLOSED: { code: 'ECONNRESET', syscall: 'connect' },
  ERR_TLS_HOST_NOT_FOUND: { code: 'ENOTFOUND', syscall: 'getaddrinfo' },
  ERR_TLS_INVALID_ADDRESS: { code: 'ENOTFOUND', syscall: 'getaddrinfo' },
};

/**
 * @param {unknown} error
 * @param {{ended: boolean, opening: boolean}} state our side has ended; the connection was not open yet
 * @returns {Error} with Node's code where Node has one, and then the TLSError as `cause`; otherwise the error itself
 */
export function toNodeError(error, { ended, opening }) {
  if (!(error instanceof TLSError)) {
    return isError(error) ? error : new TLSError('ERR_TLS_TRANSPORT', undefined, { cause: error });
  }
  const known = nodeFields(error, ended, opening);
  if (known === undefined) {
    return error;
  }
  const { message = error.message, ...fields } = known;
  return Object.assign(new Error(message, { cause: error }), fields);
}

/**
 * @param {TLSError} error
 * @param {boolean} ended
 * @param {boolean} opening
 * @returns {NodeFields | undefined}
 */
function nodeFields({ code, cause }, ended, opening) {
  if (code === 'ERR_TLS_TIMEOUT') {
    return opening ? { code: 'ETIMEDOUT', syscall: 'connect' } : undefined;
  }
  if (code === 'ERR_TLS_TRANSPORT' || code === 'ERR_TLS_TRUNCATED') {
    // Libraries ignore ECONNRESET after they have ended the connection themselves.
    return (
      systemFields(cause) ??
      (ended && code === 'ERR_TLS_TRUNCATED' ? { code: 'ECONNRESET', syscall: 'read' } : undefined)
    );
  }
  return NODE_CODES[code];
}

/**
 * @param {unknown} cause
 * @param {number} [depth] how many causes of causes are looked at
 * @returns {NodeFields | undefined} of an error of the operating system
 */
function systemFields(cause, depth = 4) {
  const { code, syscall, message, cause: next } = /** @type {Record<string, unknown>} */ (cause ?? {});
  if (typeof code === 'string' && /^E[A-Z\d]+$/.test(code)) {
    return { code, syscall: String(syscall ?? 'read'), message: String(message) };
  }
  return next === undefined || depth === 0 ? undefined : systemFields(next, depth - 1);
}
