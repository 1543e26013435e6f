/** The records and messages of a connection in order, and files for Wireshark. */
import { html, nothing } from 'lit';
import { captureFile } from '../model/capture.js';
import { decodeRecording } from '../model/decode-recording.js';
import { count, duration, visible } from '../model/format.js';
import { joined } from '../model/records.js';
import '../style/wire.css';
import { PageElement } from './element.js';
import { hexOf } from './hex.js';
import { PROGRESS_DELAY_MS } from './progress.js';
import './record.js';
import { saveFile } from './transfer.js';

/** @typedef {import('../types.js').Recording} Recording */
/** @typedef {import('../types.js').Tamper} Tamper */
/** @typedef {import('../tls/types.js').Direction} Direction */
/** @typedef {import('../tls/types.js').Remainder} Remainder */
/** @typedef {import('../tls/types.js').TLSRecord} TLSRecord */
/** @typedef {import('../tls/types.js').Wire} Wire */

/** Records shown at first, and added by “Show more”. */
const INITIAL_RECORDS = 60;
const MORE_RECORDS = 240;

/** Of one turn before TLS. */
const MAX_PLAINTEXT_BYTES = 4096;

/** @type {Record<Direction, string>} */
const DIRECTIONS = { sent: 'Sent', received: 'Received' };

/** Consecutive records in one direction. @typedef {{ direction: Direction, records: TLSRecord[] }} Flight */

export class WireView extends PageElement {
  /** @override */
  static properties = {
    recording: { attribute: false },
    tamper: { attribute: false },
    onTamper: { attribute: false },
    wire: { state: true },
    showAll: { state: true },
    shown: { state: true },
    slow: { state: true },
    failure: { state: true },
  };

  constructor() {
    super();
    /** @type {Recording | null} */
    this.recording = null;
    /** The change that was made in transit, if any. @type {Tamper | null} */
    this.tamper = null;
    /** Connects again and tampers with a byte; null: not possible. @type {((tamper: Tamper) => void) | null} */
    this.onTamper = null;
    /** @type {Wire | null} */
    this.wire = null;
    this.showAll = false;
    this.shown = INITIAL_RECORDS;
    this.slow = false;
    /** Why the recording could not be decoded. @type {string | null} */
    this.failure = null;
  }

  /** @override @param {Map<string, unknown>} changed */
  willUpdate(changed) {
    if (!changed.has('recording')) return;
    const before = /** @type {Recording | null | undefined} */ (changed.get('recording'));
    if (before?.chunks !== this.recording?.chunks) {
      this.wire = null;
      this.shown = INITIAL_RECORDS;
    }
    this.load();
  }

  async load() {
    const { recording } = this;
    this.failure = null;
    if (!recording) return;
    const timer = setTimeout(() => (this.slow = true), PROGRESS_DELAY_MS);
    try {
      const wire = await decodeRecording(recording);
      if (this.recording === recording) this.wire = wire;
    } catch (error) {
      if (this.recording === recording) this.failure = error instanceof Error ? error.message : String(error);
    } finally {
      clearTimeout(timer);
      this.slow = false;
    }
  }

  /* --- records and files ---------------------------------------------------------------------- */

  /** Whether it belongs to the handshake, or failed. @param {TLSRecord} record @param {Wire} wire */
  isHandshake({ messages, skipped, epoch }, wire) {
    if (messages.length === 0) return !skipped || epoch !== 'application';
    return messages.some((index) => wire.messages[index].kind !== 'application_data');
  }

  /** @param {TLSRecord[]} records @returns {Flight[]} */
  flights(records) {
    /** @type {Flight[]} */
    const flights = [];
    for (const record of records) {
      const last = flights.at(-1);
      if (last?.direction === record.direction) last.records.push(record);
      else flights.push({ direction: record.direction, records: [record] });
    }
    return flights;
  }

