/** The form for a server, a bridge or a certificate file. */
import { html, nothing } from 'lit';
import { visible } from '../model/format.js';
import { PageElement } from './element.js';

/** @typedef {import('../types.js').Config} Config */
/** @typedef {import('../types.js').Request} Request */

export class RequestForm extends PageElement {
  /** @override */
  static properties = {
    request: { attribute: false },
    config: { attribute: false },
    busy: { attribute: false },
    error: { attribute: false },
  };

  constructor() {
    super();
    /** @type {Request | null} */
    this.request = null;
    /** Null until loaded. @type {Config | null} */
    this.config = null;
    this.busy = false;
    /** Why the server name cannot be used. @type {string | null} */
    this.error = null;
  }

  /** @override @param {import('lit').PropertyValues<this>} changed */
  willUpdate(changed) {
    // Cancel is about to be disabled, which would drop the focus.
    if (changed.has('busy') && !this.busy && document.activeElement?.id === 'cancel') this.field('connect').focus();
  }

  /** @override @param {import('lit').PropertyValues<this>} changed */
  updated(changed) {
    if (changed.has('error') && this.error) this.field('host').focus();
  }

  /** @param {string} id @returns {HTMLInputElement} */
  field(id) {
    return /** @type {HTMLInputElement} */ (this.querySelector(`#${id}`));
  }

  /** @param {Event} event */
  submit(event) {
    event.preventDefault();
    const detail = {
      address: this.field('host').value,
      bridge: this.field('bridge').value.trim(),
      get: this.field('get').checked,
    };
    this.dispatchEvent(new CustomEvent('ask', { detail }));
  }

  /** @param {Uint8Array | string} input @param {string} name */
  sendFile(input, name) {
    this.dispatchEvent(new CustomEvent('file', { detail: { input, name } }));
  }

  /** @param {Event & { currentTarget: HTMLInputElement }} event */
  async choose({ currentTarget }) {
    const file = currentTarget.files?.[0];
    if (file) this.sendFile(new Uint8Array(await file.arrayBuffer()), file.name);
    currentTarget.value = ''; // so that choosing the same file again fires an event
  }

  /** @override */
  render() {
    const { request, error } = this;
    if (!request) return nothing;
    return html`<div class="request-form">
      <form class="wrap" novalidate @submit=${this.submit}>
        <div class="field field-host">
          <label for="host">Server</label>
          <input
            id="host"
            name="host"
            type="text"
            placeholder="example.org or example.org:443"
            autocomplete="off"
            autocapitalize="none"
            spellcheck="false"
            inputmode="url"
            aria-describedby="host-error"
            aria-invalid=${error ? 'true' : nothing}
            .value=${request.address}
          />
          <p class="field-error" id="host-error" role="alert" ?hidden=${!error}><bdi>${visible(error ?? '')}</bdi></p>
        </div>
        <div class="buttons">
          <button id="connect" class="primary" type="submit">Connect</button>
          <button
            id="cancel"
            type="button"
            ?disabled=${!this.busy}
            @click=${() => this.dispatchEvent(new CustomEvent('stop'))}
          >
            Cancel
          </button>
        </div>
        <details class="more-options" ?open=${this.config !== null && request.bridge === ''}>
          <summary>Check a file, or change the connection</summary>
          <div class="more-fields">
            <div>
              <div class="field field-bridge">
                <label for="bridge">Bridge</label>
                <input
                  id="bridge"
                  name="bridge"
                  type="text"
                  placeholder="wss://bridge.example/"
                  autocomplete="off"
                  autocapitalize="none"
                  spellcheck="false"
                  inputmode="url"
                  aria-describedby="bridge-note"
                  .value=${request.bridge}
                />
                <p class="note" id="bridge-note">
                  It relays ciphertext between this page and the server. You need not trust it: the
                  <a href="lab.html#group-tampered-with-in-transit">lab</a> shows why.
                </p>
              </div>
              <div class="field">
                <label class="check"
                  ><input id="get" type="checkbox" .checked=${request.get} />
                  <span>Send GET / over HTTP/1.1 if the chain is valid</span></label
                >
              </div>
            </div>
            <div>
              <div class="field">
                <label for="file">Certificate file (PEM, DER or PKCS#7); it stays in this page</label>
                <input id="file" type="file" @change=${this.choose} />
              </div>
              <div class="field">
                <label for="text">Or paste certificates</label>
                <textarea
                  id="text"
                  rows="3"
                  spellcheck="false"
                  autocomplete="off"
                  placeholder="-----BEGIN CERTIFICATE-----"
                ></textarea>
                <button type="button" class="small" @click=${this.paste}>Inspect</button>
              </div>
            </div>
          </div>
        </details>
      </form>
    </div>`;
  }

  paste() {
    const area = /** @type {HTMLTextAreaElement} */ (this.querySelector('#text'));
    this.sendFile(area.value, 'pasted text');
    area.value = ''; // it may hold a private key
  }
}

customElements.define('pt-request-form', RequestForm);
