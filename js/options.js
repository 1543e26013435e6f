/** Reads the arguments of `connect()` and `startTls()`. */
import { certificateHost, formatAddress, isIPAddress, parseAddress, parseHost } from './address.js';
import { TLSError } from './errors.js';
import { cipherNames, GROUPS, numbered, protocolNames, SIGNATURE_SCHEMES } from './hello-options.js';
import { CLOSE_TIMEOUT_MS, OPEN_TIMEOUT_MS } from './limits.js';
import { IDENTITY_KINDS } from './identity-options.js';
import { abortSignal, callback, flag, milliseconds, oneOf, text, url } from './option-kinds.js';
import { readOptions } from './options-reader.js';
import { isBelowPublicSuffix, usesPublicSuffixes } from './public-suffixes.js';
import { defaultTrustStore } from './trust-store.js';
import { STARTTLS_PORTS, STARTTLS_PROTOCOLS } from './starttls/protocols.js';
import { mayHaveTcp } from './transports/tcp-here.js';
import { tcp } from './transports/tcp.js';
import { websockify } from './transports/websockify.js';
import { CRITERIA } from './verify-chain.js';

/** @typedef {import('./address.js').Address} Address */
/** @typedef {import('./certificate.js').Certificate} Certificate */
/** @typedef {import('./certificate.js').Profile} Profile */
/** @typedef {import('./certificate.js').Verification} Verification */
/** @typedef {import('./engine-options.js').EngineOptions} EngineOptions */
/** @typedef {import('./engine-options.js').ProtocolVersion} ProtocolVersion */
/** @typedef {import('./hello-options.js').Group} Group */
/** @typedef {import('./hello-options.js').SignatureScheme} SignatureScheme */
/** @typedef {import('./identity.js').ClientCertificate} ClientCertificate */
/** @typedef {import('./identity-options.js').IdentityOptions} IdentityOptions */
/** @typedef {import('./identity-options.js').KeyInput} KeyInput */
/** @typedef {import('./identity-options.js').PfxInput} PfxInput */
/** @typedef {import('./input.js').PemOrDer} PemOrDer */
/** @typedef {import('./input.js').PemOrDerList} PemOrDerList */
/** @typedef {import('./starttls/protocols.js').StarttlsProtocol} StarttlsProtocol */
/** @typedef {import('./socket.js').TLSSocket} TLSSocket */
/** @typedef {import('./transports/transport.js').Transport} Transport */
/** @typedef {import('./trust-store.js').TrustStore} TrustStore */

