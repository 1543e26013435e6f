/** The chain: a card for each certificate, from the leaf up to the trust anchor, and what the server sent. */
import {
  count,
  day,
  generalName,
  keyText,
  oidName,
  reachesAnchor,
  role,
  shortName,
  signatureText,
  titleOf,
  validityAt,
  visible,
} from '../words.js';
import { certificateDetails } from './certificate.js';
import { disclosure, facts, foreign, h, octetsView } from './dom.js';

/** @typedef {import('../../dist/index.js').Certificate} Certificate */
/** @typedef {import('../../dist/index.js').Verification} Verification */

/** How many names a card shows. */
const NAMES = 6;

/** @param {Verification} verification */
export function chainView(verification) {
  const { path } = verification;
  if (path.length === 0) return sentView(verification);
  return h(
    'section',
    { class: 'chain', 'aria-labelledby': 'chain-title' },
    h('h2', { id: 'chain-title' }, 'The chain'),
    h('p', { class: 'lead' }, chainLead(verification)),
    h(
      'ol',
      { class: 'cards' },
      ...path.map((certificate, depth) => card(certificate, depth, verification)),
      missingCard(verification),
    ),
    sentView(verification),
    othersView(verification),
  );
}

/** @param {Verification} verification */
function chainLead(verification) {
  const { path } = verification;
  if (!reachesAnchor(verification)) return 'From the leaf as far as it leads. It does not reach a trust anchor.';
  return path.length === 1 ? 'The leaf is itself a trust anchor.' : 'From the leaf to the trust anchor.';
}

/**
 * @param {Certificate} certificate
 * @param {number} depth
 * @param {Verification} verification
 */
function card(certificate, depth, verification) {
  const problems = verification.problems.filter((problem) => problem.depth === depth);
  const name = role(depth, verification);
  if (certificate.subject === undefined) return unreadable(certificate, name);
  const { issuer, publicKey, signatureAlgorithm, serialNumber, fingerprints, selfIssued } = certificate;
  const title = titleOf(certificate);
  return h(
    'li',
    { class: `card ${problems.length > 0 ? 'card-bad' : 'card-good'}`, 'data-depth': depth },
    h(
      'header',
      null,
      h('p', { class: 'role' }, name),
      h('h3', null, foreign(title)),
      h('p', { class: 'issuer' }, selfIssued ? 'issued by itself' : ['issued by ', foreign(shortName(issuer))]),
      problems.length > 0 &&
        h('ul', { class: 'tags' }, ...problems.map(({ flag, code: text }) => h('li', null, flag ?? text))),
    ),
    validityView(certificate, verification.time),
    facts('facts', [
      ['Names', namesOf(certificate)],
      ['Key', keyText(publicKey)],
      ['Signature', signatureText(signatureAlgorithm)],
      ['Usages', usagesOf(certificate)],
      ['Revoked', depth + 1 < verification.path.length ? revocationText(verification, depth) : null],
      ['Serial', octetsView(serialNumber)],
      ['SHA-256', octetsView(fingerprints.sha256)],
    ]),
    disclosure('more', ['Everything in it', h('span', { class: 'visually-hidden' }, `: ${title}`)], () =>
      certificateDetails(certificate),
    ),
  );
}

/** @param {Verification} verification @param {number} depth */
function revocationText({ problems, revocation }, depth) {
  const codes = problems.filter((problem) => problem.depth === depth).map((problem) => problem.code);
  if (codes.includes('ERR_TLS_CERT_REVOKED')) return 'yes';
  if (!revocation[depth]) return 'not checked: there is no list of its issuer';
  return codes.some((text) => text.startsWith('ERR_TLS_CRL_')) ? 'cannot be said' : 'no';
}

/**
 * @param {Certificate} certificate
 * @param {string} name
 */
function unreadable({ der, pem }, name) {
  return h(
    'li',
    { class: 'card card-bad' },
    h('header', null, h('p', { class: 'role' }, name), h('h3', null, 'A certificate that cannot be read')),
    h('p', null, `${count(der.length, 'byte')}.`),
    disclosure('more', 'Its PEM', () => h('pre', { class: 'pem', tabindex: 0 }, pem)),
  );
}

/**
 * @param {Certificate} certificate
 * @param {Date} now
 */
function validityView({ validity }, now) {
  const { state, text, share } = validityAt(validity, now);
  const bar = h('span', { class: 'bar-gone' });
  bar.style.width = `${(share * 100).toFixed(1)}%`;
  return h(
    'div',
    { class: `validity validity-${state}` },
    h('p', null, h('span', null, `${day(validity.notBefore)} – ${day(validity.notAfter)}`), h('strong', null, text)),
    h('div', { class: 'bar', 'aria-hidden': 'true' }, bar),
  );
}

