/** Readers for extensions that the TLS client does not decode. */
import {
  expectNode,
  generalNameOf,
  Malformed,
  oidWithName,
  oidOf,
  optionalFields,
  sequence,
  fieldWithTag,
} from './general-names.js';
import { textOf, toBigInt, toDate } from './asn1-values.js';
import { readScts } from './sct.js';

/** @typedef {import('./asn1.js').Asn1Node} Asn1Node */
/** @typedef {import('./general-names.js').Row} Row */
/** @typedef {(root: Asn1Node) => Row[]} Reader throws Malformed, or RangeError from readScts() */

/** @param {Asn1Node | undefined} node @param {'universal' | 'context'} [tagClass] @param {number} [tag] */
function numberOf(node, tagClass = 'universal', tag = 2) {
  const value = toBigInt(expectNode(node, tagClass, tag).content);
  if (value === null) throw new Malformed();
  return value;
}

/**
 * @param {Asn1Node | undefined} node a BIT STRING, or one under an implicit tag
 * @param {string[]} names of the bits, in order
 * @returns {string}
 */
function bitsOf(node, names) {
  if (node === undefined || node.content.length === 0) throw new Malformed();
  const octets = node.content.subarray(1);
  const set = names.filter((_, i) => (octets[i >> 3] ?? 0) & (0x80 >> (i & 7)));
  return set.length > 0 ? set.join(', ') : 'none';
}

/** @param {bigint} number of certificates in the path before the constraint applies */
function afterCertificates(number) {
  if (number === 0n) return 'from this certificate on';
  return `after ${number} more certificate${number === 1n ? '' : 's'}`;
}

/* --- names ------------------------------------------------------------------------- */

/** @type {Reader} */
export function generalNames(root) {
  return sequence(root).map(generalNameOf);
}

/** RFC 5280, section 4.2.1.10. @type {Reader} */
export function nameConstraints(root) {
  const parts = optionalFields(root, 1);
  return [...subtrees('Permitted', fieldWithTag(parts, 0)), ...subtrees('Excluded', fieldWithTag(parts, 1))];
}

/** @param {string} what @param {Asn1Node | undefined} list @returns {Row[]} */
function subtrees(what, list) {
  if (list === undefined) return [];
  return list.children.map((subtree) => {
    const [base, ...limits] = sequence(subtree);
    if (base === undefined) throw new Malformed();
    const [type, text] = generalNameOf(base);
    const minimum = fieldWithTag(limits, 0);
    const maximum = fieldWithTag(limits, 1);
    const low = minimum ? `, minimum ${numberOf(minimum, 'context', 0)}` : '';
    const high = maximum ? `, maximum ${numberOf(maximum, 'context', 1)}` : '';
    return [what, `${type} ${text || '(all names of this type)'}${low}${high}`];
  });
}

/** AccessDescriptions (RFC 5280, section 4.2.2). @type {Reader} */
export function accessDescriptions(root) {
  return sequence(root).map((description) => {
    const [method, location] = sequence(description);
    if (location === undefined) throw new Malformed();
    const oid = oidOf(method);
    return [METHODS[oid] ?? oidWithName(oid), nameText(location)];
  });
}

/** @type {Record<string, string>} */
const METHODS = {
  '1.3.6.1.5.5.7.48.1': 'OCSP',
  '1.3.6.1.5.5.7.48.2': 'CA issuers',
  '1.3.6.1.5.5.7.48.3': 'Time stamping',
  '1.3.6.1.5.5.7.48.5': 'CA repository',
};

/** A name with its type; a URI needs none. @param {Asn1Node} node */
function nameText(node) {
  const [type, text] = generalNameOf(node);
  return type === 'URI' ? text : `${type} ${text}`;
}

const REASONS = [
  'unused',
  'keyCompromise',
  'cACompromise',
  'affiliationChanged',
  'superseded',
  'cessationOfOperation',
  'certificateHold',
  'privilegeWithdrawn',
  'aACompromise',
];