/**
 * @typedef {object} ConnectOptions
 * @property {string | URL} [bridge] ws(s)://… of a websockify bridge
 * @property {Transport} [transport] how to reach the server; in Node direct TCP by default
 * @property {StarttlsProtocol} [starttls] the protocol in which to start TLS; by default TLS begins at once
 * @property {'on'} [secureTransport] TLS at once, the default; PlainConnectOptions has the others
 * @property {string} [servername] name for the Server Name Indication, which the certificate must match; the address's host by default
 * @property {string} [sni] the same, by the name of the WinterTC Sockets API
 * @property {string[]} [ALPNProtocols] in order of preference
 * @property {string[]} [alpn] the same, by the name of the WinterTC Sockets API
 * @property {ProtocolVersion} [minVersion] TLSv1.2 by default
 * @property {ProtocolVersion} [maxVersion] TLSv1.3 by default
 * @property {string[]} [ciphers] IANA names in order of preference; ChaCha20-Poly1305 first by default
 * @property {Group[]} [groups] for the key exchange, in order of preference; the first gets the key share. X25519 first by default
 * @property {SignatureScheme[]} [signatureAlgorithms] with which the server may sign the handshake, and our key too, in order of preference
 * @property {TrustStore} [trust] Mozilla's root list by default
 * @property {PemOrDerList} [crls] CRLs to check the chain against
 * @property {Profile} [profile] rules for certificates, keys and signatures; auto by default
 * @property {boolean} [publicSuffixes] whether to load the list of public suffixes, below which no wildcard counts with webpki; by default only if `profile` is webpki
 * @property {PemOrDer | readonly PemOrDer[]} [cert] the client's own certificate chain, leaf first; or several, in order of preference
 * @property {KeyInput | readonly KeyInput[]} [key] its private key; may be in `cert`, and the other way round; of several chains in any order
 * @property {PfxInput | readonly PfxInput[]} [pfx] both in PKCS#12, instead of `cert` and `key`; or several, in order of preference
 * @property {string | Uint8Array} [passphrase] of each key, or of each `pfx`, that is encrypted and has none of its own
 * @property {ClientCertificate} [clientCertificate] instead of these: called when the server requests a client certificate; gives it, or null
 * @property {boolean} [renegotiation] true: the server may ask for the client's certificate after the handshake, by post-handshake authentication (TLS 1.3) or secure renegotiation (TLS 1.2)
 * @property {Date} [now] the time of verification; the current time by default
 * @property {boolean} [verifyHostname] false: the certificate need not have the name; `verification.warnings` reports one that has not
 * @property {boolean} [rejectUnauthorized] false: connect even if the server's chain is not valid; `verification` still lists every problem
 * @property {(hostname: string, certificate: Certificate) => Error | undefined} [checkServerIdentity] an additional check, after all others; return an Error to reject the server
 * @property {(verification: Verification, socket: TLSSocket) => void | Promise<void>} [verify] an additional check, after all others and before `opened`; throw to reject the server
 * @property {AbortSignal} [signal] aborts the connection at any time
 * @property {number} [timeout] milliseconds to open the connection; 30,000 by default, 0 for no timeout
 * @property {number} [closeTimeout] milliseconds to close the connection, and, after `writable.close()`, to wait for the next byte of the server; 10,000 by default
 * @property {boolean} [allowHalfOpen] true: the server's close_notify ends reading only, and writing goes on until you close; by default it closes the connection
 * @property {(line: string) => void} [keylog] receives the lines of an NSS key log
 */

/**
 * @typedef {object} Settings
 * @property {Address | undefined} address
 * @property {Transport} transport
 * @property {StarttlsProtocol} [starttls]
 * @property {() => TrustStore | Promise<TrustStore>} trust
 * @property {() => Promise<boolean>} belowPublicSuffix whether the host is directly below one, if that matters
 * @property {Omit<EngineOptions, 'trust' | 'belowPublicSuffix'>} engine
 * @property {IdentityOptions | undefined} identity
 * @property {ClientCertificate | undefined} clientCertificate
 * @property {ConnectOptions['checkServerIdentity']} checkServerIdentity
 * @property {ConnectOptions['verify']} verify
 * @property {AbortSignal | undefined} signal
 * @property {number} timeout
 * @property {number} closeTimeout
 * @property {boolean} allowHalfOpen
 * @property {ConnectOptions['keylog']} keylog
 */

/** Of a plaintext socket. @typedef {Pick<Settings, 'transport' | 'signal' | 'timeout' | 'closeTimeout' | 'allowHalfOpen'> & {address: Address, plaintext: true}} PlainSettings */

/** @typedef {Omit<ConnectOptions, 'bridge' | 'transport' | 'secureTransport' | 'starttls'>} StartTlsOptions */
/** Of streams, which have no address: `hostname` is the name that the certificate must have, and the SNI, unless `servername` is given. @typedef {StartTlsOptions & {hostname?: string}} StreamsTlsOptions */
/** `starttls`: plaintext until startTls(); `off`: plaintext. @typedef {Omit<ConnectOptions, 'secureTransport' | 'starttls'> & {secureTransport: 'starttls' | 'off'}} PlainConnectOptions */

const version = /** @type {import('./options-reader.js').Kind<ProtocolVersion>} */ (text);

const CONNECTION_KINDS = {
  signal: abortSignal,
  timeout: milliseconds,
  closeTimeout: milliseconds,
  allowHalfOpen: flag,
};

