/**
 * The life of a connection as one table: what may be read, written and received in each state, and which event leads
 * to which other state.
 *
 * | state     | means                                  | read()                          | write()        | network in       | network out          |
 * | --------- | -------------------------------------- | ------------------------------- | -------------- | ---------------- | -------------------- |
 * | opening   | dialling, then the handshake           | waits                           | waits          | to the core      | handshake            |
 * | open      | both sides may send                    | bytes                           | sends          | to the core      | records              |
 * | writeOnly | the peer's close_notify has come       | bytes left, then null           | sends          | ignored          | records              |
 * | readOnly  | we write no more, the peer still may   | bytes                           | ERR_TLS_CLOSED | to the core      | writes, close_notify |
 * | draining  | close() waits for the writes before it | bytes; null if the peer closed  | ERR_TLS_CLOSED | to the core      | writes               |
 * | closing   | close_notify, then the transport's end | bytes; null if the peer closed  | ERR_TLS_CLOSED | as far as it fits | close_notify         |
 * | closed    | ended in good order                    | null if the peer closed before us, after its last bytes; else ERR_TLS_CLOSED | ERR_TLS_CLOSED | discarded | nothing |
 * | failed    | `closed` rejects with the error        | null if the peer had closed, after its last bytes; else the error | the error | discarded | the alert, if any |
 *
 * writeOnly and readOnly are half-closed (RFC 8446, section 6.1). Without `allowHalfOpen` they do not come about: the
 * events that lead to them, `peerClosed` and `end`, then count as `close`. In TLS 1.2 a peer may answer our close_notify at
 * once and drop what it still had to send (RFC 5246, section 7.2.1).
 */

/** @typedef {'opening' | 'open' | 'writeOnly' | 'readOnly' | 'draining' | 'closing' | 'closed' | 'failed'} StateName */

/**
 * - opened: the handshake is done and the server accepted
 * - peerClosed: the peer's close_notify has come
 * - end: the application writes no more but still reads
 * - close: the application has called close()
 * - drained: what was written before close() has been sent
 * - finished: close_notify has been sent and the transport closed
 * - failed: the connection cannot go on
 * @typedef {'opened' | 'peerClosed' | 'end' | 'close' | 'drained' | 'finished' | 'failed'} StateEvent
 */

/**
 * @typedef {object} State
 * @property {boolean} reads plaintext is handed out
 * @property {boolean} writes write() is accepted
 * @property {boolean} receives network input is kept while there is no room for it, and its end without close_notify is
 *   an error; otherwise neither matters
 * @property {Partial<Record<StateEvent, StateName>>} next events that are not named here change nothing
 */

/** @type {Record<StateName, State>} */
export const STATES = {
  opening: { reads: false, writes: true, receives: true, next: { opened: 'open', failed: 'failed' } },
  open: {
    ...{ reads: true, writes: true, receives: true },
    next: { peerClosed: 'writeOnly', end: 'readOnly', close: 'draining', failed: 'failed' },
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

/** Where one connection is in the table. */
export class ConnectionState {
  /** @type {StateName} */
  #name = 'opening';

  /** @param {boolean} allowHalfOpen one side may go on sending after the other has sent close_notify */
  constructor(allowHalfOpen) {
    this.allowHalfOpen = allowHalfOpen;
  }

  /**
   * Takes the connection to its next state.
   * @param {StateEvent} event
   * @returns {boolean} whether it is in another state now
   */
  on(event) {
    const halfCloses = event === 'peerClosed' || event === 'end';
    const next = STATES[this.#name].next[halfCloses && !this.allowHalfOpen ? 'close' : event];
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

  /** Closed or failed: nothing happens any more. */
  get over() {
    return this.#name === 'closed' || this.#name === 'failed';
  }
}
