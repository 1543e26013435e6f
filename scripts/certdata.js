/** Reads certdata.txt, the form in which NSS has Mozilla's root list, with the date after which Mozilla distrusts what a root issues. */
import { createHash } from 'node:crypto';

/**
 * @typedef {object} MozillaRoot
 * @property {string} label
 * @property {Uint8Array} der
 * @property {Date | undefined} distrustAfter a server's certificate that is valid from later is distrusted
 */

/** @typedef {{ line: number, attributes: Map<string, string | Buffer> }} CertdataObject octal values are Buffers */

/** @param {number} line @param {string} problem @returns {never} */
function fail(line, problem) {
  throw new Error(`certdata.txt, line ${line}: ${problem}`);
}

/**
 * The objects of certdata.txt. Each begins with its CKA_CLASS.
 * @param {string} text
 * @returns {CertdataObject[]}
 */
function objectsOf(text) {
  /** @type {CertdataObject[]} */
  const objects = [];
  const lines = text.split(/\r?\n/);
  const begin = lines.indexOf('BEGINDATA');
  if (begin < 0) fail(1, 'there is no BEGINDATA');
  for (let at = begin + 1; at < lines.length; at++) {
    const line = at + 1;
    if (/^\s*(#|$)/.test(lines[at])) continue;
    const [, name, type, rest] =
      /^(CKA_\w+) (\w+)(?: (.*))?$/.exec(lines[at]) ?? fail(line, `'${lines[at]}' is no attribute`);
    /** @type {string | Buffer} */
    let value = rest ?? '';
    if (type === 'MULTILINE_OCTAL') {
      const end = lines.indexOf('END', at);
      if (end < 0) fail(line, 'there is no END');
      const digits = lines.slice(at + 1, end).join('');
      if (!/^(\\[0-3][0-7]{2})+$/.test(digits)) fail(line, `${name} is not octal`);
      value = Buffer.from(
        digits
          .slice(1)
          .split('\\')
          .map((octet) => parseInt(octet, 8)),
      );
      at = end;
    }
    if (name === 'CKA_CLASS') objects.push({ line, attributes: new Map() });
    const attributes = objects.at(-1)?.attributes ?? fail(line, `${name} is outside of an object`);
    if (attributes.has(name)) fail(line, `${name} is there twice`);
    attributes.set(name, value);
  }
  return objects;
}

/** @param {CertdataObject} object @param {string} name */
function octets({ line, attributes }, name) {
  const value = attributes.get(name);
  return value instanceof Buffer ? value : fail(line, `the object lacks ${name}`);
}

/** Issuer and serial number, which a trust object has in common with its certificate. @param {CertdataObject} object */
const nameOf = (object) =>
  `${octets(object, 'CKA_ISSUER').toString('hex')} ${octets(object, 'CKA_SERIAL_NUMBER').toString('hex')}`;

/** @param {CertdataObject} certificate @returns {Date | undefined} */
function distrustAfter({ line, attributes }) {
  const value = attributes.get('CKA_NSS_SERVER_DISTRUST_AFTER');
  if (value === 'CK_FALSE') return undefined;
  const digits = /^(\d\d)?(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(String(value));
  if (!(value instanceof Buffer) || digits === null)
    fail(line, 'CKA_NSS_SERVER_DISTRUST_AFTER is neither CK_FALSE nor a time');
  const [, century, year, month, day, hour, minute, second] = digits;
  // RFC 5280, section 4.1.2.5.1: years of two digits.
  const date = new Date(
    `${century ?? (Number(year) < 50 ? '20' : '19')}${year}-${month}-${day}T${hour}:${minute}:${second}Z`,
  );
  return Number.isNaN(date.getTime()) ? fail(line, 'CKA_NSS_SERVER_DISTRUST_AFTER is not a time') : date;
}

/** Values of CKA_TRUST_SERVER_AUTH, and whether they make a certificate a trust anchor. */
const SERVER_TRUST = new Map([
  ['CKT_NSS_TRUSTED_DELEGATOR', true],
  ['CKT_NSS_VALID_DELEGATOR', false],
  ['CKT_NSS_MUST_VERIFY_TRUST', false],
  ['CKT_NSS_TRUSTED', false], // as a server's own certificate
  ['CKT_NSS_NOT_TRUSTED', false],
]);

/**
 * @param {string} text of certdata.txt
 * @returns {MozillaRoot[]} the trust anchors for TLS servers, in the order of the file
 * @throws {Error} if the text has anything that this function does not know
 */
export function rootsOf(text) {
  /** @type {CertdataObject[]} */
  const certificates = [];
  /** @type {Map<string, CertdataObject[]>} */
  const trusts = new Map();
  for (const object of objectsOf(text)) {
    const kind = object.attributes.get('CKA_CLASS');
    if (kind === 'CKO_CERTIFICATE') certificates.push(object);
    else if (kind === 'CKO_NSS_TRUST') trusts.set(nameOf(object), [...(trusts.get(nameOf(object)) ?? []), object]);
    else if (kind !== 'CKO_NSS_BUILTIN_ROOT_LIST') fail(object.line, `the class ${kind} is not known`);
  }
  return certificates.flatMap((certificate) => {
    const der = octets(certificate, 'CKA_VALUE');
    const sha1 = createHash('sha1').update(der).digest();
    const levels = (trusts.get(nameOf(certificate)) ?? [])
      .filter(({ attributes }) => sha1.equals(/** @type {Buffer} */ (attributes.get('CKA_CERT_SHA1_HASH') ?? sha1)))
      .map(({ line, attributes }) => {
        const level = String(attributes.get('CKA_TRUST_SERVER_AUTH'));
        return SERVER_TRUST.has(level) ? level : fail(line, `CKA_TRUST_SERVER_AUTH is ${level}, which is not known`);
      });
    if (levels.includes('CKT_NSS_NOT_TRUSTED') || !levels.some((level) => SERVER_TRUST.get(level))) return [];
    const label = String(certificate.attributes.get('CKA_LABEL')).replace(/^"(.*)"$/, '$1');
    return [{ label, der, distrustAfter: distrustAfter(certificate) }];
  });
}

/** @param {string} header nssckbi.h of NSS @returns {string} the version of the list, such as 2.86 */
export function versionOf(header) {
  const [, version] = /^#define NSS_BUILTINS_LIBRARY_VERSION "([0-9.]{1,12})"$/m.exec(header) ?? [];
  if (version === undefined) throw new Error('nssckbi.h has no NSS_BUILTINS_LIBRARY_VERSION');
  return version;
}
