/** Everything that is in one certificate. */
import { html, nothing } from 'lit';
import { findParseProblem, whyUnreadable } from '../model/unreadable.js';
import { count, titleOf } from '../model/format.js';
import './asn1.js';
import { extensionsView, identityView, keyView } from './certificate-parts.js';
import { PageElement } from './element.js';
import { details, facts, foreign, heading, octetsView } from './pieces.js';
import { actionsView, copyText, fileName, saveFile } from './transfer.js';
import { validityFacts, validityView } from './validity.js';

/** @typedef {import('../types.js').Certificate} Certificate */
/** @typedef {import('../types.js').Problem} Problem */

/**
 * <pt-certificate>: properties `certificate`; `now`, the time it is judged at; `problem`, of reading it, where a
 * verification has it; `level`, of its headings, 4 unless told.
 */
export class CertificateElement extends PageElement {
  /** @override */
  static properties = {
    certificate: { attribute: false },
    now: { attribute: false },
    problem: { attribute: false },
    level: { type: Number },
    status: { state: true },
    found: { state: true },
  };

  constructor() {
    super();
    /** @type {Certificate | null} */
    this.certificate = null;
    this.now = new Date();
    /** @type {Problem | null} */
    this.problem = null;
    this.level = 4;
    this.status = '';
    /** What the core says of reading it, where no verification did. @type {Problem | null} */
    this.found = null;
  }

  /** @override @param {Map<PropertyKey, unknown>} changed */
  willUpdate(changed) {
    if (!changed.has('certificate')) return;
    this.status = '';
    this.found = null;
    const { certificate, problem } = this;
    if (certificate === null || certificate.subject !== undefined || problem !== null) return;
    findParseProblem(certificate.pem)
      .then((found) => {
        if (this.certificate === certificate) this.found = found;
      })
      .catch(() => {}); // then the octets have to speak for themselves
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
    const { level, now } = this;
    const { validity, fingerprints } = certificate;
    return html`
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
      <p><strong>This cannot be read as a certificate.</strong> ${count(der.length, 'byte')}.</p>
      <p>${foreign(whyUnreadable(this.problem ?? this.found, der))}</p>
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
