/** Errors of sockets by the codes that Node's sockets have, which client libraries compare. */
import { TLSError } from '../errors.js';

/** @typedef {import('../errors.js').ErrorCode} ErrorCode */

/** @type {Partial<Record<ErrorCode, [code: string, syscall: string]>>} */
const NODE_CODES = {
  ERR_TLS_CONNECT_REFUSED: ['ECONNREFUSED', 'connect'],
  ERR_TLS_CONNECT_TIMEOUT: ['ETIMEDOUT', 'connect'],
  ERR_TLS_CONNECTION_RESET: ['ECONNRESET', 'read'],
  ERR_TLS_HANDSHAKE_CLOSED: ['ECONNRESET', 'connect'],
  ERR_TLS_HOST_NOT_FOUND: ['ENOTFOUND', 'getaddrinfo'],
};

/**
 * @param {unknown} error
 * @param {{ended: boolean, opening: boolean}} state our side has ended; the connection was not open yet
 * @returns {Error} with Node's code where Node has one, and then the TLSError as `cause`; otherwise the error itself
 */
export function toNodeError(error, { ended, opening }) {
  if (!(error instanceof TLSError)) {
    return error instanceof Error ? error : new TLSError('ERR_TLS_TRANSPORT', undefined, { cause: error });
  }
  const known = nodeCode(error, ended, opening);
  if (known === undefined) {
    return error;
  }
  const [code, syscall] = known;
  return Object.assign(new Error(error.message, { cause: error }), { code, syscall });
}

/**
 * @param {TLSError} error
 * @param {boolean} ended
 * @param {boolean} opening
 * @returns {[code: string, syscall: string] | undefined}
 */
function nodeCode({ code, cause }, ended, opening) {
  if (code === 'ERR_TLS_TIMEOUT') {
    return opening ? ['ETIMEDOUT', 'connect'] : undefined;
  }
  if (code === 'ERR_TLS_TRANSPORT' || code === 'ERR_TLS_TRUNCATED') {
    // Libraries ignore ECONNRESET after they have ended the connection themselves.
    return systemCode(cause) ?? (ended && code === 'ERR_TLS_TRUNCATED' ? ['ECONNRESET', 'read'] : undefined);
  }
  return NODE_CODES[code];
}

/** @param {unknown} cause @returns {[code: string, syscall: string] | undefined} of an error of the operating system */
function systemCode(cause) {
  const {
    code,
    syscall,
    cause: next,
  } = /** @type {{code?: unknown, syscall?: unknown, cause?: unknown}} */ (cause ?? {});
  if (typeof code === 'string' && /^E[A-Z\d]+$/.test(code)) {
    return [code, String(syscall ?? 'read')];
  }
  return next === undefined ? undefined : systemCode(next);
}