  /** @param {string} suffix */
  fileName(suffix) {
    const name = (this.wire?.offered?.serverName ?? '').replace(/[^\w.-]/g, '_').slice(0, 60);
    return `${name || 'recording'}.${suffix}`;
  }

  saveKeys() {
    const lines = this.recording?.keylog ?? [];
    saveFile(this.fileName('keys'), 'text/plain', lines.map((line) => `${line}\n`).join(''));
  }

  saveCapture() {
    if (this.recording) saveFile(this.fileName('pcap'), 'application/vnd.tcpdump.pcap', captureFile(this.recording));
  }

  /* --- rendering ---------------------------------------------------------------------- */

  /** @override */
  render() {
    const { recording, wire, slow, failure } = this;
    if (!recording) return nothing;
    return html`
      <section class="wire" aria-labelledby="wire-title">
        <h2 id="wire-title">On the wire</h2>
        ${slow ? html`<p role="status">Decoding the recording …</p>` : nothing}
        ${
          failure !== null
            ? html`<p class="wire-note">The recording could not be decoded: <bdi>${visible(failure)}</bdi></p>`
            : nothing
        }
        ${wire ? this.decoded(recording, wire) : nothing}
      </section>
    `;
  }

  /** @param {Recording} recording @param {Wire} wire */
  decoded(recording, wire) {
    const matching = wire.records.filter((record) => this.showAll || this.isHandshake(record, wire));
    const records = matching.slice(0, this.shown);
    const sizes = DIRECTIONS_IN_ORDER.map((direction) => {
      const chunks = recording.chunks.filter((chunk) => chunk.direction === direction);
      return `${count(bytesIn(chunks), 'byte')} ${direction}`;
    });
    return html`
      ${
        wire.records.length + wire.remainders.length > 0
          ? html`<p class="lead">
                ${recording.preamble.length > 0 ? `After ${count(bytesIn(recording.preamble), 'byte')} without TLS: ` : nothing}
                ${sizes.join(', ')}, in ${count(wire.records.length, 'record')}. Open a record to see its fields next to
                its bytes${recording.keylog.length > 0 ? ', decrypted with the keys of this connection' : nothing}.
              </p>
              ${this.tools(recording)}`
          : html`<p class="lead">${count(bytesIn(recording.preamble), 'byte')} without TLS, which did not begin.</p>`
      }
      ${wire.notes.map((note) => html`<p class="wire-note">${note}</p>`)}
      <div class="wire-ends" aria-hidden="true"><span>This page</span><span>The server</span></div>
      <ol class="flights">
        ${plaintextFlights(recording).map(plaintextFlight)}
        ${this.flights(records).map((flight) => this.flight(flight, wire))}
        ${wire.remainders.map((remainder) => this.remainder(remainder))}
      </ol>
      ${
        matching.length > records.length
          ? html`<button type="button" class="small" @click=${() => (this.shown += MORE_RECORDS)}>
              Show more (${count(matching.length - records.length, 'record')} left)
            </button>`
          : nothing
      }
      ${
        matching.length < wire.records.length
          ? html`<p class="wire-hidden">
              ${count(wire.records.length - matching.length, 'record')} of application data not shown.
            </p>`
          : nothing
      }
    `;
  }

  /** @param {Recording} recording */
  tools({ keylog }) {
    const choice = (/** @type {boolean} */ showAll, /** @type {string} */ label) => html`
      <label class="check">
        <input
          type="radio"
          name="wire-filter"
          .checked=${this.showAll === showAll}
          @change=${() => (this.showAll = showAll)}
        />
        ${label}
      </label>
    `;
    return html`
      <div class="wire-tools">
        <fieldset class="wire-filter">
          <legend class="visually-hidden">Show</legend>
          ${choice(false, 'Handshake only')} ${choice(true, 'All records')}
        </fieldset>
        <div class="wire-files">
          <button type="button" class="small" ?disabled=${keylog.length === 0} @click=${() => this.saveKeys()}>
            Download key log (for Wireshark)
          </button>
          <button type="button" class="small" @click=${() => this.saveCapture()}>Download capture</button>
        </div>
      </div>
      <details class="wire-help">
        <summary>How to open these files in Wireshark</summary>
        <p>
          Under Preferences, Protocols, TLS, set “(Pre)-Master-Secret log filename” to the key log, then open the
          capture. Its TLS bytes and times are real. This page sees no packets, so addresses, ports, TCP headers and
          segments are made up. Anybody with the key log can read this connection, but no other.
        </p>
      </details>
    `;
  }

