/**
 * One connection of the C core, without I/O: queues of bytes, and the negotiated parameters.
 */
import { CALLBACK_IS_WAITED_FOR } from '../messages/client-certificate.js';
import { renegotiationHint } from '../messages/handshake.js';
import { makeVerification, skippedInputs } from './certificate.js';
import { certificateHints, requestOf } from './certificate-request.js';
import { coreError } from './core-error.js';
import { configure } from './engine-options.js';
import { TLSError } from './errors.js';
import { explainEnd, explainFailure, explainWithoutName, FirstBytes, progressOf } from './failure.js';

/** @typedef {import('./wasm.js').Core} Core */
/** @typedef {import('./engine-options.js').EngineOptions} EngineOptions */
/** @typedef {import('./engine-options.js').ProtocolVersion} ProtocolVersion */
/** @typedef {import('./certificate.js').Verification} Verification */

/** Groups and schemes are numbers of TLS, 0 before the handshake. @typedef {{protocol: ProtocolVersion | null, cipher: string | null, alpn: string | null, group: number, signatureScheme: number, verification: Verification}} Report */

/** Queue numbers of pagetls.h. */
export const NET_IN = 0;
export const NET_OUT = 1;
export const APP_IN = 2;
export const APP_OUT = 3;

/** State bits of pagetls.h. */
const HANDSHAKE_DONE = 1;
const PEER_CLOSED = 2;
const CLOSED = 4;
const FAILED = 8;
const NEEDS_IDENTITY = 16;

/** Bits of pagetls_connection_requests(). */
const REQUESTED_RENEGOTIATION = 4;
const EXTENDED_MASTER_SECRET = 32;

export class Engine {
  #core;
  #pointer;
  #now;
  #state = 0;
  /** @type {Report | undefined} */
  #report;
  /** @type {import('./documents.js').Skipped[]} */
  #skipped = [];
  /** @type {TLSError | undefined} */
  #randomError;
  /** What the server sent first, until the handshake is done. */
  #first = new FirstBytes();
  /** The lowest and the highest that are offered. @type {readonly [number, number]} */
  #versions = [0, 0];
  #hasName;
  #signatureAlgorithms;
  #asksForIdentity;
  #renegotiation;
  #hasIdentity;
  /** The server has sent application data. */
  #hasData = false;

  /**
   * @param {Core} core
   * @param {EngineOptions} options
   */
  constructor(core, options) {
    this.#core = core;
    this.#now = options.now;
    this.#hasName = options.servername !== undefined;
    this.#signatureAlgorithms = options.signatureAlgorithms;
    this.#asksForIdentity = options.asksForIdentity ?? false;
    this.#renegotiation = options.renegotiation ?? false;
    this.#hasIdentity = options.hasIdentity ?? false;
    this.#pointer = core.call.pagetls_connection_new() >>> 0;
    if (this.#pointer === 0) {
      throw new TLSError('ERR_TLS_OUT_OF_MEMORY');
    }
    try {
      this.#versions = configure(core, this.#pointer, options);
      if (options.crls !== undefined) {
        this.#skipped = skippedInputs(core, core.call.pagetls_connection_verification(this.#pointer));
      }
    } catch (error) {
      this.free();
      throw error;
    }
  }

