/** A TLS connection: dials, runs the handshake, and checks the server before it opens. pump.js moves the bytes. */
import { Connection } from './connection.js';
import { Engine } from './engine.js';
import { TLSError } from './errors.js';
import { checkIdentity, infoOf, makePreamble, openTransport, reportKeys, runVerify, upgrade } from './opening.js';
import { loadIdentity } from './parts.js';
import { Pump } from './pump.js';
import { loadCore } from './wasm.js';

/** @typedef {import('./opening.js').Info} Info */
/** @typedef {import('./opening.js').Times} Times */
/** @typedef {import('./options.js').Settings} Settings */
/** @typedef {import('./pump.js').Owner} Owner */
/** @typedef {import('./starttls/preamble.js').Preamble} Preamble */

const TEXTS = {
  closedByPeer:
    'The server has closed the connection with close_notify, as servers do when a connection has been idle or has served enough requests: open a new one.',
};

/**
 * @extends {Connection<Info, Pump>}
 * @implements {Owner}
 */
export class TLSConnection extends Connection {
  #settings;
  /** Set from the open transport until the end of the handshake. @type {Times | undefined} */
  #times;
  /** What comes before TLS with the option `starttls`. @type {Preamble | undefined} */
  #preamble;
  /** The option `clientCertificate` is running. */
  #asking = false;
  /** The option `verify` is running. */
  #verifying = false;
  /** What it gets as its second argument. @type {import('./socket.js').TLSSocket | undefined} */
  socket;

  /** @param {Settings} settings */
  constructor(settings) {
    const { allowHalfOpen, closeTimeout } = settings;
    super({ allowHalfOpen, closeTimeout, answerTimeout: closeTimeout }, TEXTS);
    this.#settings = settings;
    this.start(settings, () => this.#dial(settings));
  }

  /** @override @param {number} timeout in milliseconds */
  timeoutError(timeout) {
    const text = `The connection was not open within ${timeout} ms.`;
    if (this.#verifying) {
      return new TLSError(
        'ERR_TLS_TIMEOUT',
        `${text} The handshake was done, but the function verify had not settled.`,
      );
    }
    const progress = this.pump?.channel ? this.pump.engine?.progress : this.#preamble?.progress;
    return progress
      ? new TLSError('ERR_TLS_TIMEOUT', `${text} ${progress.sentence}`, { hint: progress.hint })
      : super.timeoutError(timeout);
  }

  /** @param {Settings} settings */
  async #dial(settings) {
    const started = performance.now();
    const { identity, clientCertificate } = settings;
    const [core, trust, belowPublicSuffix, preamble, identities] = await Promise.all([
      loadCore(),
      settings.trust(),
      settings.belowPublicSuffix(),
      makePreamble(settings),
      identity || clientCertificate ? loadIdentity() : undefined,
    ]);
    while (core.busy) {
      await core.idle();
    }
    if (this.state.over) {
      return;
    }
    this.pump = new Pump(new Engine(core, { ...settings.engine, trust, belowPublicSuffix }), this.state, this);
    if (identity) {
      identities?.addIdentities(/** @type {Engine} */ (this.pump.engine), identity);
    }
    const { signal } = /** @type {AbortController} */ (this.controller);
    const channel = await openTransport(settings, signal, this.state);
    if (!channel) {
      return;
    }
    const connected = performance.now();
    if (preamble) {
      this.#preamble = preamble;
      await upgrade(channel, preamble, signal);
    }
    this.hasDialled(channel);
    this.#times = { started, connected, upgraded: preamble && performance.now() };
    this.pump.start(channel, preamble);
  }

  /**
   * Called by the pump after pumping the core.
   * @param {Engine} engine
   */
  pumped(engine) {
    const { keylog } = this.#settings;
    if (keylog) {
      reportKeys(engine, keylog);
    }
    if (engine.needsIdentity && !this.#asking && !this.state.over) {
      this.#asking = true;
      this.#askForIdentity(engine).catch((error) => this.failed(error));
    }
    if (this.#times && engine.handshakeDone && !engine.failed && !this.state.over) {
      this.#finishHandshake(engine, this.#times);
    }
    if (this.state.over) {
      return; // a callback of the application has ended it
    }
    this.serveReads();
    if (engine.peerClosed && !engine.failed) {
      this.peerEnded();
    }
  }

  /**
   * Called when the handshake waits for a client certificate.
   * @param {Engine} engine
   */
  async #askForIdentity(engine) {
    const request = engine.certificateRequest;
    const callback = /** @type {NonNullable<Settings['clientCertificate']>} */ (this.#settings.clientCertificate);
    const { addIdentities, askForIdentity } = await loadIdentity();
    const identity = await askForIdentity(callback, request, this.#settings.engine.hostname ?? '');
    while (engine.busy) {
      await engine.idle();
    }
    if (this.state.over) {
      return;
    }
    this.#asking = false;
    if (identity) {
      addIdentities(engine, identity);
    }
    engine.answerRequest();
    this.pump?.resume();
  }

  /**
   * Called when the handshake is done.
   * @param {Engine} engine
   * @param {Times} times
   */
  #finishHandshake(engine, times) {
    const settings = this.#settings;
    const info = infoOf(engine.report, settings, times, this.pump?.channel);
    checkIdentity(settings, info.verification);
    this.#times = undefined;
    if (!settings.verify) {
      this.#open(info);
      return;
    }
    this.info = info; // what the function asks the socket for
    this.#verifying = true;
    runVerify(settings.verify, info.verification, this.socket).then(
      () => {
        this.#verifying = false;
        this.#open(info);
        this.pump?.resume(); // reads what the server sent meanwhile, or its end
      },
      (error) => {
        this.failed(error);
        this.info = undefined;
      },
    );
  }

  /** @param {Info} info */
  #open(info) {
    if (this.state.apply('opened')) {
      this.info = info;
      this.opened.resolve(info);
    }
  }

  /** Before the handshake is done, `closed` rejects: the result only says that nothing remains to be done. @override @param {unknown} [reason] */
  close(reason) {
    const unopened = this.state.name === 'opening';
    const closed = super.close(reason);
    return unopened ? Promise.resolve() : closed;
  }

  /** Without plaintext, TLS is of no use: no close_notify could be read. */
  cancelReading() {
    return this.close();
  }

  /** Sends a KeyUpdate after the writes before it. */
  updateKeys() {
    return this.send((pump) => pump.updateKeys());
  }

  /** Undefined unless the handshake is done. */
  get engine() {
    return this.info && this.pump?.engine;
  }
}
