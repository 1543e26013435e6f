/**
 * The client's own certificates and private keys, for mutual TLS. The C core reads them, and chooses. Loaded when a
 * connection has such options.
 */
import { certificateTypeName, schemeName } from '../messages/client-certificate.js';
import { coreError, documentOf } from './core-error.js';
import { TLSError } from './errors.js';
import { IDENTITY_KINDS } from './identity-options.js';
import { describe, fromBase64 } from './input.js';
import { NATIVE_ERRORS } from './native-errors.js';
import { readOptions } from './options-reader.js';

/** @typedef {import('./certificate-request.js').RawRequest} RawRequest */
/** @typedef {import('./engine.js').Engine} Engine */
/** @typedef {import('./identity-options.js').ClientIdentity} ClientIdentity */
/** @typedef {import('./identity-options.js').IdentityOptions} IdentityOptions */
/** @typedef {import('./identity-options.js').Part} Part */
/** @typedef {import('./identity-options.js').Passphrase} Passphrase */
/** @typedef {import('./wasm.js').Core} Core */

/** @param {string} message */
const invalid = (message) => new TLSError('ERR_TLS_INVALID_OPTION', message);

/** @param {number} ret */
const idOf = (ret) => (ret === 0 ? '' : NATIVE_ERRORS[/** @type {keyof typeof NATIVE_ERRORS} */ (ret)].id);

/* --- adding them ------------------------------------------------------------------------------- */

/**
 * @param {Engine} engine which owns them
 * @param {IdentityOptions} options
 * @throws {TLSError}
 */
export function addIdentities(engine, { cert, key, pfx, passphrase }) {
  const chains = pfx ?? cert ?? key;
  if (pfx !== undefined && (cert !== undefined || key !== undefined)) {
    throw invalid('Pass either pfx, or cert and key.');
  }
  if (chains === undefined) {
    throw invalid('A passphrase is for key or pfx: pass one of them.');
  }
  engine.use((core, connection) => {
    const adder = new Adder(core, connection, passphrase, Math.max(chains.length, key?.length ?? 0) > 1);
    if (cert === undefined || key === undefined) {
      const name = pfx ? 'pfx' : cert ? 'cert' : 'key';
      chains.forEach((chain, i) => adder.check(adder.add(chain), name, i, true));
    } else {
      addPairs(adder, cert, key);
    }
    adder.finish();
  });
}

/**
 * Finds the key of each chain, first at its own place.
 * @param {Adder} adder
 * @param {Part[]} chains
 * @param {Part[]} keys
 */
function addPairs(adder, chains, keys) {
  const used = new Set();
  chains.forEach((chain, i) => {
    const own = Math.min(i, keys.length - 1);
    const order = [own, ...keys.keys()].filter((at, position) => position === 0 || at !== own);
    let ret = 0;
    const found = order.find((at) => {
      ret = adder.add(chain, keys[at]);
      return idOf(ret) !== 'KEY_MISMATCH';
    });
    if (found === undefined && keys.length > 1) {
      throw new TLSError('ERR_TLS_INVALID_KEY', `None of the private keys belongs to cert[${i}].`);
    }
    adder.check(ret, 'cert', i, false);
    used.add(found);
  });
  const unused = keys.findIndex((_, at) => !used.has(at));
  if (unused >= 0) {
    throw new TLSError(
      'ERR_TLS_INVALID_KEY',
      `key[${unused}] belongs to none of the certificates, or is a second one.`,
    );
  }
}

/** Adds identities to a connection. */
class Adder {
  #core;
  #connection;
  /** For what has none of its own. */
  #passphrase;
  #several;
  /** The error if nothing needs the passphrase. */
  #unused = 0;
  #isUsed = false;

  /**
   * @param {Core} core
   * @param {number} connection
   * @param {Passphrase | undefined} passphrase
   * @param {boolean} several not all of which need the passphrase
   */
  constructor(core, connection, passphrase, several) {
    this.#core = core;
    this.#connection = connection;
    this.#passphrase = passphrase;
    this.#several = several;
  }

