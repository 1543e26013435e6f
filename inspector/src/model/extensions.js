/** Describes certificate extensions (RFC 5280, section 4.2) as rows of text. */
import * as read from './extension-readers.js';
import { Malformed, oidWithName } from './general-names.js';
import { parseAsn1, walk } from './asn1.js';
import { oidNameOf } from './oids.js';
import { generalName } from './format.js';

/** @typedef {import('../types.js').Certificate} Certificate */
/** @typedef {import('../../../dist/certificate.js').Extension} Extension */
/** @typedef {import('../../../dist/certificate.js').GeneralName} GeneralName */
/** @typedef {import('./general-names.js').Row} Row */

/**
 * @typedef {object} Description
 * @property {string} title
 * @property {string | null} reference the RFC and section that define it
 * @property {Row[]} rows empty if the extension is unknown or malformed
 * @property {boolean} asn1 whether to show the ASN.1, because the rows are incomplete or missing
 * @property {boolean} malformed
 * @property {string | null} [unread] why there are no rows, though it may be well-formed
 */

/**
 * @typedef {object} Known
 * @property {string} title
 * @property {string} [reference]
 * @property {read.Reader} [read] decodes the octets
 * @property {(certificate: Certificate) => Row[] | null} [fields] uses the TLS client's fields; null if they are missing
 */

/** @param {string | null | undefined} hex @returns {string} */
function withColons(hex) {
  return hex?.match(/.{1,2}/g)?.join(':') ?? '';
}

/** @param {string} term @returns {(name: GeneralName) => Row} */
function namesUnder(term) {
  return (name) => [term, `${generalName(name).type} ${generalName(name).value}`];
}

/** @param {Certificate} certificate @returns {Row[] | null} */
function basicConstraints({ basicConstraints: constraints }) {
  if (!constraints) return null;
  const { ca, pathLength } = constraints;
  /** @type {Row[]} */
  const rows = [['CA', ca ? 'yes' : 'no']];
  if (pathLength !== null) rows.push(['Path length', `${pathLength} (maximum number of CAs below it)`]);
  return rows;
}

/** @param {Certificate} certificate @returns {Row[] | null} */
function authorityKeyIdentifier({ authorityKeyIdentifier: identifier }) {
  if (!identifier) return null;
  const { keyIdentifier, issuer = [], serialNumber } = identifier;
  /** @type {Row[]} */
  const rows = [];
  if (keyIdentifier !== null) rows.push(['Key identifier', withColons(keyIdentifier)]);
  rows.push(...issuer.map(namesUnder('Authority certificate issuer')));
  if (serialNumber !== undefined) rows.push(['Authority certificate serial number', withColons(serialNumber)]);
  return rows;
}

/** @param {Certificate} certificate @returns {Row[] | null} */
function certificatePolicies({ certificatePolicies: policies }) {
  return (
    policies &&
    policies.flatMap(({ oid, qualifiers }) => [
      /** @type {Row} */ (['Policy', oidWithName(oid)]),
      ...qualifiers.map(({ oid: kind, cps, value }) => qualifierRow(kind, cps, value)),
    ])
  );
}

/** @param {string} oid @param {string | undefined} cps @param {string | undefined} value base64 @returns {Row} */
function qualifierRow(oid, cps, value = '') {
  if (cps !== undefined) return ['Practice statement', cps];
  const root = parseAsn1(bytesOf(value));
  if (oid === '1.3.6.1.5.5.7.2.2') {
    try {
      return ['User notice', read.userNotice(root)];
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
    }
  }
  return ['Qualifier', oidWithName(oid)];
}