  /**
   * Appends as many of `bytes` from `offset` on as the queue has space for.
   * @param {typeof NET_IN | typeof APP_OUT} queue
   * @param {Uint8Array} bytes
   * @param {number} offset
   * @returns {number} how many bytes were appended
   */
  put(queue, bytes, offset) {
    const { call } = this.#core;
    const length = Math.min(bytes.length - offset, call.pagetls_connection_space(this.#pointer, queue));
    if (length === 0) {
      return 0;
    }
    const pointer = call.pagetls_connection_reserve(this.#pointer, queue) >>> 0;
    if (pointer === 0) {
      throw new TLSError('ERR_TLS_OUT_OF_MEMORY');
    }
    if (queue === NET_IN && !this.handshakeDone) {
      this.#first.add(bytes.subarray(offset, offset + length));
    }
    const whole = offset === 0 && length === bytes.length;
    this.#core.bytes.set(whole ? bytes : bytes.subarray(offset, offset + length), pointer);
    call.pagetls_connection_commit(this.#pointer, queue, length);
    return length;
  }

  /**
   * Removes and returns the queued bytes, at most `limit`; null if the queue is empty.
   * @param {typeof NET_OUT | typeof APP_IN} queue
   * @param {number} [limit]
   */
  take(queue, limit = Infinity) {
    const { call } = this.#core;
    const length = Math.min(limit, call.pagetls_connection_pending(this.#pointer, queue));
    if (length === 0) {
      return null;
    }
    this.#hasData ||= queue === APP_IN;
    const bytes = this.#core.copy(call.pagetls_connection_peek(this.#pointer, queue) >>> 0, length);
    call.pagetls_connection_consume(this.#pointer, queue, length);
    return bytes;
  }

  /** @param {number} queue */
  pending(queue) {
    return this.#core.call.pagetls_connection_pending(this.#pointer, queue);
  }

  /**
   * If true, the core may have stopped for lack of space in this queue: pump again after take().
   * @param {typeof NET_OUT | typeof APP_IN} queue
   */
  isFull(queue) {
    return this.#core.call.pagetls_connection_space(this.#pointer, queue) === 0;
  }

  /** The core is in a call, for this connection or another: another call would throw. */
  get busy() {
    return this.#core.busy;
  }

  /** Resolves after that call. Check `busy` again. */
  idle() {
    return this.#core.idle();
  }

  /** Processes the queues as far as possible. */
  pump() {
    this.#state = this.#core.call.pagetls_connection_pump(this.#pointer);
    this.#randomError ??= this.#core.takeRandomError();
  }

  get handshakeDone() {
    return (this.#state & HANDSHAKE_DONE) !== 0;
  }

  /** The peer's close_notify has arrived: APP_IN gets no more bytes. */
  get peerClosed() {
    return (this.#state & PEER_CLOSED) !== 0;
  }

  /** Our close_notify has been queued. */
  get closed() {
    return (this.#state & CLOSED) !== 0;
  }

  get failed() {
    return (this.#state & FAILED) !== 0;
  }

  /** The keys depend on the whole handshake (RFC 7627): in TLS 1.2 only if the server accepts it, in TLS 1.3 always. */
  get hasExtendedMasterSecret() {
    return (this.#core.call.pagetls_connection_requests(this.#pointer) & EXTENDED_MASTER_SECRET) !== 0;
  }

  /** A server of TLS 1.2 may make the core renegotiate. */
  get mayRenegotiate() {
    return this.#renegotiation && this.report.protocol === 'TLSv1.2';
  }

  /** The server requests a client certificate: answerRequest() continues the handshake. */
  get needsIdentity() {
    return (this.#state & NEEDS_IDENTITY) !== 0;
  }

  /** What it asks of the certificate. */
  get certificateRequest() {
    const request = requestOf(this.#core, this.#pointer);
    if (!request) {
      throw new TLSError('ERR_TLS_OUT_OF_MEMORY');
    }
    return request;
  }

  /** Uses the identities so far, at the next pump. */
  answerRequest() {
    this.#core.call.pagetls_connection_answer_request(this.#pointer);
  }

  /** For identity.js. @param {(core: Core, connection: number) => void} use */
  use(use) {
    use(this.#core, this.#pointer);
  }

  /** The transport has ended. */
  eof() {
    this.#core.call.pagetls_connection_eof(this.#pointer);
  }

  /** Queues close_notify after the bytes in APP_OUT. */
  close() {
    this.#core.call.pagetls_connection_close(this.#pointer);
  }

  /** Queues a KeyUpdate before the next bytes of APP_OUT. @throws {TLSError} ERR_TLS_INVALID_OPTION in TLS 1.2 */
  updateKeys() {
    const ret = this.#core.call.pagetls_connection_update_keys(this.#pointer);
    if (ret !== 0) {
      throw coreError(this.#core, ret);
    }
  }

  /** The negotiated parameters and the verification of the server. Cached: read it only after the handshake or a failure. */
  get report() {
    if (this.#report === undefined) {
      const text = this.#core.call.pagetls_connection_report(this.#pointer) >>> 0;
      const json = this.#core.string(text);
      if (json === null) {
        throw new TLSError('ERR_TLS_OUT_OF_MEMORY');
      }
      this.#core.call.pagetls_free(text);
      const raw = JSON.parse(json);
      this.#report = { ...raw, verification: makeVerification(this.#core, raw.verification, this.#now, this.#skipped) };
    }
    return /** @type {Report} */ (this.#report);
  }

  /**
   * Why the connection failed.
   * @param {unknown} [cause] the transport's error
   */
  error(cause) {
    if (this.#randomError) {
      return this.#randomError;
    }
    const { call } = this.#core;
    const number = call.pagetls_connection_error(this.#pointer);
    const alert = call.pagetls_connection_alert(this.#pointer);
    const { verification } = this.report;
    const verified = verification.path.length > 0 || verification.problems.length > 0;
    const requests = call.pagetls_connection_requests(this.#pointer);
    const hints = certificateHints(this.#core, this.#pointer, this.#signatureAlgorithms, this.#asksForIdentity);
    const endHint = this.#hasData || alert >= 0 ? undefined : hints.missing;
    const unmet =
      (requests & REQUESTED_RENEGOTIATION) === 0 ? endHint : renegotiationHint(this.#renegotiation, this.#hasIdentity);
    const error = coreError(this.#core, number, {
      alert: alert < 0 ? undefined : alert,
      subject: call.pagetls_connection_error_subject(this.#pointer),
      certificateHint: hints.forAlert(alert),
      open: this.handshakeDone,
      verification: verified ? verification : undefined,
      cause,
    });
    if (this.handshakeDone) {
      return explainEnd(error, unmet);
    }
    const explained = explainFailure(error, this.#first.bytes, this.#versions, unmet);
    return this.#hasName || unmet ? explained : explainWithoutName(explained);
  }

  /** How far the handshake has come, for an error. */
  get progress() {
    return this.needsIdentity ? CALLBACK_IS_WAITED_FOR : progressOf(this.#first.bytes);
  }

  /** New lines of the NSS key log. */
  takeKeylog() {
    return (this.#core.string(this.#core.call.pagetls_connection_take_keylog(this.#pointer) >>> 0) ?? '')
      .split('\n')
      .slice(0, -1);
  }

  /**
   * @param {number} length in bytes
   * @param {string} label
   * @param {Uint8Array} [context]
   */
  exportKeyingMaterial(length, label, context) {
    return this.#core.lend(
      [new Uint8Array(length), label, context ?? new Uint8Array()],
      (out, outLength, labelPointer, labelLength, contextPointer, contextLength) => {
        const ret = this.#core.call.pagetls_connection_export(
          this.#pointer,
          out,
          outLength,
          labelPointer,
          labelLength,
          contextPointer,
          contextLength,
          context ? 1 : 0,
        );
        if (ret !== 0) {
          throw coreError(this.#core, ret);
        }
        return this.#core.copy(out, length);
      },
    );
  }

  /** Frees the C memory. Do not call anything afterwards. */
  free() {
    this.#core.call.pagetls_connection_free(this.#pointer);
    this.#pointer = 0;
  }
}
