/** A TLS connection in the shape of Node's tls.TLSSocket. */
import { connectionOf } from '../base-socket.js';
import { TLSError } from '../errors.js';
import { cipherOf, ephemeralKeyOf } from './negotiated.js';
import { peerCertificateOf } from './peer-certificate.js';
import { SocketDuplex } from './socket-duplex.js';
import { sourceOf } from './source.js';
import { Buffer, X509Certificate } from '#stream';

/** @typedef {import('../tls-connection.js').TLSConnection} Connection */
/** @typedef {import('../socket.js').TLSSocket} TLSSocket */
/** @typedef {import('./peer-certificate.js').PeerCertificate} PeerCertificate */

export class TLSDuplex extends SocketDuplex {
  #socket;
  #connection;
  #nodeCodes;

  /**
   * Takes the socket over: nobody else may read or write it any more.
   * @param {TLSSocket} socket open or opening
   * @param {{allowHalfOpen?: boolean, nodeCodes?: boolean}} [options] `nodeCodes`: errors have Node's codes; true by default
   */
  constructor(socket, { allowHalfOpen, nodeCodes = true } = {}) {
    super({ allowHalfOpen });
    this.#nodeCodes = nodeCodes;
    this.#socket = socket;
    this.#connection = connectionOf(socket);
    this.attach(sourceOf(this.#connection));
  }

  /** @override */
  onOpened() {
    this.emit('secureConnect');
  }

  /** @override @param {unknown} error */
  toSocketError(error) {
    return this.#nodeCodes || !(error instanceof TLSError) ? super.toSocketError(error) : error;
  }

  /** The TLSSocket below. */
  get socket() {
    return this.#socket;
  }

  get #info() {
    return this.destroyed ? undefined : this.#connection.info;
  }

  /** Always true, as in Node. */
  get encrypted() {
    return true;
  }

  /** The handshake is not done yet. */
  get secureConnecting() {
    return !this.destroyed && this.#connection.info === undefined;
  }

  /** Whether the server's chain is valid; false before the handshake is done. */
  get authorized() {
    return this.#socket.authorized;
  }

  /** The code of the first problem of the server's chain, or null: ours, not OpenSSL's. @returns {string | null} */
  get authorizationError() {
    return this.#socket.authorizationError;
  }

  /** The protocol chosen by ALPN; false if there is none, null before the handshake. */
  get alpnProtocol() {
    const { info } = this.#connection;
    return info ? (info.alpn ?? false) : null;
  }

  /** The name that was sent (SNI); false if there was none, null before the handshake. */
  get servername() {
    const { info } = this.#connection;
    return info ? (info.servername ?? false) : null;
  }

  /**
   * The server's certificate in the shape of Node's: empty before the handshake, null after the end.
   * @param {boolean} [detailed] with its issuers up to the trust anchor
   * @returns {PeerCertificate | {} | null}
   */
  getPeerCertificate(detailed = false) {
    const info = this.#info;
    return this.destroyed ? null : info ? peerCertificateOf(info.verification, detailed) : {};
  }

  /** The same as an X509Certificate of node:crypto; undefined before the handshake, and in a page. */
  getPeerX509Certificate() {
    const der = this.#info?.verification.sent[0]?.der;
    return der && X509Certificate && new X509Certificate(der);
  }

  /** Our own certificate is not kept: empty before the end, null after it. */
  getCertificate() {
    return this.destroyed ? null : {};
  }

  /**
   * The cipher suite: `name` is OpenSSL's. Empty before the handshake, null after the end.
   * @returns {{name?: string, standardName?: string, version?: string} | null}
   */
  getCipher() {
    const info = this.#info;
    return info ? cipherOf(info) : this.destroyed ? null : {};
  }

  getProtocol() {
    return this.#info?.protocol ?? null;
  }

  /** @returns {{type?: string, name?: string, size?: number} | null} */
  getEphemeralKeyInfo() {
    const info = this.#info;
    return info ? ephemeralKeyOf(info) : this.destroyed ? null : {};
  }

  /**
   * @param {number} length in bytes
   * @param {string} label
   * @param {Uint8Array | ArrayBuffer | ArrayBufferView} [context]
   * @returns {Buffer}
   */
  exportKeyingMaterial(length, label, context) {
    const { buffer, byteOffset } = this.#socket.exportKeyingMaterial(length, label, context);
    return Buffer.from(buffer, byteOffset, length);
  }

  /** As `TLSSocket.channelBinding()`. @param {import('../channel-binding.js').ChannelBindingType} type */
  channelBinding(type) {
    return this.#socket.channelBinding(type);
  }

  /** No sessions are resumed. */
  isSessionReused() {
    return false;
  }

  /** @returns {undefined} sessions are not kept */
  getSession() {}

  /** @returns {undefined} sessions are not kept */
  getTLSTicket() {}

  /** @returns {undefined} Mbed TLS does not tell */
  getFinished() {}

  /** @returns {undefined} Mbed TLS does not tell */
  getPeerFinished() {}

  /** Without effect: whether servers may renegotiate is an option of `connect()`. */
  disableRenegotiation() {}

  /** @returns {boolean} always false: the size of records is ours to choose */
  setMaxSendFragment() {
    return false;
  }
}
