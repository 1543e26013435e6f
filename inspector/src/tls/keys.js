/** Which keys protect which records: what was negotiated, and how far each direction has come. */
import { suiteOf } from './cipher-suites.js';
import { CONTENT_TYPES, cipherSuiteName } from './names.js';
import { Protection12, Protection13, readKeyLog } from './protection.js';

/** @typedef {import('./types.js').Direction} Direction */
/** @typedef {import('./types.js').Epoch} Epoch */
/** @typedef {import('./types.js').Facts} Facts */

/**
 * How the records of one direction are protected now, and with what: or why they cannot be opened.
 * @typedef {object} Side
 * @property {Epoch} epoch
 * @property {Protection12 | Protection13 | null} protection
 * @property {string} why there is none
 */

const TLS13 = 0x0304;

const MISMATCH = 'Its authentication tag does not match: it was changed on the way, or the keys are not those.';

export class Keys {
  #lines;
  /** @type {Map<string, Uint8Array>} */
  #secrets = new Map();
  /** @type {Uint8Array | undefined} */
  #clientRandom;
  /** @type {Uint8Array | undefined} */
  #serverRandom;
  /** @type {Record<Direction, Side>} */
  #sides = {
    sent: { epoch: 'none', protection: null, why: '' },
    received: { epoch: 'none', protection: null, why: '' },
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
    return this.#sides[direction].epoch;
  }

  /** How long the tag is, and the nonce's explicit part, while that is known. */
  get suite() {
    return this.cipherSuite === null ? null : suiteOf(this.cipherSuite);
  }

  /* --- what the handshake says ------------------------------------------------------------ */

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

  /** In TLS 1.3 it means nothing: RFC 8446, section 5. @param {Direction} direction */
  changeCipherSpec(direction) {
    if (this.version === TLS13 || this.version === null) return;
    const { suite } = this;
    const master = this.#secrets.get('CLIENT_RANDOM');
    const side = this.#sides[direction];
    side.epoch = 'application';
    side.protection = null;
    if (!suite) side.why = this.#unknownSuite();
    else if (!master) side.why = missing('CLIENT_RANDOM');
    else if (!this.#clientRandom || !this.#serverRandom) side.why = 'The randoms of the hellos are not there.';
    else {
      const client = direction === 'sent';
      side.protection = new Protection12(suite, master, this.#clientRandom, this.#serverRandom, client);
    }
  }

  /** @param {Direction} direction */
  finished(direction) {
    if (this.version === TLS13 && this.epoch(direction) === 'handshake') this.#enter13(direction, 'application');
  }

  /** @param {Direction} direction */
  keyUpdate(direction) {
    const side = this.#sides[direction];
    if (side.protection instanceof Protection13) side.protection = side.protection.next();
  }

  /** @param {Direction} direction @param {'handshake' | 'application'} epoch */
  #enter13(direction, epoch) {
    this.#sides[direction] = this.#side13(direction, epoch);
  }

  /** @param {Direction} direction @param {'handshake' | 'application'} epoch @returns {Side} */
  #side13(direction, epoch) {
    const { suite } = this;
    const owner = direction === 'sent' ? 'CLIENT' : 'SERVER';
    const label = epoch === 'handshake' ? `${owner}_HANDSHAKE_TRAFFIC_SECRET` : `${owner}_TRAFFIC_SECRET_0`;
    const secret = this.#secrets.get(label);
    if (!suite) return { epoch, protection: null, why: this.#unknownSuite() };
    if (!secret) return { epoch, protection: null, why: missing(label) };
    return { epoch, protection: new Protection13(suite, secret), why: '' };
  }

  #unknownSuite() {
    return `${cipherSuiteName(this.cipherSuite ?? 0)} is not a cipher suite that can be opened here.`;
  }

  /* --- records ---------------------------------------------------------------------- */

  /** @param {Direction} direction @param {number} type of the record's header */
  isProtected(direction, type) {
    const early = this.version === TLS13 || this.version === null;
    return early ? type === CONTENT_TYPES.applicationData : this.epoch(direction) !== 'none';
  }

  /**
   * Opens the next protected record of a direction.
   * @param {Direction} direction
   * @param {Uint8Array} record header and all
   * @returns {{ bytes: Uint8Array } | { failure: string }}
   */
  open(direction, record) {
    const side = this.#sides[direction];
    if (this.version === null) return { failure: 'There was no ServerHello: how it is protected is not known.' };
    const bytes = side.protection?.open(record) ?? null;
    if (bytes) {
      side.protection?.advance();
      return { bytes };
    }
    return (
      this.#openAhead(direction, record) ?? { failure: side.protection ? this.skip(direction, MISMATCH) : side.why }
    );
  }

  /** Passes over a record that is not to be opened. @param {Direction} direction @param {string} why */
  skip(direction, why) {
    this.#sides[direction].protection?.advance();
    return why;
  }

  /**
   * The record with the Finished may be one of those that could not be opened: are these the keys after it?
   * @param {Direction} direction
   * @param {Uint8Array} record
   */
  #openAhead(direction, record) {
    if (this.version !== TLS13 || this.epoch(direction) !== 'handshake') return null;
    const ahead = this.#side13(direction, 'application');
    const bytes = ahead.protection?.open(record);
    if (!bytes) return null;
    ahead.protection?.advance();
    this.#sides[direction] = ahead;
    return { bytes };
  }
}

/** @param {string} label */
function missing(label) {
  return `The key log has no ${label} of this connection.`;
}