/** RFC 5280, section 4.2.1.13. @type {Reader} */
export function distributionPoints(root) {
  return sequence(root).flatMap((point) => {
    const parts = optionalFields(point, 2);
    const [name] = fieldWithTag(parts, 0)?.children ?? [];
    const reasons = fieldWithTag(parts, 1);
    const issuer = fieldWithTag(parts, 2);
    /** @type {Row[]} */
    const rows = [];
    if (name?.tag === 0) rows.push(...name.children.map((one) => /** @type {Row} */ (['CRL', nameText(one)])));
    if (name?.tag === 1) rows.push(['CRL', `relative to its issuer: ${name.children.map(attributeText).join('+')}`]);
    if (reasons) rows.push(['Reasons', bitsOf(reasons, REASONS)]);
    if (issuer) rows.push(...issuer.children.map((one) => /** @type {Row} */ (['CRL issuer', nameText(one)])));
    return rows;
  });
}

/** @param {Asn1Node} attribute */
function attributeText(attribute) {
  const [type, value] = sequence(attribute);
  if (value === undefined) throw new Malformed();
  return `${oidWithName(oidOf(type))}=${textOf(value)}`;
}

/* --- policies ------------------------------------------------------------------------- */

/** RFC 5280, section 4.2.1.11. @type {Reader} */
export function policyConstraints(root) {
  const parts = optionalFields(root, 1);
  const explicit = fieldWithTag(parts, 0);
  const mapping = fieldWithTag(parts, 1);
  /** @type {Row[]} */
  const rows = [];
  if (explicit) rows.push(['A policy is required', afterCertificates(numberOf(explicit, 'context', 0))]);
  if (mapping) rows.push(['Policy mapping is inhibited', afterCertificates(numberOf(mapping, 'context', 1))]);
  return rows;
}

/** RFC 5280, section 4.2.1.14. @type {Reader} */
export function inhibitAnyPolicy(root) {
  return [['anyPolicy is inhibited', afterCertificates(numberOf(root))]];
}

/** RFC 5280, section 4.2.1.5. @type {Reader} */
export function policyMappings(root) {
  return sequence(root).map((mapping) => {
    const [above, below] = sequence(mapping);
    return [
      'Equivalent policies',
      `${oidWithName(oidOf(above))} of the issuer, ${oidWithName(oidOf(below))} of the subject`,
    ];
  });
}

/**
 * The user notice of a policy (RFC 5280, section 4.2.1.4).
 * @param {Asn1Node} root
 * @returns {string}
 */
export function userNotice(root) {
  return sequence(root)
    .map((part) => {
      if (!part.constructed) return textOf(part);
      const [organization, numbers] = sequence(part);
      if (organization === undefined) throw new Malformed();
      return `${textOf(organization)}, notice ${sequence(numbers)
        .map((one) => numberOf(one))
        .join(', ')}`;
    })
    .join(': ');
}

/** ETSI EN 319 412-5. @type {Reader} */
export function qcStatements(root) {
  return sequence(root).map((statement) => {
    const [type, value] = sequence(statement);
    const words = value === undefined ? '' : `: ${leaves(value).join(' ')}`;
    return ['Statement', `${oidWithName(oidOf(type))}${words}`];
  });
}

/** @param {Asn1Node} node @returns {string[]} */
function leaves(node) {
  if (node.constructed) return node.children.flatMap(leaves);
  return [node.tagClass === 'universal' && node.tag === 6 ? oidWithName(oidOf(node)) : (node.value ?? '')];
}

/* --- TLS and transparency ------------------------------------------------------------------------- */

