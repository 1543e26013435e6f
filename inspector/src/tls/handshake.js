/** Reads handshake messages (RFC 8446, section 4; RFC 5246, section 7.4). */
import { extensions } from './extensions.js';
import { count, Cursor, shortHex, readAll } from './fields.js';
import { clientHello, serverHello } from './hello.js';
import * as names from './names.js';
import { TLS13 } from './versions.js';

/** @typedef {import('./types.js').Facts} Facts */
/** @typedef {import('./types.js').Field} Field */

/** What determines a message's format. @typedef {{ version: number | null, cipherSuite: number | null }} Negotiated */

/**
 * @typedef {object} Format
 * @property {(body: Cursor, facts: Facts, negotiated: Negotiated) => void} read
 * @property {string | null} tls12 reference for TLS 1.2
 * @property {string | null} tls13 reference for TLS 1.3
 */

const rfc5246 = (/** @type {string} */ section) => `RFC 5246, section ${section}`;
const rfc8446 = (/** @type {string} */ section) => `RFC 8446, section ${section}`;

/** @param {Cursor} body @param {Facts} facts RFC 5246, section 7.4.2 */
function certificate12(body, facts) {
  facts.certificates = body.list('Certificates', 3, (inner) =>
    inner.opaque('Certificate', 3, (der) => count(der.length, 'byte'), 'DER'),
  );
}

/** @param {Cursor} body @param {Facts} facts RFC 8446, section 4.4.2 */
function certificate13(body, facts) {
  body.opaque('Request context', 1);
  facts.certificates = body.list('Certificates', 3, (inner) =>
    inner.branch('Entry', (entry, field) => {
      const der = entry.opaque('Certificate', 3, (bytes) => count(bytes.length, 'byte'), 'DER');
      field.value = `certificate of ${count(der.length, 'byte')}`;
      extensions(entry, 'Certificate', {}); // of this certificate
      return der;
    }),
  );
}

/** @param {Cursor} body @param {Facts} facts RFC 5246, section 7.4.4 */
function certificateRequest12(body, facts) {
  body.list(
    'Certificate types',
    1,
    (inner) => inner.number('Type', 1, names.clientCertificateTypeName),
    names.clientCertificateTypeName,
  );
  facts.signatureSchemes = body.list(
    'Signature algorithms',
    2,
    (inner) => inner.number('Signature algorithm', 2, names.numberedSignatureScheme12),
    names.signatureSchemeName12,
  );
  body.list('Certificate authorities', 2, (inner) => inner.opaque('Distinguished name', 2, shortHex, 'DER'));
}

/** @param {Cursor} body @param {Facts} facts RFC 8446, section 4.3.2 */
function certificateRequest13(body, facts) {
  body.opaque('Request context', 1);
  extensions(body, 'CertificateRequest', facts);
}

/** @param {Cursor} body @param {Facts} facts @param {(number: number) => string} describe */
function signature(body, facts, describe) {
  facts.signatureSchemes = [body.number('Signature scheme', 2, describe)];
  body.opaque('Signature', 2);
}

/** @param {Cursor} body @param {Facts} facts @param {Negotiated} negotiated RFC 8422, section 5.4 */
function serverKeyExchange(body, facts, { cipherSuite }) {
  const suite = names.cipherSuiteName(cipherSuite ?? 0);
  if (!suite.startsWith('TLS_ECDHE_')) {
    body.rest(`Parameters of ${suite}`);
    return;
  }
  body.branch('Parameters', (inner, field) => {
    const type = inner.number('Curve type', 1, names.curveTypeName);
    if (type !== 3) inner.fail('Curve type: named_curve expected');
    const group = inner.number('Named curve', 2, names.numberedGroup);
    inner.opaque('Public key', 1, shortHex, 'Point');
    facts.groups = [group];
    field.value = names.groupName(group);
  });
  signature(body, facts, names.numberedSignatureScheme12);
}

/** @param {Cursor} body @param {Facts} _facts @param {Negotiated} negotiated RFC 8422, section 5.7 */
function clientKeyExchange(body, _facts, { cipherSuite }) {
  if (names.cipherSuiteName(cipherSuite ?? 0).startsWith('TLS_ECDHE_')) body.opaque('Public key', 1, shortHex, 'Point');
  else body.rest('Key exchange');
}

