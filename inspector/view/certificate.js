/** Everything that is in one certificate. */
import { generalName, hexOf, keyText, moment, oidName, signatureText, visible } from '../words.js';
import { code, disclosure, facts, foreign, h, octetsView } from './dom.js';

/** @typedef {import('../../dist/index.js').Certificate} Certificate */
/** @typedef {import('../../dist/certificate.js').Extension} Extension */
/** @typedef {import('../../dist/certificate.js').GeneralName} GeneralName */
/** @typedef {import('../../dist/certificate.js').Name} Name */

/** @param {Certificate} certificate */
export function certificateDetails(certificate) {
  const { subject, issuer, validity, publicKey, fingerprints } = certificate;
  return [
    facts('facts facts-all', [
      ['Subject', nameView(subject)],
      ['Issuer', nameView(issuer)],
      ['Not before', moment(validity.notBefore)],
      ['Not after', moment(validity.notAfter)],
      ['Version', certificate.version],
      ['Serial number', octetsView(certificate.serialNumber)],
      ['Signature', signatureText(certificate.signatureAlgorithm)],
      ['Public key', keyText(publicKey)],
      ['Pin of the key', code(publicKey.spkiSha256)],
      ['SHA-256', octetsView(fingerprints.sha256)],
      ['SHA-1', octetsView(fingerprints.sha1)],
      ...extensionFacts(certificate),
    ]),
    h('h4', null, 'Extensions'),
    certificate.extensions.length > 0
      ? h('ul', { class: 'extensions' }, ...certificate.extensions.map(extensionView))
      : h('p', null, 'None.'),
    h('h4', null, 'PEM'),
    pemView(certificate.pem),
  ];
}

/** @param {Certificate} certificate @returns {[string, import('./dom.js').Child | import('./dom.js').Child[]][]} */
function extensionFacts(certificate) {
  const { subjectAltName, keyUsage, extendedKeyUsage, basicConstraints, authorityKeyIdentifier } = certificate;
  return [
    ['Alternative names', subjectAltName && generalNames(subjectAltName)],
    ['Basic constraints', basicConstraints && constraintsText(basicConstraints)],
    ['Key usage', keyUsage?.join(', ')],
    ['Extended key usage', extendedKeyUsage?.map(oidName).map(visible).join(', ')],
    ['Subject key identifier', certificate.subjectKeyIdentifier && octetsView(certificate.subjectKeyIdentifier)],
    [
      'Authority key identifier',
      authorityKeyIdentifier?.keyIdentifier && octetsView(authorityKeyIdentifier.keyIdentifier),
    ],
    [
      'Policies',
      certificate.certificatePolicies
        ?.map((policy) =>
          visible(oidName(policy) + policy.qualifiers.map(({ cps }) => (cps ? ` (${cps})` : '')).join('')),
        )
        .join(', '),
    ],
    [
      'Authority information',
      certificate.authorityInfoAccess &&
        generalNames(certificate.authorityInfoAccess.flatMap((access) => access.location)),
    ],
    [
      'Revocation lists',
      certificate.crlDistributionPoints &&
        generalNames(certificate.crlDistributionPoints.flatMap((point) => point.fullName)),
    ],
  ];
}

/** @param {NonNullable<Certificate['basicConstraints']>} constraints */
function constraintsText({ ca, pathLength }) {
  return `${ca ? 'CA' : 'not a CA'}${pathLength === null ? '' : `, path length ${pathLength}`}`;
}

/** @param {Name} name */
function nameView({ attributes }) {
  if (attributes.length === 0) return '(empty)';
  return h(
    'ul',
    { class: 'names' },
    ...attributes.map(({ oid, name, value }) =>
      h('li', null, h('small', null, `${name ?? oid} `), foreign(visible(value))),
    ),
  );
}

/** @param {GeneralName[]} names */
function generalNames(names) {
  return h(
    'ul',
    { class: 'names' },
    ...names.map(generalName).map(({ type, value }) => h('li', null, h('small', null, `${type} `), foreign(value))),
  );
}

/** @param {Extension} extension */
function extensionView(extension) {
  const { oid, name, critical, malformed, value } = extension;
  return h(
    'li',
    null,
    disclosure(
      'extension',
      [
        name ?? oid,
        critical && h('small', { class: 'tag' }, 'critical'),
        malformed && h('small', { class: 'tag tag-bad' }, 'malformed'),
      ],
      () =>
        facts('facts', [
          ['OID', code(oid)],
          ['Value', code(hexOf(value), 'hex')],
        ]),
    ),
  );
}

/** @param {string} pem */
function pemView(pem) {
  const done = h('span', { role: 'status' });
  const copy = () =>
    navigator.clipboard.writeText(pem).then(
      () => done.replaceChildren('Copied.'),
      () => done.replaceChildren('The browser did not allow it: select the text instead.'),
    );
  return h(
    'div',
    { class: 'pem-box' },
    h('p', null, h('button', { type: 'button', click: copy }, 'Copy'), ' ', done),
    h('pre', { class: 'pem', tabindex: 0, 'aria-label': 'The certificate as PEM' }, pem),
  );
}
