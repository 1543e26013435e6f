/** Handshake messages (RFC 8446, section 4; RFC 5246, section 7.4). */
import { extensions } from './extensions.js';
import { count, Cursor, hexWords, readAll } from './fields.js';
import { clientHello, serverHello } from './hello.js';
import * as names from './names.js';
import { TLS13 } from './versions.js';

/** @typedef {import('./types.js').Facts} Facts */
/** @typedef {import('./types.js').Field} Field */

/** What a message's form depends on. @typedef {{ version: number | null, cipherSuite: number | null }} Negotiated */

/**
 * @typedef {object} Form
 * @property {(body: Cursor, facts: Facts, negotiated: Negotiated) => void} read
 * @property {string | null} old where TLS 1.2 has it
 * @property {string | null} now where TLS 1.3 has it
 */

const tls12 = (/** @type {string} */ section) => `RFC 5246, section ${section}`;
const tls13 = (/** @type {string} */ section) => `RFC 8446, section ${section}`;

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
  body.list('Certificate authorities', 2, (inner) => inner.opaque('Distinguished name', 2, hexWords, 'DER'));
}

/** @param {Cursor} body @param {Facts} facts RFC 8446, section 4.3.2 */
function certificateRequest13(body, facts) {
  body.opaque('Request context', 1);
  extensions(body, 'CertificateRequest', facts);
}

/** @param {Cursor} body @param {Facts} facts @param {(number: number) => string} words */
function signature(body, facts, words) {
  facts.signatureSchemes = [body.number('Signature scheme', 2, words)];
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
    inner.opaque('Public key', 1, hexWords, 'Point');
    facts.groups = [group];
    field.value = names.groupName(group);
  });
  signature(body, facts, names.numberedSignatureScheme12);
}

/** @param {Cursor} body @param {Facts} _facts @param {Negotiated} negotiated RFC 8422, section 5.7 */
function clientKeyExchange(body, _facts, { cipherSuite }) {
  if (names.cipherSuiteName(cipherSuite ?? 0).startsWith('TLS_ECDHE_')) body.opaque('Public key', 1, hexWords, 'Point');
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
    facts.lifetime = body.number('Lifetime hint', 4, (number) => (number === 0 ? 'not said' : seconds(number)));
    body.opaque('Ticket', 2); // RFC 5077, section 3.3
  }
}

/** By HandshakeType. @type {Record<number, Form>} */
const FORMS = {
  0: { read: () => {}, old: tls12('7.4.1.1'), now: null },
  1: { read: clientHello, old: null, now: tls13('4.1.2') },
  2: { read: serverHello, old: tls12('7.4.1.3'), now: tls13('4.1.3') },
  4: { read: newSessionTicket, old: 'RFC 5077, section 3.3', now: tls13('4.6.1') },
  5: { read: () => {}, old: null, now: tls13('4.5') },
  8: { read: (body, facts) => extensions(body, 'EncryptedExtensions', facts), old: null, now: tls13('4.3.1') },
  11: {
    read: (body, facts, { version }) => (version === TLS13 ? certificate13 : certificate12)(body, facts),
    old: tls12('7.4.2'),
    now: tls13('4.4.2'),
  },
  12: { read: serverKeyExchange, old: 'RFC 8422, section 5.4', now: null },
  13: {
    read: (body, facts, { version }) => (version === TLS13 ? certificateRequest13 : certificateRequest12)(body, facts),
    old: tls12('7.4.4'),
    now: tls13('4.3.2'),
  },
  14: { read: () => {}, old: tls12('7.4.5'), now: null },
  15: {
    read: (body, facts, { version }) =>
      signature(body, facts, version === TLS13 ? names.numberedSignatureScheme : names.numberedSignatureScheme12),
    old: tls12('7.4.8'),
    now: tls13('4.4.3'),
  },
  16: { read: clientKeyExchange, old: 'RFC 8422, section 5.7', now: null },
  20: {
    read: (body, facts) => {
      facts.verifyData = body.rest('Verify data');
    },
    old: tls12('7.4.9'),
    now: tls13('4.4.4'),
  },
  22: {
    read: (body) => {
      body.number('Status type', 1, names.statusTypeName);
      body.opaque('Response', 3, hexWords, 'OCSP response (DER)');
    },
    old: 'RFC 6066, section 8',
    now: null,
  },
  24: {
    read: (body) => void body.number('Request', 1, names.keyUpdateName),
    old: null,
    now: tls13('4.6.3'),
  },
};

/**
 * @param {Uint8Array} bytes header and body, or as much as there is of them; not empty
 * @param {Negotiated} negotiated
 * @returns {{ name: string, reference: string | null, fields: Field[], facts: Facts }}
 */
export function readHandshake(bytes, negotiated) {
  /** @type {Facts} */
  const facts = {};
  const cursor = new Cursor(bytes);
  const form = FORMS[bytes[0]];
  readAll(cursor, () => {
    cursor.number('Type', 1, names.handshakeName);
    const length = cursor.number('Length', 3, (number) => count(number, 'byte'));
    const came = cursor.left;
    if (form) form.read(cursor, facts, negotiated);
    else cursor.rest('Body');
    if (came < length) cursor.fail(`${count(length, 'byte')} expected, ${came} came`);
  });
  const reference = (negotiated.version === TLS13 || !form?.old ? form?.now : form.old) ?? null;
  return {
    name: facts.retry ? 'HelloRetryRequest' : names.handshakeName(bytes[0]),
    reference,
    fields: cursor.fields,
    facts,
  };
}
