/** The form for a server, a bridge or a certificate file. */
import { html, nothing } from 'lit';
import { CONTEXT } from '../../../messages/starttls.js';
import { STARTTLS_PORTS, STARTTLS_PROTOCOLS } from '../../../dist/starttls/protocols.js';
import { visible } from '../model/format.js';
import { suggestedStarttls } from '../model/permalink.js';
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
    /** Whether the user has chosen the protocol before TLS, and whether the port has. */
    this.choseStarttls = false;
    this.suggested = false;
  }

  /** @override @param {import('lit').PropertyValues<this>} changed */
  willUpdate(changed) {
    // Cancel is about to be disabled, which would drop the focus.
    if (changed.has('busy') && !this.busy && document.activeElement?.id === 'cancel') this.field('connect').focus();
  }

  /** @override @param {import('lit').PropertyValues<this>} changed */
  updated(changed) {
    if (changed.has('error') && this.error) this.field('host').focus();
    if (changed.has('request') && this.request) this.chooseStarttls(this.request.starttls);
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
      starttls: STARTTLS_PROTOCOLS.find((name) => name === this.field('starttls').value) ?? null,
      bridge: this.field('bridge').value.trim(),
      get: this.field('get').checked,
    };
    this.dispatchEvent(new CustomEvent('ask', { detail }));
  }

  /** @param {import('../types.js').StarttlsProtocol | null} protocol */
  chooseStarttls(protocol) {
    this.field('starttls').value = protocol ?? '';
  }

  /** Follows the port while it is typed, until the user chooses a protocol. @param {Event & { currentTarget: HTMLInputElement }} event */
  suggest({ currentTarget }) {
    const suggested = suggestedStarttls(currentTarget.value);
    if (!this.choseStarttls && (suggested !== null || this.suggested)) {
      this.chooseStarttls(suggested);
      this.suggested = suggested !== null;
    }
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
            @input=${this.suggest}
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
                <label for="starttls">Protocol before TLS</label>
                <select
                  id="starttls"
                  name="starttls"
                  aria-describedby="starttls-note"
                  @change=${() => (this.choseStarttls = true)}
                >
                  <option value="">none: TLS from the start</option>
                  ${STARTTLS_PROTOCOLS.map((name) => html`<option value=${name}>${protocolLabel(name)}</option>`)}
                </select>
                <p class="note" id="starttls-note">
                  Mail, database and chat servers often begin without TLS and start it on a command (STARTTLS). The
                  bridge must allow the port.
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

/** @param {import('../types.js').StarttlsProtocol} name */
function protocolLabel(name) {
  const between = name === 'xmpp-server' ? ' between servers' : '';
  return `${CONTEXT[name].name}${between} (port ${STARTTLS_PORTS[name]})`;
}

customElements.define('pt-request-form', RequestForm);
