/** Turns one bit of a connection on its way, and shows what becomes of it. */
import { html, nothing, svg } from 'lit';
import { live } from 'lit/directives/live.js';
import { locateByte, recordsOf, streamOf } from '../../model/records.js';
import { NO_TRUST_NEEDED, placeWords, tamperWords } from '../../model/tamper-words.js';
import { count } from '../../model/format.js';
import { PageElement } from '../element.js';

/** @typedef {import('../../types.js').LabCase} LabCase */
/** @typedef {import('../../types.js').Recording} Recording */
/** @typedef {import('../../types.js').Tamper} Tamper */
/** @typedef {import('../../model/inspect-server.js').Inspection} Inspection */

const DIRECTIONS = { received: 'From the server to this page', sent: 'From this page to the server' };

/**
 * Fires `tamper`: with a Tamper as its detail, to connect with it; with null, to connect and record.
 */
export class LabTamper extends PageElement {
  /** @override */
  static properties = {
    one: { attribute: false },
    recording: { attribute: false },
    outcome: { attribute: false },
    busy: { attribute: false },
    direction: { state: true },
    offset: { state: true },
    bit: { state: true },
  };

  constructor() {
    super();
    /** @type {LabCase | undefined} */
    this.one = undefined;
    /** Of a connection that nobody changed; its bytes are to choose from. @type {Recording | null} */
    this.recording = null;
    /** @type {{ tamper: Tamper, result: Inspection } | null} */
    this.outcome = null;
    this.busy = false;
    /** @type {Tamper['direction']} */
    this.direction = 'received';
    this.offset = 0;
    this.bit = 0;
  }

  /** @param {Tamper | null} tamper */
  #fire(tamper) {
    this.dispatchEvent(new CustomEvent('tamper', { detail: tamper }));
  }

  /** @override */
  render() {
    if (!this.one) return nothing;
    return html`<details class="tamper">
      <summary><h4>Change a byte on the way</h4></summary>
      <div class="tamper-body">
        <p>
          A bridge, or anybody else on the way, can change what passes. Choose a byte and turn a bit of it: the change
          is made in this page, between its TLS client and the bridge, as the bridge could make it.
        </p>
        ${
          this.recording
            ? this.#choose(this.one.id, this.recording)
            : html`<p>
                <button type="button" ?disabled=${this.busy} @click=${() => this.#fire(null)}>
                  Connect, to have bytes to choose from
                </button>
              </p>`
        }
        <div role="status">${this.outcome ? this.#outcome(this.outcome) : nothing}</div>
      </div>
    </details>`;
  }

  /** @param {string} id @param {Recording} recording */
  #choose(id, recording) {
    const bytes = streamOf(recording, this.direction);
    const records = recordsOf(bytes);
    const offset = Math.min(this.offset, bytes.length - 1);
    const place = locateByte(records, offset);
    const words = placeWords(offset, place);
    const now = `${byteText(bytes[offset])} becomes ${byteText(bytes[offset] ^ (1 << this.bit))}`;
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
        <span class="control-value">${now}</span>
        ${this.#strip(records, bytes.length, offset)}
        <input
          id="${id}-byte"
          type="range"
          min="0"
          max=${bytes.length - 1}
          step="1"
          .value=${live(String(offset))}
          aria-valuetext="Byte ${offset + 1}. ${words}"
          @input=${(/** @type {Event} */ event) => {
            this.offset = Number(/** @type {HTMLInputElement} */ (event.target).value);
          }}
        />
        <p class="place">${words}</p>
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
                html`<option value=${index} .selected=${live(record === place?.record)}>
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
          Connect again, with this bit turned
        </button>
      </p>
    `;
  }

  /**
   * The records in a row, those in clear and those that are encrypted.
   * @param {import('../../model/records.js').WireRecord[]} records
   * @param {number} length of all, in bytes
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

  /** @param {{ tamper: Tamper, result: Inspection }} outcome */
  #outcome({ tamper, result }) {
    const before = this.recording ? recordsOf(streamOf(this.recording, tamper.direction)) : [];
    const place = locateByte(before, tamper.offset);
    const passed = streamOf(result.recording, tamper.direction).length;
    const { kind, sentence, why } = tamperWords(tamper, place, result, passed);
    return html`<div class="tamper-outcome tone-${kind}" data-tamper=${kind}>
      <p><strong>${sentence}</strong></p>
      <p>${placeWords(tamper.offset, place)}</p>
      <p>${why}</p>
      <p>${NO_TRUST_NEEDED}</p>
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