  /** @param {Part} chain @param {Part} [key] @returns {number} 0, or the error of the core */
  add(chain, key) {
    const own = (key ?? chain).passphrase;
    const passphrase = own ?? this.#passphrase;
    const ret = this.#call(chain.input, key?.input, passphrase);
    const isUnused = idOf(ret) === 'PASSPHRASE_UNUSED';
    if (own !== undefined || passphrase === undefined) {
      return ret;
    }
    if (isUnused && this.#several) {
      this.#unused = ret;
      return this.#call(chain.input, key?.input, undefined);
    }
    this.#isUsed = true;
    return ret;
  }

  /** @param {string | Uint8Array} chain @param {string | Uint8Array | undefined} key @param {Passphrase | undefined} passphrase */
  #call(chain, key, passphrase) {
    return this.#core.lend([chain, key ?? '', passphrase ?? ''], (...args) => {
      args[2] = key === undefined ? 0 : args[2];
      args[4] = passphrase === undefined ? 0 : args[4];
      return this.#core.call.pagetls_connection_add_identity(this.#connection, ...args);
    });
  }

  /**
   * @param {number} ret
   * @param {string} name of the option, for the message
   * @param {number} at
   * @param {boolean} isAlone without a key that is passed apart
   */
  check(ret, name, at, isAlone) {
    if (ret !== 0) {
      const randomError = this.#core.takeRandomError();
      const missing = isAlone && missingOption(this.#core, ret);
      const message = this.#several ? (/** @type {string} */ reason) => `${name}[${at}]: ${reason}.` : undefined;
      throw randomError ?? (missing ? invalid(missing) : coreError(this.#core, ret, { message }));
    }
  }

  finish() {
    if (this.#unused !== 0 && !this.#isUsed) {
      throw coreError(this.#core, this.#unused);
    }
  }
}

/**
 * What to pass too, if what was passed is good and lacks the other half.
 * @param {Core} core
 * @param {number} ret
 * @returns {string | undefined}
 */
function missingOption(core, ret) {
  const id = idOf(ret);
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

/* --- asking for one ----------------------------------------------------------------------------- */

/**
 * What a server asks of a client certificate.
 * @typedef {object} ClientCertificateRequest
 * @property {string} hostname of the server, which has proved who it is
 * @property {'TLSv1.2' | 'TLSv1.3'} protocol
 * @property {{name: string, raw: Uint8Array}[]} authorities names of CAs, one of which should have issued the certificate, as
 *   text (RFC 4514) and in DER; none: any CA
 * @property {string[]} signatureAlgorithms with which the key may sign, by their IANA names, or 0x…
 * @property {string[]} certificateTypes kinds of keys in TLS 1.2, such as rsa_sign and ecdsa_sign, or 0x…
 */

/** @typedef {(request: ClientCertificateRequest) => ClientIdentity | null | Promise<ClientIdentity | null>} ClientCertificate */

/**
 * @param {ClientCertificate} callback
 * @param {RawRequest} request
 * @param {string} hostname
 * @returns {Promise<IdentityOptions | null>}
 * @throws {TLSError}
 */
export async function askForIdentity(callback, request, hostname) {
  let answer;
  try {
    answer = await callback({
      hostname,
      protocol: request.tls13 ? 'TLSv1.3' : 'TLSv1.2',
      authorities: request.authorities.map(({ name, raw }) => ({ name: name.text, raw: fromBase64(raw) })),
      signatureAlgorithms: request.signatureAlgorithms.map(schemeName),
      certificateTypes: request.certificateTypes.map(certificateTypeName),
    });
  } catch (cause) {
    throw new TLSError('ERR_TLS_CLIENT_CERTIFICATE', undefined, { cause });
  }
  if (answer === null) {
    return null;
  }
  if (typeof answer !== 'object') {
    throw invalid(`clientCertificate must give an object with cert, key or pfx, or null, not ${describe(answer)}.`);
  }
  const identity = readOptions('the result of clientCertificate', IDENTITY_KINDS, answer);
  if ((identity.pfx ?? identity.cert ?? identity.key) === undefined) {
    throw invalid('The result of clientCertificate has neither cert, key nor pfx: give null for no certificate.');
  }
  return identity;
}
