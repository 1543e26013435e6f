/**
 * The states of a connection in one table: what each state allows to read, write and receive, and the transitions.
 *
 * | state     | means                                  | read()                          | write()        | network in       | network out          |
 * | --------- | -------------------------------------- | ------------------------------- | -------------- | ---------------- | -------------------- |
 * | opening   | dialling, then the handshake           | waits                           | waits          | to the core      | handshake            |
 * | open      | both sides may send                    | bytes                           | sends          | to the core      | records              |
 * | writeOnly | the peer has sent close_notify         | bytes left, then null           | sends          | ignored          | records              |
 * | readOnly  | the peer may send, we do not any more  | bytes                           | ERR_TLS_CLOSED | to the core      | writes, close_notify |
 * | draining  | close() waits for the writes before it | bytes; null if the peer closed  | ERR_TLS_CLOSED | to the core      | writes               |
 * | closing   | close_notify, then the transport's end | bytes; null if the peer closed  | ERR_TLS_CLOSED | as far as it fits | close_notify         |
 * | closed    | ended cleanly                          | null if the peer closed before us, after its last bytes; else ERR_TLS_CLOSED | ERR_TLS_CLOSED | discarded | nothing |
 * | failed    | `closed` rejects with the error        | null if the peer had closed, after its last bytes; else the error | the error | discarded | the alert, if any |
 *
 * A plaintext connection has the same states; its close_notify is the end of the transport's stream.
 *
 * writeOnly and readOnly are half-closed (RFC 8446, section 6.1). writeOnly occurs only with `allowHalfOpen`: without it,
 * `peerClosed` counts as `close`. In TLS 1.2 a peer may answer our close_notify at once and drop its pending writes (RFC
 * 5246, section 7.2.1).
 */

/** @typedef {'opening' | 'open' | 'writeOnly' | 'readOnly' | 'draining' | 'closing' | 'closed' | 'failed'} StateName */

/**
 * - opened: the handshake is done and the server accepted
 * - peerClosed: the peer's close_notify has arrived
 * - end: the application has ended writing but still reads
 * - close: the application has called close()
 * - drained: all writes before close() have been sent
 * - finished: close_notify has been sent and the transport closed
 * - handedOver: a plaintext connection has been upgraded: another one has its transport
 * - failed: the connection has failed
 * @typedef {'opened' | 'peerClosed' | 'end' | 'close' | 'drained' | 'finished' | 'handedOver' | 'failed'} StateEvent
 */

/**
 * @typedef {object} State
 * @property {boolean} reads read() returns plaintext
 * @property {boolean} writes write() is accepted
 * @property {boolean} receives network input is queued while the core has no space for it, and its end without close_notify
 *   is an error; if false, neither holds
 * @property {Partial<Record<StateEvent, StateName>>} next other events change nothing
 */

/** @type {Record<StateName, State>} */
export const STATES = {
  opening: { reads: false, writes: true, receives: true, next: { opened: 'open', failed: 'failed' } },
  open: {
    ...{ reads: true, writes: true, receives: true },
    next: { peerClosed: 'writeOnly', end: 'readOnly', close: 'draining', handedOver: 'closed', failed: 'failed' },
  },
  writeOnly: {
    ...{ reads: true, writes: true, receives: false },
    next: { end: 'draining', close: 'draining', failed: 'failed' },
  },
  readOnly: {
    ...{ reads: true, writes: false, receives: true },
    next: { peerClosed: 'draining', close: 'draining', failed: 'failed' },
  },
  draining: { reads: true, writes: false, receives: true, next: { drained: 'closing', failed: 'failed' } },
  closing: { reads: true, writes: false, receives: false, next: { finished: 'closed', failed: 'failed' } },
  closed: { reads: true, writes: false, receives: false, next: {} },
  failed: { reads: true, writes: false, receives: false, next: {} },
};

/** The current state of one connection. */
export class ConnectionState {
  /** @type {StateName} */
  #name = 'opening';

  /** @param {boolean} allowHalfOpen we may still send after the peer's close_notify */
  constructor(allowHalfOpen) {
    this.allowHalfOpen = allowHalfOpen;
  }

  /**
   * Applies an event.
   * @param {StateEvent} event
   * @returns {boolean} whether the state has changed
   */
  apply(event) {
    const next = STATES[this.#name].next[event === 'peerClosed' && !this.allowHalfOpen ? 'close' : event];
    this.#name = next ?? this.#name;
    return next !== undefined;
  }

  get name() {
    return this.#name;
  }

  get reads() {
    return STATES[this.#name].reads;
  }

  get writes() {
    return STATES[this.#name].writes;
  }

  get receives() {
    return STATES[this.#name].receives;
  }

  /** Closed or failed. */
  get over() {
    return this.#name === 'closed' || this.#name === 'failed';
  }
}
