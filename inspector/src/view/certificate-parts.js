/** The parts of a certificate: names, key, extensions. */
import { html, nothing } from 'lit';
import { bytesOf, describeExtension } from '../model/extensions.js';
import { publicKeyParts } from '../model/public-key.js';
import { keyText, signatureText, visible } from '../model/format.js';
import './asn1.js';
import { details, facts, untrusted, heading, octetsView, referenceView } from './pieces.js';

/** @typedef {import('../types.js').Certificate} Certificate */
/** @typedef {import('../../../dist/certificate.js').Extension} Extension */
/** @typedef {import('../../../dist/certificate.js').Name} Name */

/** One attribute per line, the most general first. @param {Name} name */
export function nameView({ attributes }) {
  if (attributes.length === 0) return html`<span class="empty">(empty)</span>`;
  return html`<ul class="attributes">
    ${attributes.map(
      ({ oid, name, value }) =>
        html`<li>
          <span class="attribute">${name ?? oid}</span> <span class="attribute-value">${untrusted(value)}</span>
        </li>`,
    )}
  </ul>`;
}

/** @param {Certificate} certificate */
export function identityView({ subject, issuer, selfIssued, version, serialNumber, signatureAlgorithm }) {
  return facts([
    ['Subject', nameView(subject)],
    [
      'Issuer',
      selfIssued
        ? html`${nameView(issuer)}
            <p class="aside">Same as the subject (self-issued).</p>`
        : nameView(issuer),
    ],
    ['Serial number', octetsView(serialNumber)],
    ['Version', version],
    ['Signature algorithm', signatureText(signatureAlgorithm)],
  ]);
}

/** @param {Certificate} certificate */
export function keyView(certificate) {
  const { publicKey } = certificate;
  const { type, oid, bits, curve, exponent, malformed, spkiSha256 } = publicKey;
  return html`${facts([
    ['Type', html`${type || oid}${bits ? html`, ${bits} bits` : nothing}`],
    ['Curve', curve ?? nothing],
    ['Exponent', exponent ?? nothing],
    ['Encoding', malformed ? 'malformed' : nothing],
    [
      'Pin',
      html`<code>${spkiSha256}</code>
        <p class="aside">Base64 of the SHA-256 of the SubjectPublicKeyInfo.</p>`,
    ],
  ])}
  ${details(`Key bytes (${keyText(publicKey)})`, () => keyParts(certificate))}`;
}

/** @param {Certificate} certificate */
function keyParts(certificate) {
  const parts = publicKeyParts(certificate);
  if (parts.length === 0) return html`<p>No key found.</p>`;
  return facts(parts.map(({ term, hex }) => [term, html`<code class="long">${hex}</code>`]));
}

/**
 * @param {Certificate} certificate
 * @param {number} level of the headings
 */
export function extensionsView(certificate, level) {
  const { extensions } = certificate;
  if (extensions.length === 0) return html`<p>None.</p>`;
  return html`<ul class="extensions">
    ${extensions.map((extension) => html`<li>${extensionView(extension, certificate, level)}</li>`)}
  </ul>`;
}

/**
 * @param {Extension} extension
 * @param {Certificate} certificate
 * @param {number} level
 */
function extensionView(extension, certificate, level) {
  const { oid, critical, value } = extension;
  const { title, reference, rows, asn1, malformed, unread } = describeExtension(extension, certificate);
  const name = visible(title);
  const tree = html`<pt-asn1 .bytes=${bytesOf(value)} name=${name}></pt-asn1>`;
  const hidden = html`<span class="visually-hidden">: ${name}</span>`;
  return html`<div class="extension" data-oid=${oid}>
    <div>
      ${heading(level, [
        html`${name}`,
        critical ? html` <span class="tag">critical</span>` : nothing,
        malformed ? html` <span class="tag tag-bad">malformed</span>` : nothing,
      ])}
      <p class="extension-about"><code>${oid}</code> ${reference ? referenceView(reference) : nothing}</p>
    </div>
    <div>
      ${unread ? html`<p>${unread}</p>` : nothing} ${rows.length > 0 ? facts(grouped(rows)) : nothing}
      ${rows.length === 0 && !asn1 ? html`<p class="empty">(empty)</p>` : nothing}
      ${asn1 && rows.length === 0 ? tree : details(['ASN.1', hidden], () => tree, 'more more-small')}
    </div>
  </div>`;
}

/** A list with more rows shows how many it has. */
const MANY = 10;

/**
 * Consecutive rows with the same term share it.
 * @param {import('../model/general-names.js').Row[]} rows
 * @returns {[string, import('lit').TemplateResult][]}
 */
function grouped(rows) {
  /** @type {[string, string[]][]} */
  const groups = [];
  for (const [term, text] of rows) {
    const last = groups[groups.length - 1];
    if (last?.[0] === term) last[1].push(text);
    else groups.push([term, [text]]);
  }
  return groups.map(([term, texts]) => [
    texts.length > MANY ? `${visible(term)} (${texts.length.toLocaleString('en-US')})` : visible(term),
    texts.length === 1
      ? textView(texts[0])
      : html`<ul>
          ${texts.map((text) => html`<li>${textView(text)}</li>`)}
        </ul>`,
  ]);
}

/** @param {string} text */
function textView(text) {
  return /^[0-9A-F]{2}(:[0-9A-F]{2}){3,}$/.test(text) ? octetsView(text.replaceAll(':', '')) : untrusted(text);
}