  /** @param {Flight} flight @param {Wire} wire */
  flight({ direction, records }, wire) {
    const from = records[0].from;
    const to = records[records.length - 1].at;
    const time = duration(from) === duration(to) ? duration(from) : `${duration(from)} to ${duration(to)}`;
    return html`
      <li class=${`flight flight-${direction}`}>
        <h3>
          <span>${DIRECTIONS[direction]}</span>
          <span class="flight-facts">${time} · ${count(bytesIn(records), 'byte')}</span>
        </h3>
        ${records.map(
          (record) => html`
            <pt-record
              .record=${record}
              .messages=${wire.messages}
              .tamper=${this.tamper}
              .onTamper=${this.onTamper}
            ></pt-record>
          `,
        )}
      </li>
    `;
  }

  /** @param {Remainder} remainder */
  remainder({ direction, reason, at, bytes }) {
    /** @type {import('../tls/types.js').Field[]} */
    const fields = [
      {
        name: 'Not a complete record',
        value: reason,
        kind: 'malformed',
        from: 0,
        to: bytes.length,
        children: [],
        malformed: true,
      },
    ];
    return html`
      <li class=${`flight flight-${direction}`}>
        <h3>
          <span>${DIRECTIONS[direction]}, not a complete record</span>
          <span class="flight-facts">${duration(at)} · ${count(bytes.length, 'byte')}</span>
        </h3>
        <pt-bytes
          .bytes=${bytes}
          .fields=${fields}
          .label=${`bytes ${direction} that are not a complete record`}
        ></pt-bytes>
      </li>
    `;
  }
}

/** @type {Direction[]} */
const DIRECTIONS_IN_ORDER = ['sent', 'received'];

/** @param {{ bytes: Uint8Array }[]} parts chunks or records */
function bytesIn(parts) {
  return parts.reduce((sum, { bytes }) => sum + bytes.length, 0);
}

/**
 * What was said before TLS, by turns.
 * @param {Recording} recording
 */
function plaintextFlights({ preamble }) {
  /** @type {{ direction: Direction, at: number, bytes: Uint8Array[] }[]} */
  const flights = [];
  for (const { direction, at, bytes } of preamble) {
    const last = flights.at(-1);
    if (last?.direction === direction) last.bytes.push(bytes);
    else flights.push({ direction, at, bytes: [bytes] });
  }
  return flights;
}

/** @param {ReturnType<typeof plaintextFlights>[number]} flight */
function plaintextFlight({ direction, at, bytes }) {
  const all = joined(bytes);
  return html`
    <li class=${`flight flight-${direction}`}>
      <h3>
        <span>${DIRECTIONS[direction]} before TLS</span>
        <span class="flight-facts">${duration(at)} · ${count(all.length, 'byte')}</span>
      </h3>
      <pre class="plaintext" tabindex="0"><bdi>${plaintextOf(all)}</bdi></pre>
    </li>
  `;
}

/** Text with everything unseen shown; what is no text, in hexadecimal. @param {Uint8Array} bytes */
function plaintextOf(bytes) {
  const shown = bytes.subarray(0, MAX_PLAINTEXT_BYTES);
  const text = new TextDecoder().decode(shown);
  const readable = /[\0\ufffd]/.test(text) ? hexOf(shown) : text.trimEnd().split(/\r?\n/).map(visible).join('\n');
  return bytes.length > shown.length ? `${readable} …` : readable;
}

customElements.define('pt-wire', WireView);
