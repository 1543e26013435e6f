/**
 * Certificate and CRL extensions (RFC 5280 sections 4.2 and 5.2). Each function returns an `Extension` that is critical
 * if RFC 5280 says so; `{ ...extension, critical }` changes that. `raw` returns any other extension.
 */
import * as der from './der.js';
import { encodeGeneralName, encodeName } from './names.js';

/** @typedef {import('./der.js').Der} Der */
/** @typedef {import('./names.js').GeneralName} GeneralName */
/** @typedef {import('./names.js').Name} Name */

/** Extensions whose OIDs other modules need, too. */
export const OIDS = {
  subjectAltName: '2.5.29.17',
  issuingDistributionPoint: '2.5.29.28',
  authorityInfoAccess: '1.3.6.1.5.5.7.1.1',
};

/**
 * @typedef {object} Extension
 * @property {string | Der} oid
 * @property {boolean | Der} critical false is left out, as DER requires; the DER of a BOOLEAN is written unchanged
 * @property {Der} value the content of the OCTET STRING
 */

/** @param {Extension} extension @returns {Der} */
export function encodeExtension({ oid, critical, value }) {
  const bit = critical === true ? der.boolean(true) : critical === false ? new Uint8Array(0) : critical;
  return der.sequence(typeof oid === 'string' ? der.oid(oid) : oid, bit, der.octetString(value));
}

/** @param {string} oid @param {Der} value @param {boolean} [critical] @returns {Extension} */
export function raw(oid, value, critical = false) {
  return { oid, critical, value };
}

/** @param {GeneralName[]} names @param {boolean} [critical] @returns {Extension} */
export function subjectAltName(names, critical = false) {
  return raw(OIDS.subjectAltName, der.sequence(...names.map(encodeGeneralName)), critical);
}

/** @param {{ ca: boolean, pathLen?: number }} constraints @returns {Extension} */
export function basicConstraints({ ca, pathLen }) {
  const parts = [];
  if (ca) parts.push(der.boolean(true));
  if (pathLen !== undefined) parts.push(der.integer(pathLen));
  return raw('2.5.29.19', der.sequence(...parts), true);
}

const KEY_USAGES = /** @type {const} */ ([
  'digitalSignature',
  'contentCommitment',
  'keyEncipherment',
  'dataEncipherment',
  'keyAgreement',
  'keyCertSign',
  'cRLSign',
  'encipherOnly',
  'decipherOnly',
]);

/** @param {...(typeof KEY_USAGES)[number]} usages @returns {Extension} */
export function keyUsage(...usages) {
  return raw('2.5.29.15', der.namedBits(usages.map((usage) => KEY_USAGES.indexOf(usage))), true);
}

/** @type {Record<string, string>} */
const PURPOSES = {
  serverAuth: '1.3.6.1.5.5.7.3.1',
  clientAuth: '1.3.6.1.5.5.7.3.2',
  codeSigning: '1.3.6.1.5.5.7.3.3',
  emailProtection: '1.3.6.1.5.5.7.3.4',
  timeStamping: '1.3.6.1.5.5.7.3.8',
  OCSPSigning: '1.3.6.1.5.5.7.3.9',
  any: '2.5.29.37.0',
};

/** @param {...string} purposes keys of PURPOSES, or dotted OIDs @returns {Extension} */
export function extKeyUsage(...purposes) {
  return raw('2.5.29.37', der.sequence(...purposes.map((purpose) => der.oid(PURPOSES[purpose] ?? purpose))));
}

/** @param {Uint8Array} id @returns {Extension} */
export function subjectKeyIdentifier(id) {
  return raw('2.5.29.14', der.octetString(id));
}

/** @param {{ id?: Uint8Array, issuer?: Name, serial?: bigint }} authority @returns {Extension} */
export function authorityKeyIdentifier({ id, issuer, serial }) {
  const parts = [];
  if (id !== undefined) parts.push(der.primitive(0, id));
  if (issuer !== undefined) parts.push(der.constructed(1, encodeGeneralName({ dirName: issuer })));
  if (serial !== undefined) parts.push(der.primitive(2, der.elements(der.integer(serial))[0].content));
  return raw('2.5.29.35', der.sequence(...parts));
}

/**
 * @typedef {object} Policy
 * @property {string} oid
 * @property {string} [cps] the URI of a certification practice statement
 * @property {{ organization?: string, numbers?: number[], text?: string }} [notice] a user notice
 */

/** @param {...Policy} policies @returns {Extension} */
export function certificatePolicies(...policies) {
  return raw('2.5.29.32', der.sequence(...policies.map(encodePolicy)));
}

/** @param {Policy} policy @returns {Der} */
function encodePolicy({ oid, cps, notice }) {
  const qualifiers = [];
  if (cps !== undefined) qualifiers.push(der.sequence(der.oid('1.3.6.1.5.5.7.2.1'), der.ia5String(cps)));
  if (notice !== undefined) {
    const parts = [];
    if (notice.organization !== undefined) {
      const numbers = der.sequence(...(notice.numbers ?? [1]).map(der.integer));
      parts.push(der.sequence(der.utf8String(notice.organization), numbers));
    }
    if (notice.text !== undefined) parts.push(der.utf8String(notice.text));
    qualifiers.push(der.sequence(der.oid('1.3.6.1.5.5.7.2.2'), der.sequence(...parts)));
  }
  return der.sequence(der.oid(oid), ...(qualifiers.length > 0 ? [der.sequence(...qualifiers)] : []));
}

