/** The chain as a tree: the leaf on top, each certificate above its issuer, other paths as branches. */
import { html, nothing } from 'lit';
import { keyed } from 'lit/directives/keyed.js';
import { pathGap, remarksOnSent, sameCertificate, sentCertificates, pathSteps } from '../model/chain.js';
import {
  count,
  day,
  generalName,
  keyText,
  reachesAnchor,
  shortName,
  signatureText,
  titleOf,
  validityAt,
} from '../model/format.js';
import './certificate.js';
import { PageElement } from './element.js';
import { facts, untrusted, newId, octetsView, referenceView, messageView } from './pieces.js';

/** @typedef {import('../types.js').Certificate} Certificate */
/** @typedef {import('../types.js').Problem} Problem */
/** @typedef {import('../types.js').Verification} Verification */
/** @typedef {import('../model/chain.js').Branch} Branch */
/** @typedef {import('../model/chain.js').Step} Step */

/** Names of a certificate in its summary. */
const MAX_NAMES = 6;

/**
 * <pt-chain>: properties `verification`; `inFile`, if it is from a file and not from a server; `onCertificate`, called with a certificate when its details are opened.
 */
export class ChainElement extends PageElement {
  /** @override */
  static properties = {
    verification: { attribute: false },
    inFile: { attribute: false },
    onCertificate: { attribute: false },
  };

  constructor() {
    super();
    /** @type {Verification | null} */
    this.verification = null;
    this.inFile = false;
    /** @type {((certificate: Certificate) => void) | null} */
    this.onCertificate = null;
    this.ids = { chain: newId('chain'), sent: newId('sent') };
  }

  /** @override */
  render() {
    const { verification } = this;
    if (verification === null) return nothing;
    // Another chain starts with all details closed; the same chain, verified again, keeps them open.
    return keyed(
      [...verification.path, ...verification.sent].map(({ pem, fingerprints }) => pem ?? fingerprints.sha256).join(),
      html`<section class="chain" aria-labelledby=${this.ids.chain}>
        <h2 id=${this.ids.chain}>Certificate chain</h2>
        ${this.#path(verification)} ${this.#sent(verification)}
      </section>`,
    );
  }

