/** Sets the options of a connection in the core. */
import { setCriteria } from './certificate.js';
import { coreError } from './core-error.js';
import { TLSError } from './errors.js';
import { encoder } from './web.js';

/** @typedef {import('./wasm.js').Core} Core */
/** @typedef {import('./trust-store.js').TrustStore} TrustStore */
/** @typedef {import('./certificate.js').Profile} Profile */
/** @typedef {'TLSv1.2' | 'TLSv1.3'} ProtocolVersion */
/** @typedef {(name: string, value: unknown, setter: import('./wasm.js').NativeFunction, input: string | Uint8Array) => void} Setter */

/**
 * @typedef {object} EngineOptions
 * @property {string} [hostname] the name or IP address that the certificate must match; may be left out only without `verifyHostname`
 * @property {boolean} [verifyHostname] false: the certificate need not match it
 * @property {string} [servername] the Server Name Indication; none for an IP address
 * @property {TrustStore} trust
 * @property {boolean} [belowPublicSuffix] the host is directly below a public suffix
 * @property {string[]} [ALPNProtocols]
 * @property {ProtocolVersion} [minVersion]
 * @property {ProtocolVersion} [maxVersion]
 * @property {string[]} [ciphers] IANA names
 * @property {number[]} [groups]
 * @property {number[]} [signatureAlgorithms]
 * @property {(string | Uint8Array)[]} [crls]
 * @property {Profile} [profile]
 * @property {boolean} [asksForIdentity] the handshake waits for an answer if the server requests a client certificate
 * @property {Date} [now]
 * @property {boolean} [rejectUnauthorized]
 * @property {boolean} [renegotiation]
 * @property {boolean} [hasIdentity] the client has a certificate, or may get one
 * @property {boolean} [keylog]
 */

const VERSIONS = { 'TLSv1.2': 0x0303, 'TLSv1.3': 0x0304 };
const VERSION_NUMBERS = Object.values(VERSIONS);

/**
 * Sets the options of a connection that has not begun.
 * @param {Core} core
 * @param {number} connection
 * @param {EngineOptions} options
 * @returns {readonly [number, number]} the lowest and the highest version to offer
 * @throws {TLSError} ERR_TLS_INVALID_OPTION, for example
 */
export function configure(core, connection, options) {
  const { call } = core;
  /** @type {Setter} */
  const set = (name, value, setter, input) => {
    const ret = core.lend([input], (pointer, length) => setter(connection, pointer, length));
    if (ret !== 0) {
      throw coreError(core, ret, {
        message: (reason) => `${name} cannot be ${JSON.stringify(value)} (${reason}).`,
      });
    }
  };
  setCriteria(core, call.pagetls_connection_verification(connection), options);
  if (options.servername !== undefined) {
    set('servername', options.servername, call.pagetls_connection_set_servername, options.servername);
  }
  if (options.ALPNProtocols?.length) {
    set('ALPNProtocols', options.ALPNProtocols, call.pagetls_connection_set_alpn, alpnList(options.ALPNProtocols));
  }
  if (options.ciphers?.length) {
    set('ciphers', options.ciphers, call.pagetls_connection_set_ciphers, options.ciphers.join(','));
  }
  if (options.groups !== undefined) {
    set('groups', options.groups, call.pagetls_connection_set_groups, numberList(options.groups));
  }
  if (options.signatureAlgorithms !== undefined) {
    const { signatureAlgorithms } = options;
    const list = numberList(signatureAlgorithms);
    set('signatureAlgorithms', signatureAlgorithms, call.pagetls_connection_set_signature_schemes, list);
  }
  if (options.asksForIdentity) {
    const ret = call.pagetls_connection_wait_for_identity(connection);
    if (ret !== 0) {
      throw coreError(core, ret);
    }
  }
  if (options.renegotiation) {
    const ret = call.pagetls_connection_set_renegotiation(connection);
    if (ret !== 0) {
      throw coreError(core, ret);
    }
  }
  const [low, high] = versionRange(options);
  if (call.pagetls_connection_set_versions(connection, low, high) !== 0) {
    throw new TLSError('ERR_TLS_INVALID_OPTION', `The TLS versions cannot be ${low} to ${high}.`);
  }
  call.pagetls_connection_set_verify_required(connection, options.rejectUnauthorized === false ? 0 : 1);
  call.pagetls_connection_set_keylog(connection, options.keylog ? 1 : 0);
  return [low, high];
}

/** Numbers of the signature schemes that TLS 1.3 allows for certificates only (RFC 8446, section 4.2.3). */
const RSA_PKCS1 = [0x0401, 0x0501, 0x0601];

/**
 * The lowest and the highest version to offer. Leaves out a version without a cipher suite in `ciphers`, or without a
 * scheme in `signatureAlgorithms`: a server could choose it and then find nothing in common.
 * @param {EngineOptions} options
 */
function versionRange({ minVersion = 'TLSv1.2', maxVersion = 'TLSv1.3', ciphers = [], signatureAlgorithms = [] }) {
  const low = versionNumber('minVersion', minVersion);
  const high = versionNumber('maxVersion', maxVersion);
  if (low > high) {
    throw new TLSError('ERR_TLS_INVALID_OPTION', `minVersion ${minVersion} is above maxVersion ${maxVersion}.`);
  }
  const forCiphers = ciphers.map((name) => VERSIONS[name.includes('_WITH_') ? 'TLSv1.2' : 'TLSv1.3']);
  const forSchemes = signatureAlgorithms.flatMap((scheme) =>
    VERSION_NUMBERS.slice(0, RSA_PKCS1.includes(scheme) ? 1 : 2),
  );
  let usable = VERSION_NUMBERS.filter((version) => version >= low && version <= high);
  for (const [list, what] of /** @type {const} */ ([
    [forCiphers, 'cipher suite in ciphers'],
    [forSchemes, 'scheme in signatureAlgorithms'],
  ])) {
    usable = list.length > 0 ? usable.filter((version) => list.includes(version)) : usable;
    if (usable.length === 0) {
      throw new TLSError('ERR_TLS_INVALID_OPTION', `No ${what} works with ${minVersion} to ${maxVersion}.`);
    }
  }
  return [Math.min(...usable), Math.max(...usable)];
}

/**
 * @param {string} name
 * @param {string} version
 */
function versionNumber(name, version) {
  if (!Object.hasOwn(VERSIONS, version)) {
    throw new TLSError('ERR_TLS_INVALID_OPTION', `${name} must be TLSv1.2 or TLSv1.3, not ${JSON.stringify(version)}.`);
  }
  return VERSIONS[/** @type {ProtocolVersion} */ (version)];
}

/** Two octets for each number. @param {number[]} numbers */
function numberList(numbers) {
  return Uint8Array.from(numbers.flatMap((number) => [number >> 8, number & 0xff]));
}

/**
 * Encodes the ProtocolNameList of RFC 7301, section 3.1, without its length.
 * @param {string[]} protocols
 */
function alpnList(protocols) {
  /** @type {number[]} */
  const list = [];
  for (const protocol of protocols) {
    const bytes = encoder.encode(protocol);
    list.push(bytes.length, ...bytes);
  }
  return Uint8Array.from(list);
}