/** @type {Record<string, Known>} */
const KNOWN = {
  '2.5.29.9': { title: 'Subject directory attributes', reference: 'RFC 5280, section 4.2.1.8' },
  '2.5.29.14': {
    title: 'Subject key identifier',
    reference: 'RFC 5280, section 4.2.1.2',
    fields: ({ subjectKeyIdentifier: id }) => (id === null ? null : [['Key identifier', withColons(id)]]),
  },
  '2.5.29.15': {
    title: 'Key usage',
    reference: 'RFC 5280, section 4.2.1.3',
    fields: ({ keyUsage }) => keyUsage && [['Usages', keyUsage.join(', ') || 'none']],
  },
  '2.5.29.16': {
    title: 'Private key usage period',
    reference: 'RFC 3280, section 4.2.1.4',
    read: read.privateKeyUsagePeriod,
  },
  '2.5.29.17': { title: 'Subject alternative names', reference: 'RFC 5280, section 4.2.1.6', read: read.generalNames },
  '2.5.29.18': { title: 'Issuer alternative names', reference: 'RFC 5280, section 4.2.1.7', read: read.generalNames },
  '2.5.29.19': { title: 'Basic constraints', reference: 'RFC 5280, section 4.2.1.9', fields: basicConstraints },
  '2.5.29.30': { title: 'Name constraints', reference: 'RFC 5280, section 4.2.1.10', read: read.nameConstraints },
  '2.5.29.31': {
    title: 'CRL distribution points',
    reference: 'RFC 5280, section 4.2.1.13',
    read: read.distributionPoints,
  },
  '2.5.29.32': { title: 'Certificate policies', reference: 'RFC 5280, section 4.2.1.4', fields: certificatePolicies },
  '2.5.29.33': { title: 'Policy mappings', reference: 'RFC 5280, section 4.2.1.5', read: read.policyMappings },
  '2.5.29.35': {
    title: 'Authority key identifier',
    reference: 'RFC 5280, section 4.2.1.1',
    fields: authorityKeyIdentifier,
  },
  '2.5.29.36': { title: 'Policy constraints', reference: 'RFC 5280, section 4.2.1.11', read: read.policyConstraints },
  '2.5.29.37': {
    title: 'Extended key usage',
    reference: 'RFC 5280, section 4.2.1.12',
    fields: ({ extendedKeyUsage }) =>
      extendedKeyUsage && extendedKeyUsage.map(({ oid }) => ['Purpose', oidWithName(oid)]),
  },
  '2.5.29.46': { title: 'Freshest CRL', reference: 'RFC 5280, section 4.2.1.15', read: read.distributionPoints },
  '2.5.29.54': { title: 'Inhibit anyPolicy', reference: 'RFC 5280, section 4.2.1.14', read: read.inhibitAnyPolicy },
  '2.5.29.56': {
    title: 'No revocation available',
    reference: 'RFC 9608, section 2',
    read: read.nullExtension('Its issuer publishes no revocation information for it.'),
  },
  '1.3.6.1.5.5.7.1.1': {
    title: 'Authority information access',
    reference: 'RFC 5280, section 4.2.2.1',
    read: read.accessDescriptions,
  },
  '1.3.6.1.5.5.7.1.3': {
    title: 'Qualified certificate statements',
    reference: 'RFC 3739, section 3.2.6',
    read: read.qcStatements,
  },
  '1.3.6.1.5.5.7.1.11': {
    title: 'Subject information access',
    reference: 'RFC 5280, section 4.2.2.2',
    read: read.accessDescriptions,
  },
  '1.3.6.1.5.5.7.1.24': { title: 'TLS feature', reference: 'RFC 7633, section 4', read: read.tlsFeature },
  '1.3.6.1.5.5.7.48.1.5': {
    title: 'OCSP no check',
    reference: 'RFC 6960, section 4.2.2.2.1',
    read: read.nullExtension('It signs OCSP responses; its own revocation need not be checked.'),
  },
  '1.3.6.1.4.1.11129.2.4.2': {
    title: 'Signed certificate timestamps',
    reference: 'RFC 6962, section 3.3',
    read: read.signedCertificateTimestamps,
  },
  '1.3.6.1.4.1.11129.2.4.3': {
    title: 'Precertificate poison',
    reference: 'RFC 6962, section 3.1',
    read: read.nullExtension('This is a precertificate for CT logs; clients must reject it.'),
  },
  '1.3.6.1.4.1.311.20.2': { title: 'Microsoft certificate template name', read: read.stringExtension },
  '1.3.6.1.4.1.311.21.1': { title: 'Microsoft CA version', read: read.microsoftVersion },
  '1.3.6.1.4.1.311.21.7': { title: 'Microsoft certificate template', read: read.microsoftTemplate },
  '2.16.840.1.113730.1.1': { title: 'Netscape certificate type', read: read.netscapeType },
  '2.16.840.1.113730.1.2': { title: 'Netscape base URL', read: read.stringExtension },
  '2.16.840.1.113730.1.3': { title: 'Netscape revocation URL', read: read.stringExtension },
  '2.16.840.1.113730.1.4': { title: 'Netscape CA revocation URL', read: read.stringExtension },
  '2.16.840.1.113730.1.7': { title: 'Netscape renewal URL', read: read.stringExtension },
  '2.16.840.1.113730.1.8': { title: 'Netscape CA policy URL', read: read.stringExtension },
  '2.16.840.1.113730.1.12': { title: 'Netscape SSL server name', read: read.stringExtension },
  '2.16.840.1.113730.1.13': { title: 'Netscape comment', read: read.stringExtension },
  '2.23.140.3.1': { title: 'Organization identifier', read: read.cabfOrganization },
};

/** @param {string} base64 @returns {Uint8Array} */
export function bytesOf(base64) {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

/**
 * @param {Extension} extension
 * @param {Certificate} [certificate] that has the extension: fields decoded by the TLS client are used
 * @returns {Description}
 */
export function describeExtension(extension, certificate) {
  const { oid, name, malformed = false, value } = extension;
  const known = KNOWN[oid];
  const title = known?.title ?? name ?? oidNameOf(oid) ?? 'Unknown extension';
  const reference = known?.reference ?? null;
  const none = { title, reference, rows: [], asn1: true, malformed };
  if (known === undefined || malformed) return none;
  if (known.fields) {
    // The client's fields are those of the first extension if there are duplicates.
    const first = certificate?.extensions.find((one) => one.oid === oid) === extension;
    const rows = first && certificate ? known.fields(certificate) : null;
    return rows ? { ...none, rows, asn1: false } : none;
  }
  const root = parseAsn1(bytesOf(value), { strings: false });
  const invalid = [...walk(root)].find(({ error }) => error !== null);
  if (invalid?.unparsed) return { ...none, unread: `Too large to be described: ${invalid.error}.` };
  if (invalid) return { ...none, malformed: true };
  try {
    const rows = known.read?.(root) ?? [];
    return { ...none, rows, asn1: rows.length === 0 };
  } catch (error) {
    if (error instanceof Malformed || error instanceof RangeError) return { ...none, malformed: true };
    throw error;
  }
}
