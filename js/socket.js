/**
 * The public API of a TLS connection: a Socket with the negotiated parameters.
 */
import { connectionOf, Socket } from './base-socket.js';
import { channelBinding } from './channel-binding.js';
import { TLSError } from './errors.js';
import { MAX_EXPORT_BYTES, MAX_EXPORT_CONTEXT_BYTES } from './limits.js';
import { bytes, integer, text } from './option-kinds.js';
import { readArgument } from './options-reader.js';
import { TLSConnection } from './tls-connection.js';

/** @typedef {import('./options.js').Settings} Settings */
/** @typedef {import('./certificate.js').Certificate} Certificate */
/** @typedef {import('./channel-binding.js').ChannelBindingType} ChannelBindingType */
/** @typedef {import('./engine-options.js').ProtocolVersion} ProtocolVersion */
/** @typedef {import('./opening.js').Info} Info */

const EXPORT = 'exportKeyingMaterial()';
const EXPORT_LENGTH = integer(1, MAX_EXPORT_BYTES);
const EXPORT_CONTEXT = bytes(MAX_EXPORT_CONTEXT_BYTES);

/** @extends {Socket<Info>} */
export class TLSSocket extends Socket {
  /**
   * For `connect()`.
   * @param {Settings} settings
   */
  constructor(settings) {
    const connection = new TLSConnection(settings);
    super(connection, 'on');
    connection.socket = this;
  }

  get #connection() {
    return connectionOf(this);
  }

  /**
   * Updates the keys of a TLS 1.3 connection (RFC 8446, section 4.6.3): ours after the writes before it, and the server's as
   * soon as it has answered. Resolves when the transport has accepted the KeyUpdate.
   * @returns {Promise<void>}
   */
  updateKeys() {
    return this.#connection.updateKeys();
  }

  /* --- negotiated parameters, under Node's names ------------------------------------------------ */

  /** Whether the server's chain is valid; false before the handshake is done. */
  get authorized() {
    return this.#connection.info?.verification.ok ?? false;
  }

  /** The code of the first problem of the server's chain, or null. */
  get authorizationError() {
    return this.#connection.info?.verification.problems[0]?.code ?? null;
  }

  /** The server's own certificate, or null before the handshake. @returns {Certificate | null} */
  get peerCertificate() {
    return this.#connection.info?.verification.sent[0] ?? null;
  }

  /** @returns {ProtocolVersion | null} */
  getProtocol() {
    return this.#connection.info?.protocol ?? null;
  }

  /** The cipher suite by its IANA name, or null before the handshake. */
  getCipher() {
    const { info } = this.#connection;
    return info ? { name: info.cipher, standardName: info.cipher, version: info.protocol } : null;
  }

  /** @returns {string | null} */
  get alpnProtocol() {
    return this.#connection.info?.alpn ?? null;
  }

  /**
   * Keying material bound to this connection (RFC 5705; RFC 8446, section 7.5).
   * @param {number} length in bytes
   * @param {string} label
   * @param {Uint8Array | ArrayBuffer | ArrayBufferView} [context]
   * @returns {Uint8Array}
   */
  exportKeyingMaterial(length, label, context) {
    const size = readArgument(EXPORT, 'length', EXPORT_LENGTH, length);
    const name = readArgument(EXPORT, 'label', text, label);
    const bound = context === undefined ? undefined : readArgument(EXPORT, 'context', EXPORT_CONTEXT, context);
    const { engine } = this.#connection;
    if (!engine) {
      throw new TLSError('ERR_TLS_CLOSED', 'The connection is not open.');
    }
    return engine.exportKeyingMaterial(size, name, bound);
  }

  /**
   * What binds an authentication inside this connection to it, for SCRAM-…-PLUS.
   * @param {ChannelBindingType} type `tls-exporter` (RFC 9266) or `tls-server-end-point` (RFC 5929)
   * @returns {Uint8Array}
   * @throws {TLSError} ERR_TLS_CHANNEL_BINDING if the connection has none of this type
   */
  channelBinding(type) {
    return channelBinding(type, this.#connection.info, this.#connection.engine);
  }
}
