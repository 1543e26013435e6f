/** What Node's tls.createSecureContext() reads, as options of connect(). */
import { viewOf } from '../bytes.js';
import { TLSError } from '../errors.js';
import { GROUPS, SIGNATURE_SCHEMES } from '../hello-options.js';
import { TrustStore } from '../trust-store.js';
import { nodeError, wrongType } from './node-error.js';
import { readCiphers } from './openssl-ciphers.js';
import { rejectOptions } from './socket-options.js';

/** @typedef {import('../options.js').ConnectOptions} ConnectOptions */
/** @typedef {import('../input.js').PemOrDer} PemOrDer */
/** @typedef {Record<string, any>} NodeOptions */

/**
 * @typedef {object} ContextValues
 * @property {ConnectOptions} connect
 * @property {(() => Promise<TrustStore>) | undefined} trust of the option `ca`; read once
 * @property {boolean} needsCrls every certificate of the path must be checked against CRLs, as in Node
 */

/** For tls.connect(). @type {(context: SecureContext) => ContextValues} */
export let valuesOf;

export class SecureContext {
  static {
    valuesOf = (context) => context.#values;
  }

  #values;

  /** @param {import('node:tls').SecureContextOptions} [given] */
  constructor(given = {}) {
    const options = /** @type {NodeOptions} */ (given);
    rejectOptions(options);
    const { ca, crl, ecdhCurve, sigalgs } = options;
    /** @type {Promise<TrustStore> | undefined} */
    let store;
    const roots = isGiven(ca) ? readInputs('ca', ca) : undefined;
    const ciphers = isGiven(options.ciphers) ? readCiphers(readText('ciphers', options.ciphers)) : undefined;
    const crls = isGiven(crl) ? readInputs('crl', crl) : undefined;
    this.#values = {
      trust: roots && (() => (store ??= TrustStore.from(roots))),
      needsCrls: crls !== undefined,
      connect: {
        ...readIdentity(options),
        ...readVersions(options, ciphers?.minVersion),
        ...(ciphers && { ciphers: ciphers.ciphers }),
        ...(crls && { crls }),
        ...(isGiven(ecdhCurve) && ecdhCurve !== 'auto' && { groups: readGroups(readText('ecdhCurve', ecdhCurve)) }),
        ...(isGiven(sigalgs) && { signatureAlgorithms: readSchemes(readText('sigalgs', sigalgs)) }),
      },
    };
  }
}

/** @param {import('node:tls').SecureContextOptions} [options] */
export const createSecureContext = (options) => new SecureContext(options);

/** Node takes what is falsy for absent. @param {unknown} value */
const isGiven = (value) => Boolean(value);

/** @param {string} name @param {unknown} value @returns {string} */
function readText(name, value) {
  if (typeof value !== 'string') {
    throw wrongType(`options.${name}`, 'of type string', value);
  }
  return value;
}

/** @param {string} name @param {any} value @returns {PemOrDer} a copy */
function readInput(name, value) {
  if (typeof value === 'string') {
    return value;
  }
  const view = viewOf(value);
  if (view) {
    return new Uint8Array(view);
  }
  throw wrongType(`options.${name}`, 'of type string or an instance of Buffer, TypedArray, or DataView', value);
}

/** @param {string} name @param {any} value one or a list @returns {PemOrDer[]} */
const readInputs = (name, value) => [value].flat(Infinity).map((one) => readInput(name, one));

/* --- certificates and keys of the client --------------------------------------------------- */

/**
 * @param {NodeOptions} options
 * @returns {Pick<ConnectOptions, 'cert' | 'key' | 'pfx' | 'passphrase'>}
 */
function readIdentity({ cert, key, pfx, passphrase }) {
  const common = isGiven(passphrase) ? { passphrase: readPassphrase(passphrase) } : {};
  if (isGiven(pfx)) {
    return { pfx: readProtected('pfx', 'buf', pfx), ...common };
  }
  if (isGiven(cert) !== isGiven(key)) {
    throw new TLSError('ERR_TLS_INVALID_OPTION', 'A client certificate needs both cert and key.');
  }
  if (!isGiven(cert)) {
    return {};
  }
  const keys = readProtected('key', 'pem', key);
  return {
    cert: readInputs('cert', cert),
    key: keys,
    ...(keys.every(({ pem }) => isUnencrypted(pem)) ? {} : common), // Node passes it over then
  };
}

/** @param {unknown} value */
const readPassphrase = (value) => /** @type {string | Uint8Array} */ (readInput('passphrase', value));

/**
 * @template {string} Member
 * @param {string} name
 * @param {Member} member of an object that has a passphrase of its own
 * @param {any} value one, or a list
 */
function readProtected(name, member, value) {
  return [value].flat(Infinity).map((one) => {
    const isObject = typeof one === 'object' && one !== null && isGiven(one[member]);
    const input = readInput(name, isObject ? one[member] : one);
    const own = isObject && isGiven(one.passphrase) ? { passphrase: readPassphrase(one.passphrase) } : {};
    return /** @type {{[name in Member]: PemOrDer} & {passphrase?: string | Uint8Array}} */ ({
      [member]: input,
      ...own,
    });
  });
}

/** @param {PemOrDer} key @returns {boolean} a PEM text without any sign of encryption */
function isUnencrypted(key) {
  const text = typeof key === 'string' ? key : new TextDecoder('latin1').decode(key);
  return text.includes('-----BEGIN') && !text.includes('ENCRYPTED');
}