/** @param {{ ocsp?: string[], issuers?: string[] }} access URIs @returns {Extension} */
export function authorityInfoAccess({ ocsp = [], issuers = [] }) {
  /** @param {string} method @returns {(uri: string) => Der} */
  const description = (method) => (uri) => der.sequence(der.oid(method), encodeGeneralName({ uri }));
  return raw(
    OIDS.authorityInfoAccess,
    der.sequence(...ocsp.map(description('1.3.6.1.5.5.7.48.1')), ...issuers.map(description('1.3.6.1.5.5.7.48.2'))),
  );
}

/** ReasonFlags (RFC 5280 section 4.2.1.13). */
const REASON_FLAGS = /** @type {const} */ ([
  'unused',
  'keyCompromise',
  'cACompromise',
  'affiliationChanged',
  'superseded',
  'cessationOfOperation',
  'certificateHold',
  'privilegeWithdrawn',
  'aACompromise',
]);

/** @typedef {(typeof REASON_FLAGS)[number]} ReasonFlag */

/**
 * @typedef {object} PointName the names of a distribution point
 * @property {string} [uri] its fullName is this URI
 * @property {GeneralName[]} [names] fullName
 * @property {Name} [relative] nameRelativeToCRLIssuer: a name of one RDN
 */

/** @param {PointName} name @returns {Der[]} DistributionPointName, or nothing */
function pointName({ uri, names = uri === undefined ? [] : [{ uri }], relative }) {
  if (relative !== undefined) {
    const [{ content }] = der.elements(der.elements(encodeName(relative))[0].content);
    return [der.constructed(0, der.constructed(1, content))];
  }
  return names.length > 0 ? [der.constructed(0, der.constructed(0, ...names.map(encodeGeneralName)))] : [];
}

/** @param {number} number @param {readonly ReasonFlag[] | undefined} reasons @returns {Der[]} ReasonFlags, or nothing */
function reasonFlags(number, reasons) {
  if (reasons === undefined) return [];
  const bits = der.namedBits(reasons.map((reason) => REASON_FLAGS.indexOf(reason)));
  return [der.primitive(number, der.elements(bits)[0].content)];
}

/** @typedef {PointName & { reasons?: readonly ReasonFlag[], crlIssuer?: GeneralName[] }} Point */

/** @param {...(string | Point)} points a URI, or more @returns {Extension} */
export function crlDistributionPoints(...points) {
  const encoded = points.map((point) => {
    const { reasons, crlIssuer, ...name } = typeof point === 'string' ? { uri: point } : point;
    const issuer = crlIssuer === undefined ? [] : [der.constructed(2, ...crlIssuer.map(encodeGeneralName))];
    return der.sequence(...pointName(name), ...reasonFlags(1, reasons), ...issuer);
  });
  return raw('2.5.29.31', der.sequence(...encoded));
}

/** @param {{ permitted?: GeneralName[], excluded?: GeneralName[] }} trees @param {boolean} [critical] @returns {Extension} */
export function nameConstraints({ permitted = [], excluded = [] }, critical = true) {
  /** @param {number} number @param {GeneralName[]} names @returns {Der[]} */
  const subtrees = (number, names) =>
    names.length > 0 ? [der.constructed(number, ...names.map((name) => der.sequence(encodeGeneralName(name))))] : [];
  return raw('2.5.29.30', der.sequence(...subtrees(0, permitted), ...subtrees(1, excluded)), critical);
}

/** @param {bigint | number} number @returns {Extension} */
export function crlNumber(number) {
  return raw('2.5.29.20', der.integer(number));
}

const REASONS = /** @type {const} */ ([
  'unspecified',
  'keyCompromise',
  'cACompromise',
  'affiliationChanged',
  'superseded',
  'cessationOfOperation',
  'certificateHold',
  'unused',
  'removeFromCRL',
  'privilegeWithdrawn',
  'aACompromise',
]);

/** @typedef {(typeof REASONS)[number]} Reason */

/** @param {Reason} reason @returns {Extension} for a CRL entry (RFC 5280 section 5.3.1) */
export function reasonCode(reason) {
  return raw('2.5.29.21', der.enumerated(REASONS.indexOf(reason)));
}

/**
 * @typedef {object} Scope of a CRL (RFC 5280 section 5.2.5)
 * @property {boolean} [onlyUserCerts]
 * @property {boolean} [onlyCACerts]
 * @property {readonly ReasonFlag[]} [onlySomeReasons]
 * @property {boolean} [indirect]
 * @property {boolean} [onlyAttributeCerts]
 */

/** @param {PointName & Scope} scope @returns {Extension} */
export function issuingDistributionPoint({ onlySomeReasons, ...scope }) {
  /** @param {number} number @param {boolean | undefined} value @returns {Der[]} */
  const flag = (number, value) => (value ? [der.primitive(number, Uint8Array.of(0xff))] : []);
  const parts = [
    ...pointName(scope),
    ...flag(1, scope.onlyUserCerts),
    ...flag(2, scope.onlyCACerts),
    ...reasonFlags(3, onlySomeReasons),
    ...flag(4, scope.indirect),
    ...flag(5, scope.onlyAttributeCerts),
  ];
  return raw(OIDS.issuingDistributionPoint, der.sequence(...parts), true);
}

/** @param {bigint | number} base number of the CRL that the delta CRL updates @returns {Extension} */
export function deltaCrlIndicator(base) {
  return raw('2.5.29.27', der.integer(base), true);
}

/** @param {...GeneralName} names @returns {Extension} for an entry of an indirect CRL (RFC 5280 section 5.3.3) */
export function certificateIssuer(...names) {
  return raw('2.5.29.29', der.sequence(...names.map(encodeGeneralName)), true);
}