const TLS_KINDS = {
  ...CRITERIA,
  servername: text,
  sni: text,
  ALPNProtocols: protocolNames,
  alpn: protocolNames,
  minVersion: version,
  maxVersion: version,
  ciphers: cipherNames,
  groups: numbered('groups', 'names of groups', GROUPS),
  signatureAlgorithms: numbered('signatureAlgorithms', 'names of signature schemes', SIGNATURE_SCHEMES),
  ...IDENTITY_KINDS,
  clientCertificate: /** @type {import('./options-reader.js').Kind<ClientCertificate>} */ (callback),
  renegotiation: flag,
  rejectUnauthorized: flag,
  checkServerIdentity: callback,
  verify: callback,
  keylog: callback,
};

/** @satisfies {Record<keyof StartTlsOptions, import('./options-reader.js').Kind<any>>} */
const START_TLS_KINDS = { ...TLS_KINDS, ...CONNECTION_KINDS };

/** @satisfies {Record<keyof ConnectOptions, import('./options-reader.js').Kind<any>>} */
export const CONNECT_KINDS = {
  ...START_TLS_KINDS,
  bridge: url,
  transport: /** @type {import('./options-reader.js').Kind<Transport>} */ (callback),
  starttls: oneOf(...STARTTLS_PROTOCOLS),
  secureTransport: oneOf('on', 'starttls', 'off'),
};

/** Names that the WinterTC Sockets API has for options that Node has too. */
const ALIASES = /** @type {const} */ ({ sni: 'servername', alpn: 'ALPNProtocols' });

/** The options of startTls() as they were read. @typedef {import('./options-reader.js').Values<typeof START_TLS_KINDS>} TLSValues */

/**
 * @param {string | {hostname: string, port?: number | string}} address
 * @param {ConnectOptions | PlainConnectOptions} [options]
 * @returns {{secureTransport: 'on', settings: Settings} | {secureTransport: 'off', settings: PlainSettings} |
 *   {secureTransport: 'starttls', settings: PlainSettings, upgrade: (options: StartTlsOptions | undefined, transport: Transport) => Settings}}
 */
export function readConnectOptions(address, options) {
  const values = readOptions('connect()', CONNECT_KINDS, options);
  const { bridge, transport, secureTransport = 'on', starttls } = values;
  const server = parseAddress(address, starttls && STARTTLS_PORTS[starttls]);
  const chosen = chooseTransport(server, { bridge, transport });
  if (secureTransport === 'off') {
    const name = Object.keys(TLS_KINDS).find((one) => values[/** @type {keyof TLSValues} */ (one)] !== undefined);
    if (name !== undefined) {
      throw new TLSError(
        'ERR_TLS_INVALID_OPTION',
        `With secureTransport 'off' there is no TLS for the option ${name}.`,
      );
    }
  }
  resolveAliases('connect()', values);
  const settings = settingsOf(values, server, chosen); // rejects options that only startTls() needs, too
  if (secureTransport === 'on') {
    return { secureTransport, settings: { ...settings, starttls } };
  }
  if (starttls !== undefined) {
    throw new TLSError(
      'ERR_TLS_INVALID_OPTION',
      `With secureTransport '${secureTransport}', you start TLS yourself, if ever: leave out the option starttls.`,
    );
  }
  const { signal, timeout, closeTimeout, allowHalfOpen } = settings;
  const plain = {
    address: server,
    transport: chosen,
    ...{ signal, timeout, closeTimeout, allowHalfOpen },
    plaintext: /** @type {const} */ (true),
  };
  return secureTransport === 'off'
    ? { secureTransport, settings: plain }
    : {
        secureTransport,
        settings: plain,
        upgrade: (later, transport) => settingsOf({ ...values, ...readStartTls(later) }, server, transport),
      };
}

/**
 * The options of startTls() over streams, which have no address.
 * @param {StreamsTlsOptions} options
 * @param {Transport} transport
 * @returns {Settings}
 */