  /** @param {Verification} verification */
  #path(verification) {
    const steps = pathSteps(verification, this.inFile);
    if (steps.length === 0) return html`<p class="lead">No path: a certificate cannot be read.</p>`;
    const { others, tried } = verification;
    const more = tried - 1 - others.length;
    return html`<p class="lead">${leadOf(verification)}</p>
      <ol class="chain-path">
        ${steps.map((step) => this.#step(step, verification))} ${gapView(verification, this.inFile)}
      </ol>
      ${more > 0 ? html`<p class="lead">${count(more, 'more path')} ${more === 1 ? 'was' : 'were'} tried, with no better result.</p>` : nothing}`;
  }

  /** @param {Step} step @param {Verification} verification */
  #step(step, verification) {
    const { certificate, depth, role, origin, sent, problems, revocation, branches } = step;
    const last = depth === verification.path.length - 1;
    const bad = problems.length > 0;
    return html`<li
      class="step ${bad ? 'step-bad' : 'step-good'} ${role === 'Trust anchor' ? 'step-anchor' : ''}"
      data-depth=${depth}
    >
      <span class="step-number" aria-hidden="true">${depth}</span>
      <div class="step-card">
        <p class="step-role">
          <span>${role}<span class="visually-hidden">, certificate ${depth}</span></span>
          <span class="tag ${sent ? '' : 'tag-store'}">${origin}</span>
        </p>
        <h3>${untrusted(titleOf(certificate))}</h3>
        ${problems.length > 0 ? problemList(problems) : nothing}
        ${summaryOf(certificate, verification.time, revocation)} ${this.#opener(certificate, verification)}
      </div>
      ${branches.map((branch) => this.#branch(branch, verification))}
      ${last ? nothing : html`<p class="step-link"><span>signed by</span></p>`}
    </li>`;
  }

  /** @param {Branch} branch @param {Verification} verification */
  #branch({ steps, reasons }, verification) {
    return html`<div class="branch">
      <p class="branch-title">
        ${steps.length > 0 ? 'Another path from here was tried and rejected' : 'A path that ends here was tried and rejected'}
      </p>
      <ol class="branch-steps">
        ${steps.map(
          ({ certificate, origin }) =>
            html`<li>
              <p><strong>${untrusted(titleOf(certificate))}</strong> <span class="tag">${origin}</span></p>
              <p class="aside">${issuerOf(certificate)}</p>
              ${this.#opener(certificate, verification)}
            </li>`,
        )}
      </ol>
      <ul class="branch-reasons" aria-label="Reasons">
        ${reasons.map(
          ({ certificate, problem }) =>
            html`<li>${untrusted(titleOf(certificate))}: ${messageView(`${problem.message}.`)}</li>`,
        )}
      </ul>
    </div>`;
  }

  /**
   * @param {Certificate} certificate
   * @param {Verification} verification
   * @param {Problem | null} [problem] why it cannot be read
   */
  #opener(certificate, verification, problem = null) {
    const summary = [
      'All details',
      html`<span class="visually-hidden"
        >: ${certificate.subject ? untrusted(titleOf(certificate)) : 'unreadable'}</span
      >`,
    ];
    const content = () =>
      html`<pt-certificate .certificate=${certificate} .now=${verification.time} .problem=${problem}></pt-certificate>`;
    return html`<pt-details
      .summary=${summary}
      .content=${content}
      .onOpen=${() => this.onCertificate?.(certificate)}
    ></pt-details>`;
  }

  /** One line if the server sent exactly the path, with or without its anchor; else a list. @param {Verification} verification */
  #sent(verification) {
    const { path, sent } = verification;
    if (sent.length === 0) return nothing;
    const asPath = sent.every((certificate, i) => path[i] !== undefined && sameCertificate(certificate, path[i]));
    if (asPath && sent.length >= path.length - 1) {
      const whole = sent.length === path.length;
      const how = !reachesAnchor(verification)
        ? ' and nothing else'
        : whole
          ? ', including the trust anchor'
          : ' without the trust anchor';
      return html`<p class="lead">
          ${this.inFile ? 'The file has' : 'The server sent'}
          ${path.length > 1 ? 'this chain' : 'this certificate'}${how}.
        </p>
        ${remarksView(verification)}`;
    }
    return html`<section class="sent" aria-labelledby=${this.ids.sent}>
      <h3 id=${this.ids.sent}>${this.inFile ? 'What is in the file' : 'What the server sent'}</h3>
      <ol class="sent-list">
        ${sentCertificates(verification).map(
          ({ certificate, number, use, used, problem }) =>
            html`<li class=${used ? 'sent-used' : 'sent-unused'}>
              <p>
                <span class="sent-number" aria-hidden="true">${number}</span>
                <strong
                  >${certificate.subject ? untrusted(titleOf(certificate)) : `Unreadable (${count(certificate.der?.length ?? 0, 'byte')})`}</strong
                >
                <span class="tag ${problem ? 'tag-bad' : ''}">${use}</span>
              </p>
              ${certificate.subject && !certificate.selfIssued ? html`<p class="aside">${issuerOf(certificate)}</p>` : nothing}
              ${used ? nothing : this.#opener(certificate, verification, problem)}
            </li>`,
        )}
      </ol>
      ${remarksView(verification)}
    </section>`;
  }
}

/** @param {Verification} verification */
function leadOf(verification) {
  if (!reachesAnchor(verification)) {
    return 'From the leaf down, each certificate is signed by the one below it. The path does not reach a trust anchor.';
  }
  if (verification.path.length === 1) return 'The leaf itself is a trust anchor.';
  return 'From the leaf down to the trust anchor, each certificate is signed by the one below it.';
}

