/** The client's own certificates and private key, for mutual TLS. The C core reads them. */
import { coreError, documentOf } from './core-error.js';
import { TLSError } from './errors.js';
import { NATIVE_ERRORS } from './native-errors.js';

/** @typedef {Pick<import('./engine.js').EngineOptions, 'cert' | 'key' | 'pfx' | 'passphrase'>} IdentityOptions */
/** @typedef {import('./wasm.js').Core} Core */

/**
 * @param {Core} core
 * @param {number} connection
 * @param {IdentityOptions} options
 */
export function setIdentity(core, connection, { cert, key, pfx, passphrase }) {
  const chain = pfx ?? cert ?? key;
  if (pfx !== undefined && (cert !== undefined || key !== undefined)) {
    throw new TLSError('ERR_TLS_INVALID_OPTION', 'Pass either pfx, or cert and key.');
  }
  if (chain === undefined) {
    if (passphrase !== undefined) {
      throw new TLSError('ERR_TLS_INVALID_OPTION', 'A passphrase is for key or pfx: pass one of them.');
    }
    return;
  }
  const separate = chain === key ? undefined : key;
  const ret = core.lend([chain, separate ?? '', passphrase ?? ''], (...args) => {
    args[2] = separate === undefined ? 0 : args[2];
    args[4] = passphrase === undefined ? 0 : args[4];
    return core.call.pagetls_connection_add_identity(connection, ...args);
  });
  if (ret !== 0) {
    const missing = (cert === undefined || key === undefined) && missingOption(core, ret);
    throw core.takeRandomError() ?? (missing ? new TLSError('ERR_TLS_INVALID_OPTION', missing) : coreError(core, ret));
  }
}

/**
 * What to pass too, if what was passed is good and lacks the other half.
 * @param {Core} core
 * @param {number} ret
 * @returns {string | undefined}
 */
function missingOption(core, ret) {
  const { id } = NATIVE_ERRORS[/** @type {keyof typeof NATIVE_ERRORS} */ (ret)];
  const { kind, fault } = documentOf(core, ret);
  if (id === 'KEY_DOCUMENT' && kind === 'certificate' && fault === undefined) {
    return 'The input has a certificate, but no private key: pass key too.';
  }
  if (id === 'DOCUMENT' && kind === 'pkcs12') {
    return 'The PKCS#12 file has no certificate: pass cert, and the file as key.';
  }
  return id === 'DOCUMENT' && kind.endsWith('private-key') && fault === undefined
    ? 'The input has a private key, but no certificate: pass cert too.'
    : undefined;
}
