/** The form: which server, by which bridge, or which file. */
import { html, nothing } from 'lit';
import { PageElement } from './element.js';

/** @typedef {import('../types.js').Config} Config */
/** @typedef {import('../types.js').Request} Request */

export class Question extends PageElement {
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
    /** Null until it is known. @type {Config | null} */
    this.config = null;
    this.busy = false;
    /** What is wrong with the name of the server. @type {string | null} */
    this.error = null;
  }

  /** @override @param {import('lit').PropertyValues<this>} changed */
  willUpdate(changed) {
    // A button that is disabled loses the focus.
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
  give(input, name) {
    this.dispatchEvent(new CustomEvent('file', { detail: { input, name } }));
  }

  /** @param {Event & { currentTarget: HTMLInputElement }} event */
  async choose({ currentTarget }) {
    const file = currentTarget.files?.[0];
    if (file) this.give(new Uint8Array(await file.arrayBuffer()), file.name);
    currentTarget.value = ''; // the same file may be chosen again
  }

  /** @override */
  render() {
    const { request, error } = this;
    if (!request) return nothing;
    return html`<div class="question">
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
          <p class="field-error" id="host-error" role="alert" ?hidden=${!error}>${error}</p>
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
        <details class="more-questions" ?open=${this.config !== null && request.bridge === ''}>
          <summary>Bridge, request, or a file instead</summary>
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
                  It carries ciphertext between this page and the server. It need not be trusted: the
                  <a href="lab.html#group-tampered-with-in-transit">lab</a> shows why.
                </p>
              </div>
              <div class="field">
                <label class="check"
                  ><input id="get" type="checkbox" .checked=${request.get} />
                  <span>Ask for / over HTTP/1.1 if the chain is good</span></label
                >
              </div>
            </div>
            <div>
              <div class="field">
                <label for="file">A file of certificates: PEM, DER or PKCS#7. It does not leave this page.</label>
                <input id="file" type="file" @change=${this.choose} />
              </div>
              <div class="field">
                <label for="text">Or paste them</label>
                <textarea
                  id="text"
                  rows="3"
                  spellcheck="false"
                  autocomplete="off"
                  placeholder="-----BEGIN CERTIFICATE-----"
                ></textarea>
                <button type="button" class="small" @click=${this.paste}>Look at it</button>
              </div>
            </div>
          </div>
        </details>
      </form>
    </div>`;
  }

  paste() {
    const area = /** @type {HTMLTextAreaElement} */ (this.querySelector('#text'));
    this.give(area.value, 'pasted text');
    area.value = ''; // it may have been a private key
  }
}

customElements.define('pt-question', Question);
