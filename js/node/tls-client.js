/** tls.TLSSocket and tls.connect() of Node, as a client. */
import { isError } from '../bytes.js';
import { certificateHost } from '../address.js';
import { TLSError } from '../errors.js';
import { readConnectOptions } from '../options.js';
import { TLSSocket as Connected } from '../socket.js';
import { readALPN } from './alpn.js';
import { chainError } from './chain-error.js';
import { configured } from './configuration.js';
import { takeDuplex } from './duplex-channel.js';
import { isIP } from './ip.js';
import { readAddress, readArguments } from './net-arguments.js';
import { follow, isPlainSocket, readReachable, takeTransport } from './net-socket.js';
import { wrongType } from './node-error.js';
import { peerCertificateOf } from './peer-certificate.js';
import { SecureContext, valuesOf } from './secure-context.js';
import { checkServerIdentity as checkByDefault } from './server-identity.js';
import { rejectOptions } from './socket-options.js';
import { addAbortSignal, Buffer } from '#stream';
import { TLSDuplex } from './tls-duplex.js';

/** @typedef {import('../certificate.js').Verification} Verification */
/** @typedef {import('../options.js').Settings} Settings */
/** @typedef {import('../transports/transport.js').Transport} Transport */
/** @typedef {import('./source.js').Source} Source */
/** @typedef {import('./secure-context.js').NodeOptions} NodeOptions */
/** @typedef {import('node:net').Socket} AnySocket */

/**
 * Those of Node's tls.connect(), and of its socket.connect().
 * @typedef {Omit<import('node:tls').ConnectionOptions, 'secureContext'> & {secureContext?: SecureContext, localAddress?: string,
 *   localPort?: number, family?: number | string, keepAlive?: boolean, keepAliveInitialDelay?: number, signal?: AbortSignal,
 *   allowHalfOpen?: boolean}} ConnectOptions
 */

/**
 * How the server was verified.
 * @typedef {object} Check
 * @property {Error | undefined} error why it is not authorized
 * @property {boolean} done
 */

export class TLSSocket extends TLSDuplex {
  #check;
  /** The socket below, if there was one, was connected already: this one does not connect, as in Node. */
  #overConnected;
  #overOther;

  /**
   * @param {AnySocket | undefined} socket any Duplex; undefined: dials the host and port of the options
   * @param {ConnectOptions} [given]
   */
  constructor(socket, given = {}) {
    const options = /** @type {NodeOptions} */ (given);
    /** @type {Check} */
    const check = { error: undefined, done: false };
    const settings = settingsOf(socket, options, check);
    super(new Connected(settings), {
      allowHalfOpen: Boolean(socket ? socket.allowHalfOpen : options.allowHalfOpen),
    });
    this.#check = check;
    this.#overOther = socket !== undefined;
    this.#overConnected = socket !== undefined && !socket.connecting;
    this.#reportKeys(settings);
    if (socket) {
      this.#standOn(socket);
    }
    if (options.signal) {
      addAbortSignal(options.signal, this);
    }
    if (options.keepAlive) {
      this.setKeepAlive(true, options.keepAliveInitialDelay);
    }
  }

  /** @param {AnySocket} socket */
  #standOn(socket) {
    if (isPlainSocket(socket)) {
      follow(socket, this.#sourceForBelow());
      this.parent = socket;
    }
    socket.on('close', () => this.destroy());
  }

  /** What the socket below does from now on, besides writing. @returns {Omit<Source, 'write'>} */
  #sourceForBelow() {
    const own = /** @type {Source} */ (this.source);
    return {
      dialled: own.dialled,
      opened: own.opened,
      closed: own.closed,
      read: () => new Promise(() => {}),
      end: async () => {},
      close: async () => void this.destroy(),
      abort: () => void this.destroy(),
      get tcp() {
        return own.tcp;
      },
    };
  }

  /** Only if somebody listens before the handshake: secrets must not leave the core for nothing. @param {Settings} settings */
  #reportKeys(settings) {
    this.on('newListener', (event) => {
      if (event === 'keylog' && !settings.keylog) {
        settings.engine.keylog = true;
        settings.keylog = (line) => void this.emit('keylog', Buffer.from(`${line}\n`));
      }
    });
  }

  /** @override */
  onDialled() {
    if (!this.#overOther) {
      super.onDialled();
    } else if (!this.#overConnected) {
      this.emitSafely('connect');
    }
  }

  /** @override */
  get connecting() {
    return !this.#overConnected && super.connecting;
  }

  /** @override */
  onOpened() {
    super.onOpened();
    this.emit('secure');
  }

  /** @override @param {unknown} error */
  toSocketError(error) {
    if (error instanceof TLSError) {
      if (error.code === 'ERR_TLS_VERIFY_REJECTED' && error.cause === this.#check?.error) {
        return /** @type {Error} */ (error.cause);
      }
      if (error.verification && !error.verification.ok) {
        this.#check.error ??= chainError(error.verification, { needsCrls: false, cause: error });
        return this.#check.error ?? error;
      }
    }
    return super.toSocketError(error);
  }

  /**
   * As in Node, 'close' of the socket below comes first.
   * @override
   * @param {string | symbol} event
   * @param {...any} values
   * @returns {boolean}
   */
  emit(event, ...values) {
    const below = event === 'close' ? this.parent : undefined;
    if (!below || below.closed) {
      return super.emit(event, ...values);
    }
    below.once('close', () => super.emit(event, ...values));
    below.destroy();
    return true;
  }

  /** Whether the chain is valid and the name was accepted. @override */
  get authorized() {
    return this.#check.done && this.#check.error === undefined;
  }

  /** OpenSSL's code where it has one, as in Node. @override @returns {string | null} */
  get authorizationError() {
    const { error } = this.#check;
    return error ? (/** @type {{code?: string}} */ (error).code ?? error.message) : null;
  }

  /** Sessions are not kept. */
  setSession() {}

  /**
   * @param {unknown} _options
   * @param {(error: Error) => void} [callback]
   */
  renegotiate(_options, callback) {
    const error = new TLSError('ERR_TLS_INVALID_OPTION', 'pagetls does not ask for renegotiation.');
    if (callback) {
      queueMicrotask(() => callback(error));
    }
    return false;
  }
}

