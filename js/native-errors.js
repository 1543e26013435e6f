/* Written by scripts/native-errors.js from wasm/errors.def. */

/** @typedef {import('./errors.js').ErrorCode} ErrorCode */

/** Errors of the C core, by number. @satisfies {Record<number, {id: string, code: ErrorCode}>} */
export const NATIVE_ERRORS = /** @type {const} */ ({
  [-1]: { id: 'HOSTNAME', code: 'ERR_TLS_INVALID_ADDRESS' },
  [-2]: { id: 'OPTION', code: 'ERR_TLS_INVALID_OPTION' },
  [-3]: { id: 'CIPHER', code: 'ERR_TLS_INVALID_OPTION' },
  [-4]: { id: 'STATE', code: 'ERR_TLS_INVALID_OPTION' },
  [-7]: { id: 'CERTIFICATE', code: 'ERR_TLS_INVALID_CERTIFICATE' },
  [-8]: { id: 'CRL', code: 'ERR_TLS_INVALID_CRL' },
  [-9]: { id: 'KEY', code: 'ERR_TLS_INVALID_KEY' },
  [-10]: { id: 'KEY_MISMATCH', code: 'ERR_TLS_INVALID_KEY' },
  [-11]: { id: 'EXPORT', code: 'ERR_TLS_INVALID_OPTION' },
  [-12]: { id: 'ROOTS', code: 'ERR_TLS_LOAD' },
  [-14]: { id: 'CHAIN_LENGTH', code: 'ERR_TLS_INVALID_OPTION' },
  [-15]: { id: 'DOCUMENT', code: 'ERR_TLS_INVALID_CERTIFICATE' },
  [-16]: { id: 'CRL_DOCUMENT', code: 'ERR_TLS_INVALID_CRL' },
  [-17]: { id: 'CRL_BYTES', code: 'ERR_TLS_INVALID_OPTION' },
  [-18]: { id: 'CRL_COUNT', code: 'ERR_TLS_INVALID_OPTION' },
  [-20]: { id: 'HANDSHAKE', code: 'ERR_TLS_HANDSHAKE' },
  [-21]: { id: 'HANDSHAKE_CLOSED', code: 'ERR_TLS_HANDSHAKE_CLOSED' },
  [-22]: { id: 'VERSION', code: 'ERR_TLS_VERSION' },
  [-23]: { id: 'ALERT', code: 'ERR_TLS_ALERT' },
  [-24]: { id: 'PROTOCOL', code: 'ERR_TLS_PROTOCOL' },
  [-25]: { id: 'MESSAGE_SIZE', code: 'ERR_TLS_MESSAGE_TOO_LARGE' },
  [-26]: { id: 'CERT_VERIFY_FAILED', code: 'ERR_TLS_CERT_VERIFY_FAILED' },
  [-27]: { id: 'CERT_PARSE', code: 'ERR_TLS_CERT_PARSE' },
  [-28]: { id: 'KEY_UNUSABLE', code: 'ERR_TLS_SERVER_KEY' },
  [-33]: { id: 'CHAIN_SENT', code: 'ERR_TLS_MESSAGE_TOO_LARGE' },
  [-40]: { id: 'TRUNCATED', code: 'ERR_TLS_TRUNCATED' },
  [-41]: { id: 'BAD_RECORD', code: 'ERR_TLS_BAD_RECORD' },
  [-42]: { id: 'POST_HANDSHAKE', code: 'ERR_TLS_PROTOCOL' },
  [-43]: { id: 'EMPTY_RECORDS', code: 'ERR_TLS_EMPTY_RECORDS' },
  [-60]: { id: 'RANDOM', code: 'ERR_TLS_RANDOM' },
  [-61]: { id: 'OUT_OF_MEMORY', code: 'ERR_TLS_OUT_OF_MEMORY' },
});
