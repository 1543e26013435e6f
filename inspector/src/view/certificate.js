/** Everything that is in one certificate. */
import { html, nothing } from 'lit';
import { whyUnreadable } from '../model/unreadable.js';
import { count, titleOf } from '../model/words.js';
import './asn1.js';
import { extensionsView, identityView, keyView } from './certificate-parts.js';
import { PageElement } from './element.js';
import { details, facts, foreign, heading, octetsView } from './pieces.js';
import { actionsView, copyText, fileName, saveFile } from './transfer.js';
import { validityFacts, validityView } from './validity.js';

/** @typedef {import('../types.js').Certificate} Certificate */

/**
 * <pt-certificate>: properties `certificate`; `now`, the time it is judged at; `reason`, why it could not be read, where
 * somebody said so; `level`, of its headings, 4 unless told.
 */
export class CertificateElement extends PageElement {
  /** @override */
  static properties = {
    certificate: { attribute: false },
    now: { attribute: false },
    reason: { attribute: false },
    level: { type: Number },
    status: { state: true },
  };

  constructor() {
    super();
    /** @type {Certificate | null} */
    this.certificate = null;
    this.now = new Date();
    /** @type {string | null} */
    this.reason = null;
    this.level = 4;
    this.status = '';
  }

  /** @override @param {Map<PropertyKey, unknown>} changed */
  willUpdate(changed) {
    if (changed.has('certificate')) this.status = '';
  }

  /** @override */
  render() {
    const { certificate } = this;
    if (certificate === null) return nothing;
    const readable = certificate.subject !== undefined;
    return html`<div class="certificate">
      ${readable ? this.#fields(certificate) : this.#unreadable(certificate)} ${this.#files(certificate, readable)}
    </div>`;
  }

  /** @param {Certificate} certificate */
  #fields(certificate) {
    const { level, now, reason } = this;
    const { validity, fingerprints } = certificate;
    return html`
      ${reason ? html`<p class="reason">The TLS client cannot read it: ${foreign(reason)}.</p>` : nothing}
      ${this.#section('Validity', [validityView(validity, now), facts(validityFacts(validity))])}
      ${this.#section('Names and signature', identityView(certificate))}
      ${this.#section('Public key', keyView(certificate))}
      ${this.#section('Extensions', extensionsView(certificate, level + 1))}
      ${this.#section(
        'Fingerprints',
        facts([
          ['SHA-256', octetsView(fingerprints.sha256)],
          ['SHA-1', octetsView(fingerprints.sha1)],
        ]),
      )}
    `;
  }

  /** @param {string} title @param {import('./pieces.js').Content | import('./pieces.js').Content[]} content */
  #section(title, content) {
    return html`<section class="certificate-section">${heading(this.level, title)} ${content}</section>`;
  }

  /** @param {Certificate} certificate */
  #unreadable({ der }) {
    return html`<div class="reason">
      <p>
        <strong>This cannot be read as a certificate.</strong> ${count(der.length, 'byte')}.
        ${this.reason ? html`The TLS client says: ${foreign(this.reason)}.` : nothing}
      </p>
      <p>${foreign(whyUnreadable(der))}</p>
    </div>`;
  }

  /** @param {Certificate} certificate @param {boolean} readable */
  #files(certificate, readable) {
    const { der, pem } = certificate;
    const title = readable ? titleOf(certificate) : 'unreadable';
    const actions = [
      { label: 'Copy PEM', action: () => copyText(pem) },
      { label: 'Download PEM', action: () => saveFile(fileName(title, 'pem'), 'application/x-pem-file', pem) },
      { label: 'Download DER', action: () => saveFile(fileName(title, 'cer'), 'application/pkix-cert', der) },
    ];
    const raw = html`<pt-asn1 .bytes=${der} name="the certificate"></pt-asn1>`;
    return this.#section('Files', [
      actionsView(actions, this, 'The certificate as a file'),
      readable ? details('Raw: ASN.1 and octets', () => raw) : raw,
      details(
        'PEM',
        () => html`<pre class="pem" tabindex="0" role="group" aria-label="The certificate as PEM">${pem}</pre>`,
      ),
    ]);
  }
}

customElements.define('pt-certificate', CertificateElement);
