/** What passed over the wire: records and messages, in the order in which they went, and files of it for Wireshark. */
import { html, nothing } from 'lit';
import { captureFile } from '../model/capture.js';
import { decodeRecording } from '../model/decode-recording.js';
import { count, duration, visible } from '../model/format.js';
import '../style/wire.css';
import { download } from './download.js';
import { PageElement } from './element.js';
import './record.js';

/** @typedef {import('../types.js').Recording} Recording */
/** @typedef {import('../types.js').Tamper} Tamper */
/** @typedef {import('../tls/types.js').Direction} Direction */
/** @typedef {import('../tls/types.js').Remainder} Remainder */
/** @typedef {import('../tls/types.js').TLSRecord} TLSRecord */
/** @typedef {import('../tls/types.js').Wire} Wire */

/** How long decoding may take before it is said that it goes on, in milliseconds. */
const PATIENCE = 200;

/** How many records are shown at once. */
const PORTION = 60;

/** @type {Record<Direction, string>} */
const DIRECTIONS = { sent: 'Sent', received: 'Received' };

/** Records one after another in one direction. @typedef {{ direction: Direction, records: TLSRecord[] }} Rung */

export class WireView extends PageElement {
  /** @override */
  static properties = {
    recording: { attribute: false },
    tamper: { attribute: false },
    onTamper: { attribute: false },
    wire: { state: true },
    everything: { state: true },
    shown: { state: true },
    slow: { state: true },
    fault: { state: true },
  };

  constructor() {
    super();
    /** @type {Recording | null} */
    this.recording = null;
    /** What was changed on the way in this recording, if anything was. @type {Tamper | null} */
    this.tamper = null;
    /** Connects again, with a byte changed; null where that cannot be done. @type {((tamper: Tamper) => void) | null} */
    this.onTamper = null;
    /** @type {Wire | null} */
    this.wire = null;
    this.everything = false;
    this.shown = PORTION;
    this.slow = false;
    /** Why it could not be decoded. @type {string | null} */
    this.fault = null;
  }

  /** @override @param {Map<string, unknown>} changed */
  willUpdate(changed) {
    if (!changed.has('recording')) return;
    const before = /** @type {Recording | null | undefined} */ (changed.get('recording'));
    if (before?.chunks !== this.recording?.chunks) {
      this.wire = null;
      this.shown = PORTION;
    }
    this.load();
  }

  async load() {
    const { recording } = this;
    this.fault = null;
    if (!recording) return;
    const timer = setTimeout(() => (this.slow = true), PATIENCE);
    try {
      const wire = await decodeRecording(recording);
      if (this.recording === recording) this.wire = wire;
    } catch (error) {
      if (this.recording === recording) this.fault = error instanceof Error ? error.message : String(error);
    } finally {
      clearTimeout(timer);
      this.slow = false;
    }
  }

  /* --- what is shown ---------------------------------------------------------------------- */

  /** Whether it belongs to the handshake, or went wrong. @param {TLSRecord} record @param {Wire} wire */
  isHandshake({ messages, skipped, epoch }, wire) {
    if (messages.length === 0) return !skipped || epoch !== 'application';
    return messages.some((index) => wire.messages[index].kind !== 'application_data');
  }

  /** @param {TLSRecord[]} records @returns {Rung[]} */
  rungs(records) {
    /** @type {Rung[]} */
    const rungs = [];
    for (const record of records) {
      const last = rungs.at(-1);
      if (last?.direction === record.direction) last.records.push(record);
      else rungs.push({ direction: record.direction, records: [record] });
    }
    return rungs;
  }

  /** @param {string} suffix */
  fileName(suffix) {
    const name = (this.wire?.offered?.serverName ?? '').replace(/[^\w.-]/g, '_').slice(0, 60);
    return `${name || 'recording'}.${suffix}`;
  }

  saveKeys() {
    const lines = this.recording?.keylog ?? [];
    download(this.fileName('keys'), lines.map((line) => `${line}\n`).join(''), 'text/plain');
  }

  saveCapture() {
    if (this.recording) download(this.fileName('pcap'), captureFile(this.recording), 'application/vnd.tcpdump.pcap');
  }

  /* --- the picture ---------------------------------------------------------------------- */

  /** @override */
  render() {
    const { recording, wire, slow, fault } = this;
    if (!recording) return nothing;
    return html`
      <section class="wire" aria-labelledby="wire-title">
        <h2 id="wire-title">On the wire</h2>
        ${slow ? html`<p role="status">Decoding what was recorded …</p>` : nothing}
        ${
          fault !== null
            ? html`<p class="wire-note">What was recorded could not be decoded: <bdi>${visible(fault)}</bdi></p>`
            : nothing
        }
        ${wire ? this.decoded(recording, wire) : nothing}
      </section>
    `;
  }