/** @param {Certificate} certificate */
function namesOf({ subjectAltName }) {
  if (!subjectAltName) return null;
  const shown = subjectAltName.slice(0, NAMES).map(generalName);
  const rest = subjectAltName.length - shown.length;
  return h(
    'ul',
    { class: 'names' },
    ...shown.map(({ type, value }) => h('li', null, type !== 'DNS' && h('small', null, `${type} `), foreign(value))),
    rest > 0 && h('li', null, `and ${rest.toLocaleString('en-US')} more`),
  );
}

/** @param {Certificate} certificate */
function usagesOf({ keyUsage, extendedKeyUsage, basicConstraints }) {
  const usages = [...(keyUsage ?? []), ...(extendedKeyUsage ?? []).map(oidName)];
  if (basicConstraints?.ca)
    usages.unshift(basicConstraints.pathLength === null ? 'CA' : `CA, path length ${basicConstraints.pathLength}`);
  return usages.length > 0 ? usages.map(visible).join(' · ') : null;
}

/** @param {Verification} verification */
function missingCard(verification) {
  if (reachesAnchor(verification)) return null;
  const last = verification.path[verification.path.length - 1];
  if (last.subject === undefined) return null;
  return h(
    'li',
    { class: 'card card-missing' },
    h('p', { class: 'role' }, 'No way on'),
    h(
      'p',
      null,
      last.selfIssued
        ? 'It vouches for itself, and it is not among the trust anchors.'
        : [
            'No acceptable certificate of ',
            foreign(shortName(last.issuer)),
            ' was sent, and none is among the trust anchors.',
          ],
    ),
  );
}

/* --- what was sent ---------------------------------------------------------------------- */

/** @param {Certificate} one @param {Certificate} other */
function same(one, other) {
  return one.pem === other.pem;
}

/**
 * Nothing to tell when the server sent the path as it is, with or without its anchor.
 * @param {Verification} verification
 */
function sentView(verification) {
  const { path, sent } = verification;
  if (sent.length === 0) return null;
  const asPath = sent.every((certificate, index) => path[index] !== undefined && same(certificate, path[index]));
  if (asPath && sent.length >= path.length - 1) {
    const whole = sent.length === path.length;
    const how = !reachesAnchor(verification)
      ? 'and nothing else'
      : whole
        ? 'the anchor included'
        : 'without the anchor';
    return h(
      'p',
      { class: 'sent-note' },
      `The server sent ${path.length > 1 ? 'this chain' : 'this certificate'}, ${how}.`,
    );
  }
  return h(
    'section',
    { class: 'sent', 'aria-labelledby': 'sent-title' },
    h('h2', { id: 'sent-title' }, 'What the server sent'),
    h('ol', null, ...sent.map((certificate) => sentItem(certificate, path))),
  );
}

/**
 * @param {Certificate} certificate
 * @param {Certificate[]} path
 */
function sentItem(certificate, path) {
  const depth = path.findIndex((other) => same(other, certificate));
  const used = depth < 0 ? 'not used' : `certificate ${depth} of the chain`;
  if (certificate.subject === undefined)
    return h('li', null, `${count(certificate.der.length, 'byte')} that cannot be read`);
  return h(
    'li',
    { class: depth < 0 ? 'unused' : null },
    disclosure('more', [foreign(titleOf(certificate)), h('small', null, ` ${used}`)], () =>
      certificateDetails(certificate),
    ),
  );
}

/* --- the paths that were not chosen -------------------------------------------------------- */

/** @param {Verification} verification */
function othersView({ others, tried }) {
  if (others.length === 0) return null;
  const more = tried - 1 - others.length;
  return h(
    'section',
    { class: 'others', 'aria-labelledby': 'others-title' },
    h('h2', { id: 'others-title' }, 'Other paths that were tried'),
    h('ol', null, ...others.map(otherItem)),
    more > 0 && h('p', null, `And ${count(more, 'path')} more.`),
  );
}

/** @param {import('../../dist/index.js').OtherPath} other */
function otherItem({ path, problems }) {
  const names = path.flatMap((certificate, depth) => [depth > 0 ? ' ← ' : null, foreign(titleOf(certificate))]);
  return h(
    'li',
    null,
    h('p', null, ...names),
    h(
      'ul',
      null,
      ...problems.map(({ depth, message }) => h('li', null, foreign(`${titleOf(path[depth])}: ${message}`))),
    ),
  );
}
