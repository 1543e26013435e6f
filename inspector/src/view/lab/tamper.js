/** Flips one bit of a connection in transit, and shows the effect. */
import { html, nothing, svg } from 'lit';
import { live } from 'lit/directives/live.js';
import { decodeRecording } from '../../model/decode-recording.js';
import { namedRecords } from '../../model/record-name.js';
import { locateByte, streamOf } from '../../model/records.js';
import { locationText, tamperOutcome, WHY_NO_TRUST_NEEDED } from '../../model/tamper-format.js';
import { count } from '../../model/format.js';
import { PageElement } from '../element.js';
import { untrusted } from '../pieces.js';

/** @typedef {import('../../types.js').LabCase} LabCase */
/** @typedef {import('../../types.js').Recording} Recording */
/** @typedef {import('../../types.js').Tamper} Tamper */
/** @typedef {import('../../model/inspect-server.js').Inspection} Inspection */
/** @typedef {import('../../tls/types.js').Wire} Wire */

const DIRECTIONS = { received: 'From the server to this page', sent: 'From this page to the server' };

/**
 * Fires `tamper` to connect: with that Tamper in `detail`, or null to only record.
 */
export class LabTamper extends PageElement {
  /** @override */
  static properties = {
    labCase: { attribute: false },
    recording: { attribute: false },
    result: { attribute: false },
    busy: { attribute: false },
    wire: { state: true },
    direction: { state: true },
    offset: { state: true },
    bit: { state: true },
  };

  constructor() {
    super();
    /** @type {LabCase | undefined} */
    this.labCase = undefined;
    /** Of a connection without tampering: its bytes are offered. @type {Recording | null} */
    this.recording = null;
    /** @type {{ tamper: Tamper, inspection: Inspection } | null} */
    this.result = null;
    this.busy = false;
    /** `recording` decoded, to name its encrypted records. @type {Wire | null} */
    this.wire = null;
    /** @type {Tamper['direction']} */
    this.direction = 'received';
    this.offset = 0;
    this.bit = 0;
  }

  /** @override @param {import('lit').PropertyValues<this>} changed */
  willUpdate(changed) {
    if (changed.has('recording')) this.#decode();
  }