/** RFC 7633, section 4.2.3. @type {Reader} */
export function tlsFeature(root) {
  /** @type {Record<string, string>} */
  const features = {
    5: 'status_request (5): the server must staple an OCSP response',
    17: 'status_request_v2 (17): the server must staple OCSP responses for the chain',
  };
  return sequence(root).map((feature) => [
    'The server must support',
    features[String(numberOf(feature))] ?? `extension ${numberOf(feature)}`,
  ]);
}

/** RFC 6962, section 3.3. @type {Reader} */
export function signedCertificateTimestamps(root) {
  return readScts(expectNode(root, 'universal', 4).content).flatMap(
    ({ version, logId, time, algorithm, extensions }, i) => {
      const of = version === 0 ? '' : `version ${version + 1}, `;
      const more = extensions > 0 ? `, ${extensions} octets of extensions` : '';
      const moment = time?.toISOString().replace('T', ' ').replace('Z', ' UTC') ?? 'invalid time';
      const id = btoa(String.fromCharCode(...logId));
      return /** @type {Row[]} */ ([
        [`Timestamp ${i + 1}`, `${of}${moment}, ${algorithm}${more}`],
        [`Log of timestamp ${i + 1}`, id],
      ]);
    },
  );
}

/** @param {string} meaning @returns {Reader} for an extension whose value is NULL */
export function nullExtension(meaning) {
  return (root) => {
    expectNode(root, 'universal', 5);
    return [['Meaning', meaning]];
  };
}

/* --- legacy and vendor extensions ------------------------------------------------------------------------- */

/** RFC 3280, section 4.2.1.4. @type {Reader} */
export function privateKeyUsagePeriod(root) {
  const parts = optionalFields(root, 1);
  return /** @type {const} */ ([
    ['From', fieldWithTag(parts, 0)],
    ['Until', fieldWithTag(parts, 1)],
  ]).flatMap(([term, node]) => {
    if (node === undefined) return [];
    const date = toDate(textOf(node), false);
    if (date === null) throw new Malformed();
    return [/** @type {Row} */ ([term, date.toISOString().replace('T', ' ').replace('.000Z', ' UTC')])];
  });
}

const NETSCAPE_TYPES = [
  'SSL client',
  'SSL server',
  'S/MIME',
  'object signing',
  'reserved',
  'SSL CA',
  'S/MIME CA',
  'object signing CA',
];

/** @type {Reader} */
export function netscapeType(root) {
  return [['Types', bitsOf(expectNode(root, 'universal', 3), NETSCAPE_TYPES)]];
}

/** Tags of ASN.1's text types. */
const STRINGS = new Set([12, 18, 19, 20, 22, 26, 27, 28, 30]);

/** @type {Reader} for an extension whose value is one string */
export function stringExtension(root) {
  if (root.tagClass !== 'universal' || root.constructed || !STRINGS.has(root.tag)) throw new Malformed();
  return [['Text', textOf(root)]];
}

/** @type {Reader} Version of a CA's certificate and key in Microsoft's Certificate Services. */
export function microsoftVersion(root) {
  const number = numberOf(root);
  return [['Version', `certificate ${number & 0xffffn}, key ${number >> 16n}`]];
}

/** @type {Reader} */
export function microsoftTemplate(root) {
  const [id, major, minor] = sequence(root);
  const version = [major, minor].flatMap((part) => (part === undefined ? [] : [String(numberOf(part))]));
  return [['Template', `${oidOf(id)}${version.length > 0 ? `, version ${version.join('.')}` : ''}`]];
}

/** @type {Reader} Registration number of an organization (EV Guidelines, section 9.8.2). */
export function cabfOrganization(root) {
  const [scheme, country, ...rest] = sequence(root);
  if (scheme === undefined || country === undefined || rest.length === 0) throw new Malformed();
  const reference = rest[rest.length - 1];
  const state = rest.length > 1 ? `, ${textOf(rest[0])}` : '';
  return [
    ['Registration scheme', `${textOf(scheme)}, ${textOf(country)}${state}`],
    ['Registration number', textOf(reference)],
  ];
}