/* --- versions -------------------------------------------------------------------------------- */

const VERSIONS = ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'];
const SUPPORTED = ['TLSv1.2', 'TLSv1.3'];
/** OpenSSL's bits of the option secureOptions that switch versions off. */
const SSL_OP_NO_TLSV1_2 = 0x08000000;
const SSL_OP_NO_TLSV1_3 = 0x20000000;

/**
 * @param {NodeOptions} options
 * @param {string} [ofCiphers] the oldest that has cipher suites
 * @returns {Pick<ConnectOptions, 'minVersion' | 'maxVersion'>}
 */
function readVersions({ minVersion, maxVersion, secureProtocol, secureOptions }, ofCiphers = 'TLSv1') {
  if (isGiven(secureProtocol) && (isGiven(minVersion) || isGiven(maxVersion))) {
    const [name, value] = isGiven(minVersion) ? ['minVersion', minVersion] : ['maxVersion', maxVersion];
    throw nodeError(
      TypeError,
      'ERR_TLS_PROTOCOL_VERSION_CONFLICT',
      `TLS protocol version ${value} of ${name} conflicts with secureProtocol ${secureProtocol}`,
    );
  }
  const off = Number(secureOptions ?? 0);
  const allowed = [
    isGiven(secureProtocol) ? ofMethod(secureProtocol) : SUPPORTED,
    from(isGiven(minVersion) ? readVersion('minVersion', minVersion) : 'TLSv1'),
    upTo(isGiven(maxVersion) ? readVersion('maxVersion', maxVersion) : 'TLSv1.3'),
    from(ofCiphers),
    SUPPORTED.filter((version) => (off & (version === 'TLSv1.2' ? SSL_OP_NO_TLSV1_2 : SSL_OP_NO_TLSV1_3)) === 0),
  ].reduce((left, versions) => left.filter((version) => versions.includes(version)));
  if (allowed.length === 0) {
    throw new TLSError(
      'ERR_TLS_INVALID_OPTION',
      'The options leave no version of TLS: pagetls has TLSv1.2 and TLSv1.3.',
    );
  }
  return /** @type {Pick<ConnectOptions, 'minVersion' | 'maxVersion'>} */ ({
    minVersion: allowed[0],
    maxVersion: allowed[allowed.length - 1],
  });
}

/** @param {string} version */
const from = (version) => SUPPORTED.filter((one) => one >= version);
/** @param {string} version */
const upTo = (version) => SUPPORTED.filter((one) => one <= version);

/** @param {string} name @param {any} value */
function readVersion(name, value) {
  if (!VERSIONS.includes(value)) {
    throw nodeError(
      TypeError,
      'ERR_TLS_INVALID_PROTOCOL_VERSION',
      `${JSON.stringify(value)} is not a valid ${name === 'minVersion' ? 'minimum' : 'maximum'} TLS protocol version`,
    );
  }
  return value;
}

/** @param {unknown} method */
function ofMethod(method) {
  switch (readText('secureProtocol', method)) {
    case 'TLS_method':
    case 'TLS_client_method':
    case 'SSLv23_method':
    case 'SSLv23_client_method':
      return SUPPORTED;
    case 'TLSv1_2_method':
    case 'TLSv1_2_client_method':
      return ['TLSv1.2'];
    default:
      throw nodeError(
        TypeError,
        'ERR_TLS_INVALID_PROTOCOL_METHOD',
        `pagetls has TLS 1.2 and 1.3, as a client: not the protocol method ${method}`,
      );
  }
}

/* --- groups and signature algorithms ---------------------------------------------------------- */

/** @param {string} text @returns {any} those of the list that pagetls has */
function readGroups(text) {
  return supported('ecdhCurve', text, GROUPS, (name) => [name]);
}

/** @param {string} text @returns {any} */
function readSchemes(text) {
  return supported('sigalgs', text, SIGNATURE_SCHEMES, (name) => {
    const [, algorithm, hash] = /^(RSA|RSA-PSS|PSS|ECDSA)\+SHA(256|384|512)$/i.exec(name) ?? [];
    const curve = { 256: 'secp256r1', 384: 'secp384r1', 512: 'secp521r1' }[hash];
    switch (algorithm?.toUpperCase()) {
      case 'RSA':
        return [`rsa_pkcs1_sha${hash}`];
      case 'RSA-PSS':
      case 'PSS':
        return [`rsa_pss_rsae_sha${hash}`];
      case 'ECDSA':
        return [`ecdsa_${curve}_sha${hash}`];
      default:
        return [name];
    }
  });
}

/**
 * @param {string} option
 * @param {string} text names with colons between them
 * @param {Readonly<Record<string, number>>} known
 * @param {(name: string) => string[]} translate
 * @returns {string[]} each once, without those that pagetls has not
 */
function supported(option, text, known, translate) {
  /** @type {Map<number, string>} */
  const found = new Map();
  for (const name of text.split(':').flatMap(translate)) {
    if (Object.hasOwn(known, name) && !found.has(known[name])) {
      found.set(known[name], name);
    }
  }
  if (found.size === 0) {
    const names = Object.keys(known).join(', ');
    throw new TLSError('ERR_TLS_INVALID_OPTION', `The option ${option} has nothing that pagetls supports: ${names}.`);
  }
  return [...found.values()];
}