/**
 * @param {AnySocket | undefined} socket
 * @param {NodeOptions} options
 * @param {Check} check
 * @returns {Settings}
 */
function settingsOf(socket, options, check) {
  rejectOptions(options);
  const identityCheck = options.checkServerIdentity ?? checkByDefault;
  if (typeof identityCheck !== 'function') {
    throw wrongType('options.checkServerIdentity', 'of type function', identityCheck);
  }
  const context = options.secureContext ?? new SecureContext(options);
  if (!(context instanceof SecureContext)) {
    throw wrongType('options.secureContext', 'a SecureContext of pagetls/node-tls', context);
  }
  const { connect, trust, needsCrls } = valuesOf(context);
  const servername = options.servername || undefined;
  const host = servername || options.host || /** @type {{_host?: string}} */ (socket ?? {})._host || 'localhost';
  if (typeof host !== 'string') {
    throw wrongType('options.servername', 'of type string', host);
  }
  const { crls, ...others } = configured();
  const read = (/** @type {{hostname: string, port: number}} */ address, /** @type {object} */ way) =>
    readConnectOptions(address, {
      ...others,
      ...(crls && !needsCrls ? { crls } : {}),
      ...connect,
      ...(options.ALPNProtocols ? { ALPNProtocols: readALPN(options.ALPNProtocols) } : {}),
      servername: host,
      verifyHostname: false, // checkServerIdentity does
      rejectUnauthorized: options.rejectUnauthorized !== false,
      ...way,
    }).settings;
  const settings = /** @type {Settings} */ (
    socket
      ? read({ hostname: certificateHost(host), port: 443 }, { transport: transportOf(socket) })
      : readReachable(readAddress(options), options, read)
  );
  if (trust) {
    settings.trust = trust;
  }
  if (!servername || isIP(servername) !== 0) {
    settings.engine.servername = undefined; // as in Node, which sends a name only if it is asked to
  }
  settings.verify = async (verification) => {
    check.error = chainError(verification, { needsCrls }) ?? checkIdentity(identityCheck, host, verification);
    check.done = true;
    if (check.error && options.rejectUnauthorized !== false) {
      throw check.error;
    }
  };
  return settings;
}

/**
 * @param {Function} identityCheck
 * @param {string} host
 * @param {Verification} verification
 * @returns {Error | undefined}
 */
function checkIdentity(identityCheck, host, verification) {
  try {
    return identityCheck(host, peerCertificateOf(verification, true)) || undefined;
  } catch (error) {
    return isError(error) ? error : new Error(String(error));
  }
}

/** @param {any} socket @returns {Transport} */
function transportOf(socket) {
  if (typeof socket === 'object' && isPlainSocket(socket)) {
    return (_, { signal }) => takeTransport(socket, signal);
  }
  if (typeof socket.pipe !== 'function' || typeof socket.write !== 'function' || typeof socket.on !== 'function') {
    throw wrongType('options.socket', 'an instance of stream.Duplex', socket);
  }
  return (_, { signal }) => takeDuplex(socket, signal);
}

/**
 * @overload
 * @param {ConnectOptions} options
 * @param {() => void} [callback] for 'secureConnect'
 * @returns {TLSSocket}
 */
/**
 * @overload
 * @param {number} port
 * @param {ConnectOptions} [options]
 * @param {() => void} [callback]
 * @returns {TLSSocket}
 */
/**
 * @overload
 * @param {number} port
 * @param {string} [host]
 * @param {ConnectOptions} [options]
 * @param {() => void} [callback]
 * @returns {TLSSocket}
 */
/** @param {...any} values */
export function connect(...values) {
  const { options, callback } = readArguments(values);
  for (const more of values.slice(1, 3)) {
    if (typeof more === 'object' && more !== null) {
      Object.assign(options, more);
      break;
    }
  }
  const socket = new TLSSocket(options.socket || undefined, options);
  if (callback) {
    socket.once('secureConnect', callback);
  }
  if (options.timeout && !options.socket) {
    socket.setTimeout(options.timeout);
  }
  return socket;
}
