/** Reads TLS extensions. */
import { count, shortHex, textOf } from './fields.js';
import * as names from './names.js';

/** @typedef {import('./fields.js').Cursor} Cursor */
/** @typedef {import('./types.js').Facts} Facts */
/** @typedef {import('./types.js').Field} Field */

/**
 * The message that has the extension, which determines its format (RFC 8446, section 4.2).
 * @typedef {'ClientHello' | 'ServerHello' | 'HelloRetryRequest' | 'EncryptedExtensions' | 'Certificate' |
 *   'CertificateRequest' | 'NewSessionTicket'} Place
 */

/** @typedef {(inner: Cursor, facts: Facts, place: Place) => string | void} Reader returns the value as text */

/**
 * @param {Cursor} cursor
 * @param {Place} place
 * @param {Facts} facts to be filled from the extensions
 */
export function extensions(cursor, place, facts) {
  facts.extensions = cursor.list('Extensions', 2, (inner) => extension(inner, place, facts));
}

/** @param {Cursor} cursor @param {Place} place @param {Facts} facts */
function extension(cursor, place, facts) {
  return cursor.branch('Extension', (whole, field) => {
    const number = whole.number('Type', 2, names.numberedExtension);
    field.name = names.extensionName(number);
    whole.vector('Data', 2, (inner, data) => {
      field.value = inner.left === 0 ? 'empty' : count(inner.left, 'byte');
      const read = READERS[number];
      if (read && inner.left > 0) field.value = read(inner, facts, place) || field.value;
      else inner.rest('Content');
      data.value = field.value;
    });
    return number;
  });
}

/** @param {Cursor} inner @param {string} name @param {(number: number) => string} describe */
function shortList(inner, name, describe) {
  return inner.list(name, 1, (one) => one.number('Item', 1, describe), describe);
}

/**
 * @param {Cursor} inner
 * @param {string} name
 * @param {string} item name of an item's field
 * @param {(number: number) => string} describe describes an item in its own field
 * @param {(number: number) => string} describeShort describes an item in the list's value
 */
function longList(inner, name, item, describe, describeShort) {
  return inner.list(name, 2, (one) => one.number(item, 2, describe), describeShort);
}

/** @param {(number: number) => string} describe @param {number[]} numbers */
const joined = (describe, numbers) => numbers.map(describe).join(', ');

/** @type {Reader} RFC 6066, section 3 */
function serverName(inner, facts) {
  const list = inner.list('Server names', 2, (one) =>
    one.branch('Name', (entry, field) => {
      entry.number('Type', 1, names.nameTypeName);
      field.value = textOf(entry.opaque('Host name', 2, textOf, 'Text'));
      return field.value;
    }),
  );
  [facts.serverName] = list;
  return list.join(', ');
}

/** @type {Reader} RFC 6066, section 8; in a TLS 1.3 Certificate the response: RFC 8446, section 4.4.2.1 */
function statusRequest(inner, _facts, place) {
  const type = names.statusTypeName(inner.number('Status type', 1, names.statusTypeName));
  if (place === 'Certificate') {
    inner.opaque('Response', 3, shortHex, 'OCSP response (DER)');
  } else {
    inner.list('Responder IDs', 2, (one) => one.opaque('Responder ID', 2));
    inner.opaque('Request extensions', 2);
  }
  return type;
}

/** @type {Reader} RFC 7301, section 3.1 */
function alpn(inner, facts) {
  const list = inner.list('Protocols', 2, (one) => textOf(one.opaque('Protocol', 1, textOf, 'Text')));
  facts.alpn = list;
  return list.join(', ');
}

/** @type {Reader} RFC 8446, section 4.2.1 */
function supportedVersions(inner, facts, place) {
  facts.versions =
    place === 'ClientHello'
      ? inner.list('Versions', 1, (one) => one.number('Version', 2, names.numberedVersion), names.versionName)
      : [inner.number('Selected version', 2, names.numberedVersion)];
  return joined(names.versionName, facts.versions);
}