/** @param {Certificate} certificate */
function issuerOf({ subject, issuer, selfIssued }) {
  if (subject === undefined) return nothing;
  return selfIssued ? 'self-issued' : html`issued by ${untrusted(shortName(issuer))}`;
}

/** @param {Problem[]} problems */
function problemList(problems) {
  return html`<ul class="step-problems" aria-label="Problems">
    ${problems.map(
      ({ message, flag, code, reference }) =>
        html`<li>
          <p>${messageView(`${message}.`)}</p>
          <p class="codes"><code>${flag ?? code}</code> ${referenceView(reference)}</p>
        </li>`,
    )}
  </ul>`;
}

/**
 * The most important facts.
 * @param {Certificate} certificate
 * @param {Date} now
 * @param {string | null} revocation
 */
function summaryOf(certificate, now, revocation) {
  const { validity, publicKey, signatureAlgorithm, fingerprints } = certificate;
  const { state, text } = validityAt(validity, now);
  return facts(
    [
      ['Issuer', certificate.selfIssued ? 'itself' : untrusted(shortName(certificate.issuer))],
      ['Names', namesOf(certificate)],
      [
        'Valid',
        html`${untrusted(day(validity.notBefore))} – ${untrusted(day(validity.notAfter))},
          <strong class="validity-${state}">${text}</strong>`,
      ],
      ['Key', keyText(publicKey)],
      ['Signature', signatureText(signatureAlgorithm)],
      ['Revoked', revocation],
      ['SHA-256', octetsView(fingerprints.sha256)],
    ],
    'facts facts-short',
  );
}

/** @param {Certificate} certificate */
function namesOf({ subjectAltName }) {
  if (!subjectAltName || subjectAltName.length === 0) return null;
  const shown = subjectAltName.slice(0, MAX_NAMES).map(generalName);
  const rest = subjectAltName.length - shown.length;
  return html`<ul class="names">
    ${shown.map(({ type, value }) => html`<li>${type === 'DNS' ? nothing : html`<small>${type}</small> `}${untrusted(value)}</li>`)}
    ${rest > 0 ? html`<li>and ${rest.toLocaleString('en-US')} more</li>` : nothing}
  </ul>`;
}

/** @param {Verification} verification @param {boolean} inFile */
function gapView(verification, inFile) {
  const has = inFile ? 'The file has' : 'The server sent';
  const gap = pathGap(verification);
  if (gap === null) return nothing;
  const { selfIssued, issuer, sameNameSent, unreadableSent, urls } = gap;
  const why = selfIssued
    ? 'The last certificate is self-issued, and it is not a trust anchor.'
    : sameNameSent
      ? html`${has} a certificate named ${untrusted(issuer)}, but it is not the issuer. No trust anchor has this name.`
      : unreadableSent
        ? html`No trust anchor is named ${untrusted(issuer)}. ${has} a certificate that cannot be read: it may be the
          issuer.`
        : html`${has} no certificate named ${untrusted(issuer)}, and no trust anchor has this name.`;
  return html`<li class="step step-gap">
    <span class="step-number" aria-hidden="true">?</span>
    <div class="step-card">
      <p class="step-role">${selfIssued ? 'Not a trust anchor' : 'Missing issuer'}</p>
      <p>${why}</p>
      ${
        !selfIssued && urls.length > 0
          ? html`<p class="aside">
              The certificate gives the issuer’s URL: ${urls.map((url) => html`<code>${untrusted(url)}</code> `)}. This
              page does not download it.
            </p>`
          : nothing
      }
    </div>
  </li>`;
}

/** @param {Verification} verification */
function remarksView(verification) {
  const remarks = remarksOnSent(verification);
  if (remarks.length === 0) return nothing;
  return html`<ul class="remarks" aria-label="Notes on these certificates">
    ${remarks.map((remark) => html`<li>${untrusted(remark)}</li>`)}
  </ul>`;
}

customElements.define('pt-chain', ChainElement);
