/** All details of one certificate. */
import { html, nothing } from 'lit';
import { findParseProblem, whyUnreadable } from '../model/unreadable.js';
import { count, titleOf } from '../model/format.js';
import './asn1.js';
import { extensionsView, identityView, keyView } from './certificate-parts.js';
import { PageElement } from './element.js';
import { details, facts, untrusted, heading, octetsView } from './pieces.js';
import { actionsView, copyText, fileName, saveFile } from './transfer.js';
import { validityFacts, validityView } from './validity.js';

/** @typedef {import('../types.js').Certificate} Certificate */
/** @typedef {import('../types.js').Problem} Problem */

/**
 * <pt-certificate>: properties `certificate`; `now`, the verification time; `problem`, why it cannot be read, if a
 * verification found that; `level` of its headings, by default 4.
 */
export class CertificateElement extends PageElement {
  /** @override */
  static properties = {
    certificate: { attribute: false },
    now: { attribute: false },
    problem: { attribute: false },
    level: { type: Number },
    status: { state: true },
    parseProblem: { state: true },
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
    /** Why it cannot be read, if no verification said so. @type {Problem | null} */
    this.parseProblem = null;
  }

  /** @override @param {Map<PropertyKey, unknown>} changed */
  willUpdate(changed) {
    if (!changed.has('certificate')) return;
    this.status = '';
    this.parseProblem = null;
    const { certificate, problem } = this;
    const pem = certificate?.pem ?? null;
    if (certificate === null || pem === null || certificate.subject !== undefined || problem !== null) return;
    findParseProblem(pem)
      .then((found) => {
        if (this.certificate === certificate) this.parseProblem = found;
      })
      .catch(() => {}); // the reason stays unknown
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
          ['SHA-1', fingerprints.sha1 === null ? 'not known' : octetsView(fingerprints.sha1)],
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
    if (der === null) return nothing;
    return html`<div class="reason">
      <p><strong>Not a readable certificate</strong> (${count(der.length, 'byte')}).</p>
      <p>${untrusted(whyUnreadable(this.problem ?? this.parseProblem, der))}</p>
    </div>`;
  }

  /** @param {Certificate} certificate @param {boolean} readable */
  #files(certificate, readable) {
    const { der, pem } = certificate;
    if (der === null || pem === null)
      return this.#section('Files', html`<p>The signature of this root is not known.</p>`);
    const title = readable ? titleOf(certificate) : 'unreadable';
    const actions = [
      { label: 'Copy PEM', action: () => copyText(pem) },
      { label: 'Download PEM', action: () => saveFile(fileName(title, 'pem'), 'application/x-pem-file', pem) },
      { label: 'Download DER', action: () => saveFile(fileName(title, 'cer'), 'application/pkix-cert', der) },
    ];
    const raw = html`<pt-asn1 .bytes=${der} name="the certificate"></pt-asn1>`;
    return this.#section('Files', [
      actionsView(actions, this, 'The certificate as a file'),
      readable ? details('ASN.1 and raw bytes', () => raw) : raw,
      details(
        'PEM',
        () => html`<pre class="pem" tabindex="0" role="group" aria-label="The certificate as PEM">${pem}</pre>`,
      ),
    ]);
  }
}

customElements.define('pt-certificate', CertificateElement);