/** @param {Cursor} body @param {Facts} facts */
function newSessionTicket(body, facts, /** @type {Negotiated} */ { version }) {
  const seconds = (/** @type {number} */ number) => count(number, 'second');
  if (version === TLS13) {
    facts.lifetime = body.number('Lifetime', 4, seconds);
    body.number('Age added', 4);
    body.opaque('Nonce', 1);
    body.opaque('Ticket', 2);
    extensions(body, 'NewSessionTicket', facts);
  } else {
    facts.lifetime = body.number('Lifetime hint', 4, (number) => (number === 0 ? 'not specified' : seconds(number)));
    body.opaque('Ticket', 2); // RFC 5077, section 3.3
  }
}

/** By HandshakeType. @type {Record<number, Format>} */
const FORMATS = {
  0: { read: () => {}, tls12: rfc5246('7.4.1.1'), tls13: null },
  1: { read: clientHello, tls12: null, tls13: rfc8446('4.1.2') },
  2: { read: serverHello, tls12: rfc5246('7.4.1.3'), tls13: rfc8446('4.1.3') },
  4: { read: newSessionTicket, tls12: 'RFC 5077, section 3.3', tls13: rfc8446('4.6.1') },
  5: { read: () => {}, tls12: null, tls13: rfc8446('4.5') },
  8: { read: (body, facts) => extensions(body, 'EncryptedExtensions', facts), tls12: null, tls13: rfc8446('4.3.1') },
  11: {
    read: (body, facts, { version }) => (version === TLS13 ? certificate13 : certificate12)(body, facts),
    tls12: rfc5246('7.4.2'),
    tls13: rfc8446('4.4.2'),
  },
  12: { read: serverKeyExchange, tls12: 'RFC 8422, section 5.4', tls13: null },
  13: {
    read: (body, facts, { version }) => (version === TLS13 ? certificateRequest13 : certificateRequest12)(body, facts),
    tls12: rfc5246('7.4.4'),
    tls13: rfc8446('4.3.2'),
  },
  14: { read: () => {}, tls12: rfc5246('7.4.5'), tls13: null },
  15: {
    read: (body, facts, { version }) =>
      signature(body, facts, version === TLS13 ? names.numberedSignatureScheme : names.numberedSignatureScheme12),
    tls12: rfc5246('7.4.8'),
    tls13: rfc8446('4.4.3'),
  },
  16: { read: clientKeyExchange, tls12: 'RFC 8422, section 5.7', tls13: null },
  20: {
    read: (body, facts) => {
      facts.verifyData = body.rest('Verify data');
    },
    tls12: rfc5246('7.4.9'),
    tls13: rfc8446('4.4.4'),
  },
  22: {
    read: (body) => {
      body.number('Status type', 1, names.statusTypeName);
      body.opaque('Response', 3, shortHex, 'OCSP response (DER)');
    },
    tls12: 'RFC 6066, section 8',
    tls13: null,
  },
  24: {
    read: (body) => void body.number('Request', 1, names.keyUpdateName),
    tls12: null,
    tls13: rfc8446('4.6.3'),
  },
};

/**
 * @param {Uint8Array} bytes header and body, possibly incomplete; not empty
 * @param {Negotiated} negotiated
 * @returns {{ name: string, reference: string | null, fields: Field[], facts: Facts }}
 */
export function readHandshake(bytes, negotiated) {
  /** @type {Facts} */
  const facts = {};
  const cursor = new Cursor(bytes);
  const format = FORMATS[bytes[0]];
  readAll(cursor, () => {
    cursor.number('Type', 1, names.handshakeName);
    const length = cursor.number('Length', 3, (number) => count(number, 'byte'));
    const received = cursor.left;
    if (format) format.read(cursor, facts, negotiated);
    else cursor.rest('Body');
    if (received < length) cursor.fail(`${count(length, 'byte')} expected, ${received} received`);
  });
  const reference = (negotiated.version === TLS13 || !format?.tls12 ? format?.tls13 : format.tls12) ?? null;
  return {
    name: facts.retry ? 'HelloRetryRequest' : names.handshakeName(bytes[0]),
    reference,
    fields: cursor.fields,
    facts,
  };
}
