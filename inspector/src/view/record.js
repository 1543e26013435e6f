/** One record: its messages, its bytes on the wire, and a button to tamper with it. */
import { html, nothing } from 'lit';
import { count, duration, referenceUrl, visible } from '../model/format.js';
import { recordName } from '../model/record-name.js';
import { RECORD_HEADER_BYTES } from '../model/records.js';
import { PageElement } from './element.js';
import './bytes.js';

/** @typedef {import('../types.js').Tamper} Tamper */
/** @typedef {import('../tls/types.js').Message} Message */
/** @typedef {import('../tls/types.js').TLSRecord} TLSRecord */

const EPOCHS = { none: 'not encrypted', handshake: 'handshake keys', application: 'application keys' };

/** @param {TLSRecord} record @param {Tamper | null} tamper */
export function isTampered({ direction, offset, bytes }, tamper) {
  return tamper?.direction === direction && tamper.offset >= offset && tamper.offset < offset + bytes.length;
}

/** Flips the lowest bit of a byte in the middle of the fragment. @param {TLSRecord} record @returns {Tamper} */
export function tamperOf({ direction, offset, length }) {
  return {
    direction,
    offset: offset + (length > 0 ? RECORD_HEADER_BYTES + Math.floor(length / 2) : RECORD_HEADER_BYTES - 1),
    mask: 1,
  };
}

export class RecordView extends PageElement {
  /** @override */
  static properties = {
    record: { attribute: false },
    messages: { attribute: false },
    tamper: { attribute: false },
    onTamper: { attribute: false },
    open: { state: true },
  };

  constructor() {
    super();
    /** @type {TLSRecord | null} */
    this.record = null;
    /** All messages of the recording. @type {Message[]} */
    this.messages = [];
    /** The change that was made in transit, if any. @type {Tamper | null} */
    this.tamper = null;
    /** @type {((tamper: Tamper) => void) | null} */
    this.onTamper = null;
    /** Whether it has been opened: its content is rendered then. */
    this.open = false;
  }

  /** @override */
  render() {
    const { record } = this;
    if (!record) return nothing;
    const { index, at, bytes, epoch, failure, skipped } = record;
    const state = skipped ? 'not decoded' : failure === null ? EPOCHS[epoch] : 'not decrypted';
    return html`
      <details
        class="wire-record"
        @toggle=${(/** @type {Event} */ { target }) => {
          if (target instanceof HTMLDetailsElement && target.classList.contains('wire-record'))
            this.open ||= target.open;
        }}
      >
        <summary>
          <span class="wire-record-what">${this.heading(record)}</span>
          <span class="wire-record-facts">
            record ${index} · ${count(bytes.length, 'byte')} · ${state} · ${duration(at)}
          </span>
        </summary>
        ${this.open ? this.inside(record) : nothing}
      </details>
    `;
  }

  /** @param {TLSRecord} record */
  heading(record) {
    return html`<bdi>${visible(recordName(record, this.messages))}</bdi>${
        isTampered(record, this.tamper) ? html` <span class="wire-record-hit">tampered with</span>` : nothing
      }`;
  }

  /** @param {TLSRecord} record */
  inside(record) {
    const { index, bytes, fields, decrypted, failure, skipped, typeName } = record;
    const { onTamper, tamper } = this;
    const alone = record.messages.length === 0;
    return html`
      <div class="wire-record-inside">
        ${
          failure !== null
            ? html`<p class=${skipped ? '' : 'wire-record-failure'}>
                <strong>${skipped ? 'Not decoded.' : 'Not decrypted.'}</strong> <bdi>${visible(failure)}</bdi>
              </p>`
            : nothing
        }
        ${
          isTampered(record, tamper)
            ? html`<p>You changed byte ${(tamper?.offset ?? 0) - record.offset} of this record.</p>`
            : nothing
        }
        ${record.messages.map((message) => this.message(this.messages[message], record))}
        ${
          decrypted
            ? html`<details class="wire-raw">
                <summary>Decrypted record: ${count(decrypted.bytes.length, 'byte')}</summary>
                <pt-bytes
                  .bytes=${decrypted.bytes}
                  .fields=${decrypted.fields}
                  .label=${`plaintext of record ${index}`}
                ></pt-bytes>
              </details>`
            : nothing
        }
        <details class="wire-raw" ?open=${alone}>
          <summary>Record on the wire: ${typeName}, ${count(bytes.length, 'byte')}</summary>
          <pt-bytes .bytes=${bytes} .fields=${fields} .label=${`record ${index}`}></pt-bytes>
        </details>
        ${
          onTamper
            ? html`<button type="button" class="small" @click=${() => onTamper(tamperOf(record))}>
                Flip a bit in this record and connect again
              </button>`
            : nothing
        }
      </div>
    `;
  }

  /** @param {Message} message @param {TLSRecord} record */
  message({ name, records, bytes, fields, reference }, record) {
    const last = records[records.length - 1];
    if (last !== record.index) {
      return html`<p>Part of <bdi>${visible(name)}</bdi>, which ends in record ${last}.</p>`;
    }
    const url = reference && referenceUrl(reference);
    return html`
      <section class="wire-message">
        ${record.messages.length > 1 ? html`<h4><bdi>${visible(name)}</bdi></h4>` : nothing}
        <p class="wire-message-facts">
          ${count(bytes.length, 'byte')}${records.length > 1 ? `, in records ${records[0]} to ${last}` : ''}${
            url ? html` · <a href=${url}>${reference}</a>` : nothing
          }
        </p>
        <pt-bytes .bytes=${bytes} .fields=${fields} .label=${name}></pt-bytes>
      </section>
    `;
  }
}

customElements.define('pt-record', RecordView);