/** @type {Reader} RFC 8446, section 4.2.8 */
function keyShare(inner, facts, place) {
  const share = (/** @type {Cursor} */ one) =>
    one.branch('Key share', (entry, field) => {
      const group = entry.number('Group', 2, names.numberedGroup);
      entry.opaque('Key exchange', 2);
      field.value = names.groupName(group);
      return group;
    });
  if (place === 'ClientHello') facts.keyShares = inner.list('Key shares', 2, share, names.groupName);
  else if (place === 'HelloRetryRequest') facts.keyShares = [inner.number('Selected group', 2, names.numberedGroup)];
  else facts.keyShares = [share(inner)];
  return joined(names.groupName, facts.keyShares);
}

/** @type {Reader} RFC 8446, section 4.2.11 */
function preSharedKey(inner, _facts, place) {
  if (place !== 'ClientHello') return `identity ${inner.number('Selected identity', 2)}`;
  const identities = inner.list('Identities', 2, (one) =>
    one.branch('Identity', (entry) => {
      entry.opaque('Identity', 2);
      entry.number('Obfuscated ticket age', 4);
    }),
  );
  inner.list('Binders', 2, (one) => one.opaque('Binder', 1));
  return count(identities.length, 'identity').replace(/ys$/, 'ies');
}

/** @type {(name: string) => Reader} */
const signatureSchemeList = (name) => (inner, facts) => {
  const list = longList(inner, name, 'Signature scheme', names.numberedSignatureScheme, names.signatureSchemeName);
  if (name === 'Signature schemes') facts.signatureSchemes = list;
  return joined(names.signatureSchemeName, list);
};

/** @type {Reader} RFC 8446, section 4.2.4; the names are DER */
function certificateAuthorities(inner) {
  return count(inner.list('Names', 2, (one) => one.opaque('Distinguished name', 2, shortHex, 'DER')).length, 'name');
}

/** The client sends a list, the server one type (RFC 7250, section 3). @type {Reader} */
function certificateType(inner, _facts, place) {
  if (place !== 'ClientHello') {
    return names.certificateTypeName(inner.number('Certificate type', 1, names.certificateTypeName));
  }
  return joined(names.certificateTypeName, shortList(inner, 'Certificate types', names.certificateTypeName));
}

/** @type {Record<number, Reader>} */
const READERS = {
  0: serverName,
  1: (inner) => names.fragmentLengthName(inner.number('Length', 1, names.fragmentLengthName)),
  5: statusRequest,
  10: (inner, facts) => {
    facts.groups = longList(inner, 'Groups', 'Group', names.numberedGroup, names.groupName);
    return joined(names.groupName, facts.groups);
  },
  11: (inner) => joined(names.pointFormatName, shortList(inner, 'Point formats', names.pointFormatName)),
  13: signatureSchemeList('Signature schemes'),
  15: (inner) => {
    inner.number(
      'Mode',
      1,
      (mode) => ({ 1: 'peer_allowed_to_send', 2: 'peer_not_allowed_to_send' })[mode] ?? `${mode}`,
    );
  },
  16: alpn,
  18: (inner) => count(inner.list('SCTs', 2, (one) => one.opaque('SCT', 2)).length, 'SCT'), // RFC 6962, section 3.3
  19: certificateType,
  20: certificateType,
  21: (inner) => count(inner.rest('Padding').length, 'byte'),
  27: (inner) => {
    const list = inner.list('Algorithms', 1, (one) => one.number('Algorithm', 2, names.certificateCompressionName));
    return joined(names.certificateCompressionName, list);
  },
  28: (inner) => count(inner.number('Limit', 2), 'byte'),
  35: (inner) => count(inner.rest('Ticket').length, 'byte'),
  41: preSharedKey,
  42: (inner) => count(inner.number('Maximum early data', 4), 'byte'),
  43: supportedVersions,
  44: (inner) => void inner.opaque('Cookie', 2),
  45: (inner) => joined(names.pskModeName, shortList(inner, 'Modes', names.pskModeName)),
  47: certificateAuthorities,
  50: signatureSchemeList('Schemes for certificates'),
  51: keyShare,
  0xff01: (inner) => {
    const verifyData = inner.opaque('Renegotiated connection', 1); // RFC 5746, section 3.2
    return verifyData.length === 0 ? 'first handshake' : 'renegotiation';
  },
};