export function readStreamsTlsOptions(options, transport) {
  const values = readOptions('startTls()', { ...START_TLS_KINDS, hostname: text }, options);
  resolveAliases('startTls()', values);
  values.servername ??= values.hostname;
  if (values.servername === undefined && (values.verifyHostname !== false || values.checkServerIdentity)) {
    throw new TLSError(
      'ERR_TLS_INVALID_OPTION',
      'startTls() needs the option hostname or servername, the name that the certificate must have: streams do not tell whose they are.',
    );
  }
  return settingsOf(values, undefined, transport);
}

/**
 * @param {StartTlsOptions | undefined} options
 * @returns {Partial<TLSValues>} those that are given
 */
function readStartTls(options) {
  const values = readOptions('Socket.startTls()', START_TLS_KINDS, options);
  resolveAliases('Socket.startTls()', values);
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

/**
 * Moves the values of aliases to the names that they stand for.
 * @param {string} owner
 * @param {TLSValues} values
 */
function resolveAliases(owner, values) {
  for (const [alias, name] of /** @type {['sni', 'servername'][]} */ (Object.entries(ALIASES))) {
    if (values[alias] !== undefined && values[name] !== undefined) {
      throw new TLSError(
        'ERR_TLS_INVALID_OPTION',
        `${owner}: ${alias} and ${name} are the same option: pass one of them.`,
      );
    }
    values[name] ??= values[alias];
    values[alias] = undefined;
  }
}

/**
 * @param {TLSValues} values without aliases
 * @param {Address | undefined} server undefined if it is not known
 * @param {Transport} transport
 * @returns {Settings}
 */
function settingsOf(values, server, transport) {
  const { servername, publicSuffixes, profile, trust, cert, key, pfx, passphrase, clientCertificate, keylog } = values;
  const identity = [cert, key, pfx, passphrase].every((one) => one === undefined)
    ? undefined
    : { cert, key, pfx, passphrase };
  if (identity && clientCertificate) {
    throw new TLSError('ERR_TLS_INVALID_OPTION', 'Pass either clientCertificate, or cert, key, pfx and passphrase.');
  }
  const host = servername === undefined ? server?.hostname : parseHost(servername);
  const name = host === undefined ? undefined : certificateHost(host);
  return {
    address: server,
    transport,
    trust: trust ? () => trust : defaultTrustStore,
    belowPublicSuffix: async () =>
      name !== undefined && usesPublicSuffixes({ publicSuffixes, profile }) && isBelowPublicSuffix(name),
    engine: {
      hostname: name,
      verifyHostname: values.verifyHostname,
      servername: name === undefined || isIPAddress(name) ? undefined : name.toLowerCase(),
      ALPNProtocols: values.ALPNProtocols,
      minVersion: values.minVersion,
      maxVersion: values.maxVersion,
      ciphers: values.ciphers,
      groups: values.groups,
      signatureAlgorithms: values.signatureAlgorithms,
      crls: values.crls,
      profile,
      now: values.now,
      rejectUnauthorized: values.rejectUnauthorized,
      renegotiation: values.renegotiation,
      keylog: keylog !== undefined,
      asksForIdentity: clientCertificate !== undefined,
      hasIdentity: identity !== undefined || clientCertificate !== undefined,
    },
    identity,
    clientCertificate,
    checkServerIdentity: values.checkServerIdentity,
    verify: values.verify,
    signal: values.signal,
    timeout: values.timeout ?? OPEN_TIMEOUT_MS,
    closeTimeout: values.closeTimeout ?? CLOSE_TIMEOUT_MS,
    allowHalfOpen: values.allowHalfOpen ?? false,
    keylog,
  };
}

/**
 * @param {Address} address
 * @param {ConnectOptions} options
 */
function chooseTransport(address, { bridge, transport }) {
  if (bridge !== undefined && transport !== undefined) {
    throw new TLSError('ERR_TLS_INVALID_OPTION', 'Pass either bridge or transport, not both.');
  }
  if (transport) {
    return transport;
  }
  if (bridge !== undefined) {
    return websockify(bridge);
  }
  if (mayHaveTcp()) {
    return tcp();
  }
  throw new TLSError(
    'ERR_TLS_NO_TRANSPORT',
    `A web page needs the option bridge or transport to reach ${formatAddress(address)}.`,
  );
}