  /** @param {Recording} recording @param {Wire} wire */
  decoded(recording, wire) {
    const wanted = wire.records.filter((record) => this.everything || this.isHandshake(record, wire));
    const records = wanted.slice(0, this.shown);
    const sizes = DIRECTIONS_IN_ORDER.map((direction) => {
      const chunks = recording.chunks.filter((chunk) => chunk.direction === direction);
      return `${count(
        chunks.reduce((sum, { bytes }) => sum + bytes.length, 0),
        'byte',
      )} ${direction}`;
    });
    return html`
      <p class="lead">
        ${sizes.join(', ')}, in ${count(wire.records.length, 'record')}. Each opens to the fields of its messages beside
        their
        bytes${recording.keylog.length > 0 ? ', decrypted with the keys that this page and the server agreed on' : nothing}.
      </p>
      ${this.tools(recording)} ${wire.notes.map((note) => html`<p class="wire-note">${note}</p>`)}
      <div class="ladder-ends" aria-hidden="true"><span>This page</span><span>The server</span></div>
      <ol class="ladder">
        ${this.rungs(records).map((rung) => this.rung(rung, wire))} ${wire.remainders.map((rest) => this.rest(rest))}
      </ol>
      ${
        wanted.length > records.length
          ? html`<button type="button" class="small" @click=${() => (this.shown += PORTION * 4)}>
              Show more of ${count(wanted.length - records.length, 'further record')}
            </button>`
          : nothing
      }
      ${
        wanted.length < wire.records.length
          ? html`<p class="wire-hidden">
              ${count(wire.records.length - wanted.length, 'record')} of application data not shown.
            </p>`
          : nothing
      }
    `;
  }

  /** @param {Recording} recording */
  tools({ keylog }) {
    const choice = (/** @type {boolean} */ everything, /** @type {string} */ label) => html`
      <label class="check">
        <input
          type="radio"
          name="wire-filter"
          .checked=${this.everything === everything}
          @change=${() => (this.everything = everything)}
        />
        ${label}
      </label>
    `;
    return html`
      <div class="wire-tools">
        <fieldset class="wire-filter">
          <legend class="visually-hidden">Show</legend>
          ${choice(false, 'Handshake only')} ${choice(true, 'Everything')}
        </fieldset>
        <div class="wire-files">
          <button type="button" class="small" ?disabled=${keylog.length === 0} @click=${() => this.saveKeys()}>
            Download key log (for Wireshark)
          </button>
          <button type="button" class="small" @click=${() => this.saveCapture()}>Download capture</button>
        </div>
      </div>
      <details class="wire-help">
        <summary>How to open them in Wireshark</summary>
        <p>
          Name the key log under Preferences, Protocols, TLS, “(Pre)-Master-Secret log filename”, then open the capture.
          The TLS in it is what passed, byte for byte, at the times it did. This page saw no packets, so the rest is
          made up: addresses, ports, TCP headers and the division into segments. Whoever has the key log can read this
          connection, and no other.
        </p>
      </details>
    `;
  }

  /** @param {Rung} rung @param {Wire} wire */
  rung({ direction, records }, wire) {
    const size = records.reduce((sum, { bytes }) => sum + bytes.length, 0);
    const from = records[0].from;
    const to = records[records.length - 1].at;
    const time = duration(from) === duration(to) ? duration(from) : `${duration(from)} to ${duration(to)}`;
    return html`
      <li class=${`rung rung-${direction}`}>
        <h3>
          <span>${DIRECTIONS[direction]}</span>
          <span class="rung-facts">${time} · ${count(size, 'byte')}</span>
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

  /** @param {Remainder} rest */
  rest({ direction, reason, at, bytes }) {
    /** @type {import('../tls/types.js').Field[]} */
    const fields = [
      { name: 'No record', value: reason, kind: 'malformed', from: 0, to: bytes.length, children: [], malformed: true },
    ];
    return html`
      <li class=${`rung rung-${direction}`}>
        <h3>
          <span>${DIRECTIONS[direction]}, and no record</span>
          <span class="rung-facts">${duration(at)} · ${count(bytes.length, 'byte')}</span>
        </h3>
        <pt-bytes
          .bytes=${bytes}
          .fields=${fields}
          .label=${`bytes that were ${direction} and are no record`}
        ></pt-bytes>
      </li>
    `;
  }
}

/** @type {Direction[]} */
const DIRECTIONS_IN_ORDER = ['sent', 'received'];

customElements.define('pt-wire', WireView);
