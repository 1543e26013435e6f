/** The options with the client's certificates and keys, of `connect()` and of what its `clientCertificate` gives. */
import { bytesOf } from './bytes.js';
import { TLSError } from './errors.js';
import { toInput } from './input.js';
import { MAX_IDENTITIES } from './limits.js';
import { pemOrDer, textOrBytes } from './option-kinds.js';
import { readOptions } from './options-reader.js';

/** @typedef {import('./input.js').PemOrDer} PemOrDer */
/** @typedef {string | Uint8Array} Passphrase */
/** @typedef {PemOrDer | {pem: PemOrDer, passphrase?: Passphrase}} KeyInput a private key, with its own passphrase or that of all */
/** @typedef {PemOrDer | {buf: PemOrDer, passphrase?: Passphrase}} PfxInput the same for PKCS#12 */

/**
 * @typedef {object} ClientIdentity
 * @property {PemOrDer | readonly PemOrDer[]} [cert] the client's own certificate chain, leaf first; or several, in order of preference
 * @property {KeyInput | readonly KeyInput[]} [key] its private key; may be in `cert`, and the other way round; of several chains in any order
 * @property {PfxInput | readonly PfxInput[]} [pfx] both in PKCS#12, instead of `cert` and `key`; or several, in order of preference
 * @property {Passphrase} [passphrase] of each key, or of each `pfx`, that is encrypted and has none of its own
 */

/** One input. @typedef {{input: string | Uint8Array, passphrase?: Passphrase}} Part */
/** The options as they have been read. @typedef {{cert?: Part[], key?: Part[], pfx?: Part[], passphrase?: Passphrase}} IdentityOptions */

/**
 * @template T
 * @typedef {import('./options-reader.js').Kind<T>} Kind
 */

/** @param {string} message */
const invalid = (message) => new TLSError('ERR_TLS_INVALID_OPTION', message);

/**
 * @param {string} name of the option
 * @param {string} [member] of an object with a passphrase of its own
 * @returns {Kind<Part[]>}
 */
const parts = (name, member) => ({
  expected: 'PEM text or DER bytes, or an array of them',
  read(value) {
    const list = Array.isArray(value) ? [...value] : [value];
    if (list.length === 0 || list.length > MAX_IDENTITIES) {
      throw invalid(`${name} must have 1 to ${MAX_IDENTITIES} entries; leave it out for none.`);
    }
    return list.map((one) => {
      const isInput = one === null || typeof one !== 'object' || bytesOf(one) !== undefined;
      return member === undefined || isInput ? { input: toInput(one, name) } : readProtected(name, member, one);
    });
  },
});

/**
 * @param {string} name
 * @param {string} member
 * @param {object} given
 * @returns {Part}
 */
function readProtected(name, member, given) {
  const kinds = { [member]: pemOrDer(name), passphrase: textOrBytes };
  const { [member]: input, passphrase } = readOptions(name, kinds, given);
  if (input === undefined) {
    throw invalid(`An object in ${name} must have ${member}.`);
  }
  return { input, passphrase: /** @type {Passphrase | undefined} */ (passphrase) };
}

export const IDENTITY_KINDS = {
  cert: parts('cert'),
  key: parts('key', 'pem'),
  pfx: parts('pfx', 'buf'),
  passphrase: textOrBytes,
};
