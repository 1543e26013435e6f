/** Tracks the negotiated parameters and the current keys of each direction. */
import { suiteOf } from './cipher-suites.js';
import { CONTENT_TYPES, cipherSuiteName } from './names.js';
import { Protection12, Protection13, readKeyLog } from './protection.js';
import { TLS13 } from './versions.js';

/** @typedef {import('./types.js').Direction} Direction */
/** @typedef {import('./types.js').Epoch} Epoch */
/** @typedef {import('./types.js').Facts} Facts */

/**
 * The current record protection of one direction.
 * @typedef {object} DirectionState
 * @property {Epoch} epoch
 * @property {Protection12 | Protection13 | null} protection
 * @property {string} reason why `protection` is null
 */

const MISMATCH = 'The authentication tag does not match: the record was altered in transit, or the keys are wrong.';

export class Keys {
  #lines;
  /** @type {Map<string, Uint8Array>} */
  #secrets = new Map();
  /** @type {Uint8Array | undefined} */
  #clientRandom;
  /** @type {Uint8Array | undefined} */
  #serverRandom;
  /** @type {Record<Direction, DirectionState>} */
  #states = {
    sent: { epoch: 'none', protection: null, reason: '' },
    received: { epoch: 'none', protection: null, reason: '' },
  };
  /** @type {number | null} */
  version = null;
  /** @type {number | null} */
  cipherSuite = null;

  /** @param {string[]} lines of an NSS key log */
  constructor(lines) {
    this.#lines = lines;
  }

  /** @param {Direction} direction */
  epoch(direction) {
    return this.#states[direction].epoch;
  }

  /** Parameters of the cipher suite; null if it is unknown. */
  get suite() {
    return this.cipherSuite === null ? null : suiteOf(this.cipherSuite);
  }

  /* --- handshake ------------------------------------------------------------ */

  /** @param {Facts} facts */
  clientHello({ random }) {
    if (!random) return;
    this.#clientRandom = random;
    this.#secrets = readKeyLog(this.#lines, random);
  }

  /** @param {Facts} facts */
  serverHello({ random, retry, versions, legacyVersion, cipherSuites }) {
    this.version = versions?.[0] ?? legacyVersion ?? null;
    this.cipherSuite = cipherSuites?.[0] ?? null;
    this.#serverRandom = random;
    if (retry || this.version !== TLS13) return;
    this.#enter13('sent', 'handshake');
    this.#enter13('received', 'handshake');
  }

  /** TLS 1.3 ignores it: RFC 8446, section 5. @param {Direction} direction */
  changeCipherSpec(direction) {
    if (this.version === TLS13 || this.version === null) return;
    const { suite } = this;
    const master = this.#secrets.get('CLIENT_RANDOM');
    const state = this.#states[direction];
    state.epoch = 'application';
    state.protection = null;
    if (!suite) state.reason = this.#unsupportedSuite();
    else if (!master) state.reason = missingSecret('CLIENT_RANDOM');
    else if (!this.#clientRandom || !this.#serverRandom)
      state.reason = 'The recording has no ClientHello or ServerHello.';
    else {
      const client = direction === 'sent';
      state.protection = new Protection12(suite, master, this.#clientRandom, this.#serverRandom, client);
    }
  }

  /** @param {Direction} direction */
  finished(direction) {
    if (this.version === TLS13 && this.epoch(direction) === 'handshake') this.#enter13(direction, 'application');
  }

  /** @param {Direction} direction */
  keyUpdate(direction) {
    const state = this.#states[direction];
    if (state.protection instanceof Protection13) state.protection = state.protection.next();
  }

  /** @param {Direction} direction @param {'handshake' | 'application'} epoch */
  #enter13(direction, epoch) {
    this.#states[direction] = this.#state13(direction, epoch);
  }

  /** @param {Direction} direction @param {'handshake' | 'application'} epoch @returns {DirectionState} */
  #state13(direction, epoch) {
    const { suite } = this;
    const owner = direction === 'sent' ? 'CLIENT' : 'SERVER';
    const label = epoch === 'handshake' ? `${owner}_HANDSHAKE_TRAFFIC_SECRET` : `${owner}_TRAFFIC_SECRET_0`;
    const secret = this.#secrets.get(label);
    if (!suite) return { epoch, protection: null, reason: this.#unsupportedSuite() };
    if (!secret) return { epoch, protection: null, reason: missingSecret(label) };
    return { epoch, protection: new Protection13(suite, secret), reason: '' };
  }

  #unsupportedSuite() {
    return `${cipherSuiteName(this.cipherSuite ?? 0)} is not supported by this decoder.`;
  }

  /* --- records ---------------------------------------------------------------------- */

  /** @param {Direction} direction @param {number} type content type in the record's header */
  isProtected(direction, type) {
    const early = this.version === TLS13 || this.version === null;
    return early ? type === CONTENT_TYPES.applicationData : this.epoch(direction) !== 'none';
  }

  /**
   * Decrypts the next protected record of a direction.
   * @param {Direction} direction
   * @param {Uint8Array} record with its header
   * @returns {{ bytes: Uint8Array } | { failure: string }}
   */
  decrypt(direction, record) {
    const state = this.#states[direction];
    if (this.version === null) return { failure: 'There was no ServerHello, so its protection is unknown.' };
    const bytes = state.protection?.decrypt(record) ?? null;
    if (bytes) {
      state.protection?.advance();
      return { bytes };
    }
    return (
      this.#decryptAhead(direction, record) ?? {
        failure: state.protection ? this.skip(direction, MISMATCH) : state.reason,
      }
    );
  }

  /** Skips a record without decrypting it. @param {Direction} direction @param {string} reason */
  skip(direction, reason) {
    this.#states[direction].protection?.advance();
    return reason;
  }

  /**
   * Tries the application keys early, in case the record with the Finished could not be decrypted.
   * @param {Direction} direction
   * @param {Uint8Array} record
   */
  #decryptAhead(direction, record) {
    if (this.version !== TLS13 || this.epoch(direction) !== 'handshake') return null;
    const ahead = this.#state13(direction, 'application');
    const bytes = ahead.protection?.decrypt(record);
    if (!bytes) return null;
    ahead.protection?.advance();
    this.#states[direction] = ahead;
    return { bytes };
  }
}

/** @param {string} label */
function missingSecret(label) {
  return `The key log has no ${label} of this connection.`;
}