  async #decode() {
    const { recording } = this;
    this.wire = null;
    // Without the decoder, encrypted records have numbers instead of names.
    const wire = recording && (await decodeRecording(recording).catch(() => null));
    if (this.recording === recording) this.wire = wire;
  }

  /** @param {Tamper | null} tamper */
  #fire(tamper) {
    this.dispatchEvent(new CustomEvent('tamper', { detail: tamper }));
  }

  /** @override */
  render() {
    if (!this.labCase) return nothing;
    return html`<details class="tamper">
      <summary><h4>Tamper with a byte</h4></summary>
      <div class="tamper-body">
        <p>
          The bridge, or anybody else in the middle, can change data in transit. Choose a byte and flip one of its bits:
          this page makes the change between its TLS client and the bridge, just as the bridge could.
        </p>
        ${
          this.recording
            ? this.#choose(this.labCase.id, this.recording)
            : html`<p>
                <button type="button" ?disabled=${this.busy} @click=${() => this.#fire(null)}>
                  Connect to record bytes
                </button>
              </p>`
        }
        <div role="status">${this.result ? this.#outcome(this.result) : nothing}</div>
      </div>
    </details>`;
  }

  /** @param {string} id @param {Recording} recording */
  #choose(id, recording) {
    const bytes = streamOf(recording, this.direction);
    const records = namedRecords(recording, this.direction, this.wire);
    const offset = Math.min(this.offset, bytes.length - 1);
    const location = locateByte(records, offset);
    const where = locationText(offset, location);
    const change = `${byteText(bytes[offset])} becomes ${byteText(bytes[offset] ^ (1 << this.bit))}`;
    return html`
      <fieldset class="control">
        <legend>Direction</legend>
        ${Object.entries(DIRECTIONS).map(
          ([value, text]) =>
            html`<label class="choice"
              ><input
                type="radio"
                name="${id}-direction"
                .checked=${live(value === this.direction)}
                @change=${() => {
                  this.direction = /** @type {Tamper['direction']} */ (value);
                  this.offset = 0;
                }}
              />${text}</label
            >`,
        )}
      </fieldset>
      <div class="control">
        <label for="${id}-byte">Byte ${number(offset + 1)} of ${number(bytes.length)}</label>
        <span class="control-value">${change}</span>
        ${this.#strip(records, bytes.length, offset)}
        <input
          id="${id}-byte"
          type="range"
          min="0"
          max=${bytes.length - 1}
          step="1"
          .value=${live(String(offset))}
          aria-valuetext="Byte ${offset + 1}. ${where}"
          @input=${(/** @type {Event} */ event) => {
            this.offset = Number(/** @type {HTMLInputElement} */ (event.target).value);
          }}
        />
        <p class="byte-location">${untrusted(where)}</p>
        <div class="control-more">
          <label for="${id}-record">Record</label>
          <select
            id="${id}-record"
            @change=${(/** @type {Event} */ event) => {
              const record = records[Number(/** @type {HTMLSelectElement} */ (event.target).value)];
              this.offset = record.at + (record.length >> 1);
            }}
          >
            ${records.map(
              (record, index) =>
                html`<option value=${index} .selected=${live(record === location?.record)}>
                  ${record.name}, ${count(record.length, 'byte')}
                </option>`,
            )}
          </select>
          <label for="${id}-bit">Bit</label>
          <select
            id="${id}-bit"
            @change=${(/** @type {Event} */ event) => {
              this.bit = Number(/** @type {HTMLSelectElement} */ (event.target).value);
            }}
          >
            ${Array.from(
              { length: 8 },
              (_, bit) => html`<option value=${bit} .selected=${live(bit === this.bit)}>${bit}</option>`,
            )}
          </select>
        </div>
      </div>
      <p>
        <button
          type="button"
          class="primary"
          ?disabled=${this.busy}
          @click=${() => this.#fire({ direction: this.direction, offset, mask: 1 << this.bit })}
        >
          Connect again with this bit flipped
        </button>
      </p>
    `;
  }

  /**
   * The records side by side; colour shows which are encrypted.
   * @param {import('../../model/records.js').WireRecord[]} records
   * @param {number} length of all of them, in bytes
   * @param {number} offset
   */
  #strip(records, length, offset) {
    const x = (/** @type {number} */ at) => (at / length) * 1000;
    return html`<svg class="strip" aria-hidden="true" viewBox="0 0 1000 12" preserveAspectRatio="none" height="12">
      ${records.map(
        (record) =>
          svg`<rect class=${record.clear ? 'strip-clear' : 'strip-encrypted'} x=${x(record.at)} y="0" width=${Math.max(x(record.length) - 2, 1)} height="12" />`,
      )}
      <line class="span-now" x1=${x(offset + 0.5)} x2=${x(offset + 0.5)} y1="0" y2="12" />
    </svg>`;
  }

  /** @param {{ tamper: Tamper, inspection: Inspection }} result */
  #outcome({ tamper, inspection }) {
    const before = this.recording ? namedRecords(this.recording, tamper.direction, this.wire) : [];
    const location = locateByte(before, tamper.offset);
    const length = streamOf(inspection.recording, tamper.direction).length;
    const { kind, sentence, why } = tamperOutcome(tamper, location, inspection, length);
    return html`<div class="tamper-outcome tone-${kind}" data-tamper=${kind}>
      <p><strong>${untrusted(sentence)}</strong></p>
      <p>${untrusted(locationText(tamper.offset, location))}</p>
      <p>${why}</p>
      <p>${WHY_NO_TRUST_NEEDED}</p>
    </div>`;
  }
}
customElements.define('pt-lab-tamper', LabTamper);

/** @param {number} value */
function number(value) {
  return value.toLocaleString('en-US');
}

/** @param {number} byte */
function byteText(byte) {
  return `0x${byte.toString(16).padStart(2, '0')}`;
}
