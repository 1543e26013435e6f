/** parseCertificate(): every field compared with Node, OpenSSL and certs/der.js; odd, malformed and damaged input. */
import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { createHash, createPrivateKey, X509Certificate } from 'node:crypto';
import { describe, test } from 'node:test';
import { rootCertificates } from 'node:tls';
import { promisify } from 'node:util';
import { encodeCertificate } from '../../certs/certificate.js';
import * as der from '../../certs/der.js';
import * as extension from '../../certs/extensions.js';
import { oidContent } from '../../certs/der.js';
import { parseCertificate, TLSError } from '../../dist/index.js';
import { loadCore } from '../../dist/wasm.js';
import { CASES, pemBlocks, pki } from '../helpers/pki.js';
import { randomFrom } from '../helpers/random.js';
import { sharedCase, skipSharedCases } from '../helpers/shared-cases.js';

/** @typedef {import('../../dist/index.js').WholeCertificate} Certificate */
/** @typedef {import('../../certs/certificate.js').CertificateDescription} CertificateDescription */
/** @typedef {import('../../js/certificate.js').GeneralName} GeneralName */

const core = await loadCore();
const good = pki('good-p256');

/** @param {Uint8Array} bytes */
const hex = (bytes) => Buffer.from(bytes).toString('hex').toUpperCase();
/** @param {Uint8Array} bytes */
const base64 = (bytes) => Buffer.from(bytes).toString('base64');

/** @param {Promise<unknown>} promise */
function rejectsCertificate(promise) {
  return assert.rejects(promise, (error) => {
    assert.ok(error instanceof TLSError, String(error));
    assert.equal(error.code, 'ERR_TLS_INVALID_CERTIFICATE');
    return true;
  });
}

/* --- comparison with other implementations --------------------------------------------- */

/**
 * @typedef {object} Sample a certificate, as read by pagetls, Node, OpenSSL and certs/der.js
 * @property {string} label
 * @property {string} pem
 * @property {X509Certificate} node
 * @property {string} text of openssl x509 -text, with names as lines of OID=value
 * @property {Record<string, string>} sections of that text: one per extension, without indentation
 * @property {string} names OpenSSL's subject and issuer, one per line
 * @property {ReturnType<typeof readTbs>} parts
 * @property {Certificate} ours
 */

/** @param {string[]} args @param {string} input */
async function openssl(args, input) {
  const running = promisify(execFile)('openssl', args, { maxBuffer: 16 * 1024 * 1024 });
  running.child.stdin?.end(input);
  return (await running).stdout;
}

/** Reads TBSCertificate with certs/der.js. @param {Uint8Array} whole */
function readTbs(whole) {
  const [tbs] = der.elements(der.elements(whole)[0].content);
  const fields = der.elements(tbs.content);
  const version = fields[0].tag === 0xa0 ? der.elements(/** @type {der.Element} */ (fields.shift()).content)[0] : null;
  const [serial, algorithm, issuer, validity, subject, spki, ...rest] = fields;
  const list = rest.find(({ tag }) => tag === 0xa3);
  const extensions = (list ? der.elements(der.elements(list.content)[0].content) : []).map(({ content }) => {
    const [oid, ...others] = der.elements(content);
    const value = /** @type {der.Element} */ (others.pop());
    return { oid: hex(oid.content), critical: others.length > 0 && others[0].content[0] !== 0, value: value.content };
  });
  return {
    version: version ? version.content[0] + 1 : 1,
    serial,
    algorithm,
    issuer,
    validity,
    subject,
    spki,
    extensions,
  };
}

/** The extensions in OpenSSL's text. @param {string} text */
function sectionsOf(text) {
  /** @type {Record<string, string>} */
  const sections = {};
  const body = /\n {8}X509v3 extensions:\n((?: {12}.*\n|\n)*)/.exec(text)?.[1] ?? '';
  for (const [, name, content] of body.matchAll(/^ {12}(\S[^\n]*?): ?(?:critical)?\s*?\n((?: {16}.*\n|\n)*)/gm)) {
    sections[name] = content.replace(/^ {16}/gm, '').trimEnd();
  }
  return sections;
}

const NAMES = ['-nameopt', 'utf8,esc_2253,sep_comma_plus_space,sname'];

/** @param {string} label @param {string} pem @returns {Promise<Sample>} */
async function readSample(label, pem) {
  const node = new X509Certificate(pem);
  const text = await openssl(['x509', '-noout', '-text', '-nameopt', 'utf8,sep_multiline,oid'], pem);
  const names = await openssl(['x509', '-noout', '-subject', '-issuer', ...NAMES], pem);
  const ours = await parseCertificate(pem);
  return { label, pem, node, text, sections: sectionsOf(text), names, parts: readTbs(node.raw), ours };
}

/** @type {Map<string, string>} */
const pems = new Map();
for (const { id, all } of CASES.filter(({ malformed }) => !malformed)) {
  for (const [i, block] of pemBlocks(all).entries()) {
    pems.has(block) || pems.set(block, `${id}, certificate ${i}`);
  }
}
for (const [i, block] of rootCertificates.entries()) {
  pems.set(`${block.trim()}\n`, `tls.rootCertificates[${i}]`);
}
/** @type {Sample[]} */
const samples = [];
for (const [pem, label] of pems) {
  samples.push(await readSample(label, pem));
}

/** Checks every sample. @param {string} name @param {(sample: Sample) => void} check */
function testSamples(name, check) {
  test(name, () => {
    for (const one of samples) {
      try {
        check(one);
      } catch (error) {
        /** @type {Error} */ (error).message = `${one.label}: ${/** @type {Error} */ (error).message}`;
        throw error;
      }
    }
  });
}

/** Node's and OpenSSL's names of algorithms and usages, with ours. */
const SIGNATURES = { rsassaPss: 'RSASSA-PSS', ED25519: 'Ed25519' };
const CURVES = { prime256v1: 'P-256', secp384r1: 'P-384', secp521r1: 'P-521', secp224r1: 'P-224' };
const KEY_TYPES = { rsa: 'RSA', ec: 'EC', 'rsa-pss': 'RSASSA-PSS', ed25519: 'Ed25519' };
const USAGES = {
  'Digital Signature': 'digitalSignature',
  'Non Repudiation': 'nonRepudiation',
  'Key Encipherment': 'keyEncipherment',
  'Data Encipherment': 'dataEncipherment',
  'Key Agreement': 'keyAgreement',
  'Certificate Sign': 'keyCertSign',
  'CRL Sign': 'cRLSign',
  'Encipher Only': 'encipherOnly',
  'Decipher Only': 'decipherOnly',
};
/** Our names of GeneralName types, with Node's and OpenSSL's. */
const NAME_TYPES = {
  dNSName: 'DNS',
  uniformResourceIdentifier: 'URI',
  rfc822Name: 'email',
  iPAddress: 'IP Address',
  registeredID: 'Registered ID',
};

/** @param {Record<string, string>} table @param {string} key */
const lookUp = (table, key) => table[key] ?? key;

/** Writes an IPv6 address as OpenSSL does, with all eight groups. @param {string} address in the form of RFC 5952 */
function asOpenssl(address) {
  if (!address.includes(':')) return address;
  const [head, tail] = address.split('::').map((half) => half.split(':').filter(Boolean));
  const groups = tail ? [...head, ...Array(8 - head.length - tail.length).fill('0'), ...tail] : head;
  return groups.join(':').toUpperCase();
}

/** Writes a name as OpenSSL does. @param {GeneralName} name */
function generalName({ type, value }) {
  return `${lookUp(NAME_TYPES, type)}:${type === 'iPAddress' ? asOpenssl(String(value)) : value}`;
}

/** The attributes of a name in OpenSSL's text. @param {string} text @param {string} title of the name */
function attributeLines(text, title) {
  const block = new RegExp(`\n {8}${title}:\n((?: {12}.*\n)*)`).exec(text)?.[1] ?? '';
  return block
    .split('\n')
    .flatMap((line) => line.trim().split(/ \+ (?=\d+(?:\.\d+)+=)/))
    .filter(Boolean);
}

describe(`${samples.length} certificates of the test PKI and of Mozilla's root list`, () => {
  test('include all of both', () => {
    assert.ok(samples.length > rootCertificates.length + 60, String(samples.length));
  });
  testSamples('have the version that OpenSSL reads', ({ ours, parts, text }) => {
    assert.equal(ours.version, parts.version);
    assert.equal(ours.version, Number(/Version: (\d+)/.exec(text)?.[1]));
  });
  testSamples('have the serial number that Node reads', ({ ours, node, parts }) => {
    assert.equal(ours.serialNumber, hex(parts.serial.content));
    assert.equal(BigInt(`0x${ours.serialNumber}`), BigInt(`0x${node.serialNumber}`));
  });
  testSamples('have subject and issuer as OpenSSL writes them', ({ ours, names }) => {
    const [subject, issuer] = names.split('\n').map((line) => line.replace(/^(subject|issuer)=/, ''));
    assert.equal(ours.subject.text, subject.replace(/ \+ (?=\w+=)/g, '+'));
    assert.equal(ours.issuer.text, issuer.replace(/ \+ (?=\w+=)/g, '+'));
    assert.equal(ours.selfIssued, subject === issuer);
  });
  testSamples('have each attribute of subject and issuer, by its OID', ({ ours, text }) => {
    for (const key of /** @type {const} */ (['subject', 'issuer'])) {
      const lines = attributeLines(text, key === 'subject' ? 'Subject' : 'Issuer');
      assert.deepEqual(
        ours[key].attributes.map(({ oid, value }) => `${oid}=${value}`),
        lines,
      );
    }
  });
  testSamples('have the validity that Node reads', ({ ours, node }) => {
    const iso = (/** @type {string} */ date) => new Date(date).toISOString().replace('.000Z', 'Z');
    assert.deepEqual(ours.validity, { notBefore: iso(node.validFrom), notAfter: iso(node.validTo) });
  });
  testSamples('have the type, OID, bits, curve, exponent and pin of the public key', ({ ours, node, parts }) => {
    const { asymmetricKeyType: type = '', asymmetricKeyDetails: details = {} } = node.publicKey;
    const { publicKey } = ours;
    assert.equal(publicKey.type, lookUp(KEY_TYPES, type));
    assert.equal(publicKey.curve, details.namedCurve && lookUp(CURVES, details.namedCurve));
    assert.equal(publicKey.exponent, details.publicExponent === undefined ? undefined : Number(details.publicExponent));
    const bits = details.modulusLength ?? (publicKey.curve ? Number(publicKey.curve.slice(2)) : 256);
    assert.equal(publicKey.bits, bits);
    assert.equal(
      hex(oidContent(publicKey.oid)),
      hex(der.elements(der.elements(parts.spki.content)[0].content)[0].content),
    );
    const pin = createHash('sha256')
      .update(node.publicKey.export({ type: 'spki', format: 'der' }))
      .digest('base64');
    assert.equal(publicKey.spkiSha256, pin);
  });
  testSamples('have the signature algorithm that OpenSSL reads', ({ ours, text, parts }) => {
    const [, name] = /Signature Algorithm: (\S+)/.exec(text) ?? [];
    assert.equal(ours.signatureAlgorithm.name, lookUp(SIGNATURES, name));
    assert.equal(hex(oidContent(ours.signatureAlgorithm.oid)), hex(der.elements(parts.algorithm.content)[0].content));
    const [, hash] = /Hash Algorithm: (\S+)[^]*\n {8}Issuer:/.exec(text) ?? [];
    assert.equal(ours.signatureAlgorithm.hash?.name?.replace('-', '').toLowerCase(), hash);
  });
  testSamples('have the alternative names that Node shows unescaped', ({ ours, node }) => {
    if (ours.subjectAltName === null || !ours.subjectAltName.every(({ type }) => type in NAME_TYPES)) {
      assert.ok(node.subjectAltName === undefined || /DirName|othername/.test(node.subjectAltName));
      return;
    }
    assert.equal(ours.subjectAltName.map(generalName).join(', '), node.subjectAltName);
  });
  testSamples('have the key usages that OpenSSL reads', ({ ours, sections }) => {
    const usages = sections['X509v3 Key Usage']?.split(', ').map((usage) => lookUp(USAGES, usage));
    assert.deepEqual(ours.keyUsage, usages ?? null);
  });
  testSamples('have the extended key usages that Node reads', ({ ours, node }) => {
    assert.deepEqual(ours.extendedKeyUsage?.map(({ oid }) => oid) ?? undefined, node.keyUsage);
  });
  testSamples('have the basic constraints that OpenSSL reads', ({ ours, sections }) => {
    const text = sections['X509v3 Basic Constraints'];
    const length = /pathlen:(\d+)/.exec(text ?? '')?.[1];
    const expected = { ca: /CA:TRUE/.test(text ?? ''), pathLength: length === undefined ? null : Number(length) };
    assert.deepEqual(ours.basicConstraints, text === undefined ? null : expected);
  });
  testSamples('have the key identifiers that OpenSSL reads', ({ ours, sections }) => {
    const plain = (/** @type {string | undefined} */ text) => text?.replaceAll(':', '') ?? null;
    assert.equal(ours.subjectKeyIdentifier, plain(sections['X509v3 Subject Key Identifier']));
    const text = sections['X509v3 Authority Key Identifier'];
    if (text === undefined) {
      assert.equal(ours.authorityKeyIdentifier, null);
      return;
    }
    const [, id] = /^(?:keyid:)?((?:[0-9A-F]{2}:)*[0-9A-F]{2})$/m.exec(text) ?? [];
    const [, serial] = /^serial:(\S+)$/m.exec(text) ?? [];
    const [, issuer] = /^DirName:(.*)$/m.exec(text) ?? [];
    assert.equal(ours.authorityKeyIdentifier?.keyIdentifier, plain(id));
    assert.equal(ours.authorityKeyIdentifier?.serialNumber?.replace(/^00(?=..)/, ''), serial && plain(serial));
    const [name] = ours.authorityKeyIdentifier?.issuer ?? [];
    const attributes = typeof name?.value === 'object' ? name.value.attributes : undefined;
    assert.equal(attributes?.map((attribute) => `/${attribute.name}=${attribute.value}`).join(''), issuer);
  });
  testSamples('have the certificate policies and CPS that OpenSSL reads', ({ ours, sections }) => {
    const text = sections['X509v3 Certificate Policies'];
    const lines = ours.certificatePolicies?.flatMap(({ oid, qualifiers }) => [
      `Policy: ${oid === '2.5.29.32.0' ? 'X509v3 Any Policy' : oid}`,
      ...qualifiers.flatMap(({ cps }) => (cps === undefined ? [] : [`  CPS: ${cps}`])),
    ]);
    assert.deepEqual(lines, text?.match(/^(Policy| {2}CPS): .*$/gm)?.map((line) => line) ?? undefined);
  });
  testSamples('have the authority information access that Node reads', ({ ours, node }) => {
    const methods = { ocsp: 'OCSP', caIssuers: 'CA Issuers' };
    const lines = ours.authorityInfoAccess?.map(
      ({ name, location }) => `${lookUp(methods, name ?? '')} - ${generalName(location[0])}\n`,
    );
    assert.equal(lines?.join('').trimEnd(), node.infoAccess?.trimEnd());
  });
  testSamples('have the CRL distribution points that OpenSSL reads', ({ ours, sections }) => {
    const lines = ours.crlDistributionPoints?.flatMap(({ fullName }) => fullName.map(generalName));
    const shown = sections['X509v3 CRL Distribution Points']?.match(/(?<=^ *)(URI|DNS):.*$/gm);
    assert.deepEqual(
      lines,
      shown?.map((line) => line),
    );
  });
  testSamples('have the fingerprints, DER and PEM that Node has', ({ ours, node }) => {
    assert.equal(ours.fingerprints.sha1, node.fingerprint.replaceAll(':', ''));
    assert.equal(ours.fingerprints.sha256, node.fingerprint256.replaceAll(':', ''));
    assert.equal(Buffer.compare(ours.der, node.raw), 0);
    assert.equal(ours.pem, node.toString());
  });
  testSamples('have every extension in order, with its OID, criticality and bytes', ({ ours, parts }) => {
    assert.deepEqual(
      ours.extensions.map(({ oid, critical, value }) => ({ oid: hex(oidContent(oid)), critical, value })),
      parts.extensions.map(({ oid, critical, value }) => ({ oid, critical, value: base64(value) })),
    );
    assert.ok(ours.extensions.every((item) => !('malformed' in item)));
  });
  test('are the same from PEM text, PEM bytes, DER and an ArrayBuffer', async () => {
    for (const { ours, pem } of samples.slice(0, 20)) {
      for (const input of [pem, Buffer.from(pem), ours.der, Uint8Array.from(ours.der).buffer, ours.pem]) {
        assert.deepEqual(await parseCertificate(input), ours);
      }
    }
  });
});

test('spkiSha256 is the pin that the usual openssl commands give', () => {
  const key = execFileSync('openssl', ['x509', '-noout', '-pubkey', '-in', good.files.leaf]);
  const info = execFileSync('openssl', ['pkey', '-pubin', '-outform', 'der'], { input: key });
  const digest = execFileSync('openssl', ['dgst', '-sha256', '-binary'], { input: info });
  const found = samples.find(({ pem }) => pem === good.leaf);
  assert.equal(found?.ours.publicKey.spkiSha256, base64(digest));
});

test('every type of alternative name, policy and address is read (good-rich)', async () => {
  const rich = await parseCertificate(pki('good-rich').leaf);
  const named = (/** @type {[string, string, string][]} */ ...list) => ({
    attributes: list.map(([oid, name, value]) => ({ oid, name, value })),
    text: list.map(([, name, value]) => `${name}=${value}`).join(', '),
  });
  const upn = der.constructed(0, der.utf8String('rich@pagetls.test'));
  assert.deepEqual(rich.subjectAltName, [
    { type: 'dNSName', value: 'good-rich.pagetls.test' },
    { type: 'dNSName', value: 'localhost' },
    { type: 'iPAddress', value: '127.0.0.1' },
    { type: 'iPAddress', value: '2001:db8::1' },
    { type: 'uniformResourceIdentifier', value: 'https://good-rich.pagetls.test/about' },
    { type: 'rfc822Name', value: 'hostmaster@good-rich.pagetls.test' },
    { type: 'directoryName', value: named(['2.5.4.10', 'O', 'pagetls test'], ['2.5.4.3', 'CN', 'Good Rich']) },
    { type: 'otherName', oid: '1.3.6.1.4.1.311.20.2.3', value: base64(upn) },
    { type: 'registeredID', value: '1.3.6.1.4.1.99999.1' },
  ]);
  const [first, second] = rich.certificatePolicies ?? [];
  assert.deepEqual(first, {
    oid: '2.23.140.1.2.2',
    name: 'organization-validated',
    qualifiers: [{ oid: '1.3.6.1.5.5.7.2.1', cps: 'https://pki.pagetls.test/cps' }],
  });
  assert.equal(second.qualifiers[0].oid, '1.3.6.1.5.5.7.2.2');
  assert.match(Buffer.from(second.qualifiers[0].value ?? '', 'base64').toString('latin1'), /For tests only\.$/);
  assert.deepEqual(rich.extensions.at(-1), {
    oid: '1.3.6.1.4.1.99999.3',
    name: null,
    critical: false,
    value: base64(der.utf8String('an extension that nobody knows')),
  });
  assert.equal(rich.subject.text, 'C=NL, L=Arnhem+ST=Gelderland, OU=Bücher+O=pagetls test, CN=good-rich.pagetls.test');
});

/* --- certificates that no CA issues ------------------------------------------------------ */

const signer = createPrivateKey(good.key);

/** @param {Partial<CertificateDescription>} fields */
function make(fields) {
  return encodeCertificate({
    serial: 1n,
    issuer: [{ CN: 'issuer' }],
    notBefore: '2024-01-01T00:00:00Z',
    notAfter: '2049-12-31T23:59:59Z',
    subject: [{ CN: 'subject' }],
    publicKey: signer,
    signer,
    ...fields,
  });
}

/** @param {Partial<CertificateDescription>} fields */
const parse = (fields) => parseCertificate(make(fields));

/** The subject as OpenSSL writes it. @param {Partial<CertificateDescription>} fields */
async function opensslSubject(fields) {
  const text = await openssl(['x509', '-noout', '-subject', ...NAMES], der.pem('CERTIFICATE', make(fields)));
  return text
    .replace(/^subject=/, '')
    .replace(/\n$/, '')
    .replace(/ \+ (?=[\w.]+=)/g, '+');
}

const latin1 = (/** @type {string} */ text) => der.tlv(0x14, Buffer.from(text, 'latin1'));
const utf16 = (/** @type {string} */ text) => Buffer.from(text, 'utf16le').swap16();

describe('names', () => {
  /** @type {[string, Record<string, string | Uint8Array>[], string][]} */
  const names = [
    ['UTF8String', [{ CN: 'Zoë 東京 🔒' }], 'CN=Zoë 東京 🔒'],
    ['PrintableString', [{ CN: der.printableString("A 'b' (c)+,-./:=?") }], "CN=A 'b' (c)\\+\\,-./:=?"],
    ['BMPString', [{ CN: der.tlv(0x1e, utf16('Zoë 東京')) }], 'CN=Zoë 東京'],
    ['UniversalString', [{ CN: der.tlv(0x1c, Buffer.from('0000005a0001f512', 'hex')) }], 'CN=Z🔒'],
    ['T61String, usually Latin-1', [{ CN: latin1('Müller & Söhne') }], 'CN=Müller & Söhne'],
    ['T61String and UTF8String in one name', [{ O: latin1('Müller') }, { CN: 'Zoë 東京' }], 'O=Müller, CN=Zoë 東京'],
    ['an empty value', [{ O: '' }, { CN: 'a' }], 'O=, CN=a'],
    [
      'two attributes at one level',
      [
        { O: 'a', OU: 'b' },
        { CN: 'c', serialNumber: '1' },
      ],
      '',
    ],
    [
      'characters that RFC 4514 escapes',
      [{ O: ' #a"+,;<=>\\ ' }, { CN: '#b' }],
      'O=\\ #a\\"\\+\\,\\;\\<=\\>\\\\\\ , CN=\\#b',
    ],
  ];
  for (const [name, subject, text] of names) {
    test(`${name}: the same text as OpenSSL's`, async () => {
      const ours = (await parse({ subject })).subject;
      assert.equal(ours.text, await opensslSubject({ subject }));
      assert.ok(text === '' || ours.text === text, ours.text);
      assert.equal(ours.attributes.length, subject.flatMap((level) => Object.keys(level)).length);
    });
  }
  test('T61String and UTF8String are decoded in `attributes` too', async () => {
    const { subject } = await parse({ subject: [{ O: latin1('Müller') }, { CN: 'Zoë' }] });
    assert.deepEqual(
      subject.attributes.map(({ value }) => value),
      ['Müller', 'Zoë'],
    );
  });
  test('an empty name has no attributes and an empty text', async () => {
    const { subject, selfIssued } = await parse({ subject: [] });
    assert.deepEqual(subject, { attributes: [], text: '' });
    assert.equal(selfIssued, false);
    assert.equal((await parse({ subject: [], issuer: [] })).selfIssued, true);
  });
  test('a NUL and control characters are kept, and half a surrogate pair is replaced', async () => {
    const { subject } = await parse({
      subject: [{ O: 'a\0b\u001b"\\' }, { CN: der.tlv(0x1e, Buffer.from('d83d0041', 'hex')) }],
    });
    assert.deepEqual(
      subject.attributes.map(({ value }) => value),
      ['a\0b\u001b"\\', '\ufffdA'],
    );
  });
  test('unknown attributes are named by their OID', async () => {
    const { subject } = await parse({ subject: [{ '1.3.6.1.4.1.99999.9': 'x' }] });
    assert.deepEqual(subject.attributes, [{ oid: '1.3.6.1.4.1.99999.9', name: null, value: 'x' }]);
    assert.equal(subject.text, '1.3.6.1.4.1.99999.9=#0c0178', 'RFC 4514, section 2.4: the value is its DER');
  });
  test('what is no string, and control characters, are hexadecimal in the text', async () => {
    const values = {
      'a\0b': 'a\\00b',
      'line\r\nCN=x': 'line\\0d\\0aCN=x',
      '\u007f\t': '\\7f\\09',
      ' ': '\\ ',
      '  two  ': '\\  two \\ ',
      '##': '\\##',
    };
    for (const [value, text] of Object.entries(values)) {
      const { subject } = await parse({ subject: [{ CN: value }] });
      assert.equal(subject.text, `CN=${text}`);
      assert.equal(subject.attributes[0].value, value, 'data is not escaped');
    }
    /** @type {[Uint8Array, string][]} */
    const others = [
      [der.bitString(Uint8Array.of(0x12, 0x34)), '#0303001234'],
      [der.integer(5), '#020105'],
      [der.sequence(der.utf8String('a')), '#30030c0161'],
      [der.boolean(true), '#0101ff'],
    ];
    for (const [value, text] of others) {
      const { subject } = await parse({ subject: [{ O: 'a' }, { CN: value, '2.5.4.45': value }] });
      assert.equal(subject.text, `O=a, CN=${text}+2.5.4.45=${text}`);
    }
  });
  test('of the shared cases have the text of RFC 4514', { skip: skipSharedCases }, async () => {
    const folder = '18-subject-text-not-escaped';
    const textOf = async (/** @type {string} */ name) =>
      (await parseCertificate(sharedCase(`${folder}/${name}.pem`))).subject.text;
    assert.equal(await textOf('utf8_nul'), 'CN=good.test\\00.evil.test');
    assert.equal(await textOf('newline'), 'CN=line1\\0aSubject: CN=fake');
    assert.equal(await textOf('bitstring'), 'CN=host, 2.5.4.45=#0303001234');
  });
  test('a BMPString with an odd number of octets and a malformed name are rejected', async () => {
    await rejectsCertificate(parse({ subject: [{ CN: der.tlv(0x1e, Buffer.from('004100', 'hex')) }] }));
    await rejectsCertificate(parse({ subject: der.sequence(der.sequence()) }));
    await rejectsCertificate(parse({ subject: der.sequence(der.set(der.sequence(der.oid('2.5.4.3')))) }));
  });
});

describe('object identifiers are read', () => {
  for (const oid of [
    '0.0',
    '0.39',
    '1.0',
    '1.39.1',
    '2.0',
    '2.5.29.17.0',
    '2.39.1',
    '2.40',
    '2.47.127.128',
    '2.48.16383.16384',
    '2.999.1',
    '2.100000000000000000000000000000000000000.3',
    '2.25.329800735698586629295641978511506172918',
    `1.2.${2n ** 64n}.${2n ** 63n}`,
    `2.25.${'9'.repeat(120)}`,
    `1.3${'.127'.repeat(59)}`,
  ]) {
    test(oid.length > 60 ? `${oid.slice(0, 40)}… (${oid.length} characters)` : oid, async () => {
      const { extensions } = await parse({ extensions: [extension.raw(oid, der.nullValue())] });
      assert.equal(extensions[0].oid, oid);
    });
  }
  test('as an empty text if malformed', async () => {
    for (const content of ['', '80', '2a80', '2a8001', '2a'.repeat(61)]) {
      const oid = der.tlv(0x06, Buffer.from(content, 'hex'));
      const { extensions } = await parse({ extensions: [{ oid, critical: false, value: der.nullValue() }] });
      assert.equal(extensions[0].oid, '', content);
    }
  });
});

describe('serial numbers are the octets of the INTEGER', () => {
  for (const [serial, octets] of /** @type {[bigint | Uint8Array, string][]} */ ([
    [0n, '00'],
    [1n, '01'],
    [-1n, 'FF'],
    [-128n, '80'],
    [128n, '0080'],
    [2n ** 159n - 1n, `7F${'FF'.repeat(19)}`],
    [2n ** 160n, `01${'00'.repeat(20)}`],
    [der.tlv(2, Buffer.from('000001', 'hex')), '000001'],
    [der.tlv(2), ''],
  ])) {
    test(octets || 'an empty INTEGER', async () => assert.equal((await parse({ serial })).serialNumber, octets));
  }
});

describe('versions and times', () => {
  test('version 1 is the default, and absent extensions are null', async () => {
    const one = await parse({ version: 1 });
    assert.equal(one.version, 1);
    assert.deepEqual(one.extensions, []);
    for (const key of /** @type {const} */ ([
      'subjectAltName',
      'keyUsage',
      'basicConstraints',
      'certificatePolicies',
    ])) {
      assert.equal(one[key], null);
    }
    assert.equal((await parse({ version: 2, uniqueIds: der.primitive(1, Uint8Array.of(0, 1)) })).version, 2);
  });
  for (const [time, iso] of /** @type {[Uint8Array, string][]} */ ([
    [der.utcTime('500101000000Z'), '1950-01-01T00:00:00Z'],
    [der.utcTime('991231235959Z'), '1999-12-31T23:59:59Z'],
    [der.utcTime('000229120000Z'), '2000-02-29T12:00:00Z'],
    [der.utcTime('491231235959Z'), '2049-12-31T23:59:59Z'],
    [der.generalizedTime('20500101000000Z'), '2050-01-01T00:00:00Z'],
    [der.generalizedTime('19491231235959Z'), '1949-12-31T23:59:59Z'],
    [der.generalizedTime('99991231235959Z'), '9999-12-31T23:59:59Z'],
    [der.generalizedTime('00010101000000Z'), '0001-01-01T00:00:00Z'],
    // Not in the form of RFC 5280: verbatim.
    [der.utcTime('2401010000Z'), '2401010000Z'],
    [der.utcTime('240101000000+0100'), '240101000000+0100'],
    [der.generalizedTime('20240101000000.5Z'), '20240101000000.5Z'],
    [der.utcTime('24010100000xZ'), '24010100000xZ'],
    [der.utcTime(''), ''],
    [der.ia5String('soon'), 'soon'],
  ])) {
    test(`${iso || 'an empty time'}`, async () => {
      assert.deepEqual((await parse({ notBefore: time, notAfter: time })).validity, { notBefore: iso, notAfter: iso });
    });
  }
});

describe('extensions', () => {
  const names = extension.subjectAltName([{ dns: 'a.example' }]);
  const whole = {
    subjectAltName: names,
    keyUsage: extension.keyUsage('digitalSignature', 'decipherOnly'),
    extendedKeyUsage: extension.extKeyUsage('serverAuth', '1.2.3.4'),
    basicConstraints: extension.basicConstraints({ ca: true, pathLen: 0 }),
    subjectKeyIdentifier: extension.subjectKeyIdentifier(Uint8Array.of(1, 2, 3)),
    authorityKeyIdentifier: extension.authorityKeyIdentifier({
      id: Uint8Array.of(4, 5),
      issuer: [{ CN: 'i' }],
      serial: 258n,
    }),
    certificatePolicies: extension.certificatePolicies({ oid: '2.5.29.32.0' }),
    authorityInfoAccess: extension.authorityInfoAccess({ ocsp: ['http://a.example/'] }),
    crlDistributionPoints: extension.crlDistributionPoints('http://a.example/1', 'http://a.example/2'),
  };
  const keys = /** @type {(keyof typeof whole)[]} */ (Object.keys(whole));

  test('each known one is decoded', async () => {
    const read = await parse({ extensions: Object.values(whole) });
    assert.deepEqual(read.keyUsage, ['digitalSignature', 'decipherOnly']);
    assert.deepEqual(read.extendedKeyUsage, [
      { oid: '1.3.6.1.5.5.7.3.1', name: 'serverAuth' },
      { oid: '1.2.3.4', name: null },
    ]);
    assert.deepEqual(read.basicConstraints, { ca: true, pathLength: 0 });
    assert.equal(read.subjectKeyIdentifier, '010203');
    assert.equal(read.authorityKeyIdentifier?.keyIdentifier, '0405');
    assert.equal(read.authorityKeyIdentifier?.serialNumber, '0102');
    assert.deepEqual(read.certificatePolicies, [{ oid: '2.5.29.32.0', name: 'anyPolicy', qualifiers: [] }]);
    assert.equal(read.crlDistributionPoints?.length, 2);
  });

  for (const key of keys) {
    const { oid, critical, value } = whole[key];
    /** @type {[string, Uint8Array][]} */
    const malformed = [
      ['empty', new Uint8Array(0)],
      ['of another type', der.nullValue()],
      ['truncated', value.slice(0, -1)],
      ['with trailing data', der.concat(value, der.nullValue())],
      ['with a length beyond its end', Uint8Array.of(value[0], 0x7f, ...value.slice(2))],
    ];
    for (const [how, bytes] of malformed) {
      test(`${key} ${how} is null and malformed, and the others are decoded`, async () => {
        const others = keys.filter((other) => other !== key);
        const extensions = [extension.raw(String(oid), bytes, true), ...others.map((other) => whole[other])];
        const read = await parse({ extensions });
        assert.equal(read[key], null);
        const { name, ...first } = read.extensions[0];
        assert.notEqual(name, null);
        assert.deepEqual(first, { oid, critical: true, malformed: true, value: base64(bytes) });
        for (const other of others) {
          assert.notEqual(read[other], null, other);
        }
        assert.ok(read.extensions.slice(1).every((item) => !('malformed' in item)));
      });
    }
    test(`the criticality of ${key} is reported`, async () => {
      const read = await parse({ extensions: [extension.raw(String(oid), value, !critical)] });
      assert.deepEqual(
        read.extensions.map((item) => item.critical),
        [!critical],
      );
    });
  }

  /** @type {[keyof typeof whole, string, Uint8Array][]} */
  const wrongInside = [
    ['subjectAltName', 'a name of an unknown type', der.sequence(der.primitive(9, Uint8Array.of(1)))],
    ['subjectAltName', 'a malformed directory name', der.sequence(der.constructed(4, der.nullValue()))],
    ['subjectAltName', 'an otherName without its OID', der.sequence(der.constructed(0, der.nullValue()))],
    ['keyUsage', 'eight unused bits', der.tlv(3, Uint8Array.of(8, 0x80))],
    ['keyUsage', 'no number of unused bits', der.tlv(3)],
    ['extendedKeyUsage', 'an INTEGER instead of an OID', der.sequence(der.integer(1))],
    ['basicConstraints', 'a negative path length', der.sequence(der.boolean(true), der.integer(-1))],
    ['basicConstraints', 'a huge path length', der.sequence(der.boolean(true), der.integer(2n ** 80n))],
    ['basicConstraints', 'a BOOLEAN of two octets', der.sequence(der.tlv(1, Uint8Array.of(0xff, 0xff)))],
    ['authorityKeyIdentifier', 'an unknown field', der.sequence(der.primitive(7, Uint8Array.of(1)))],
    ['certificatePolicies', 'a policy without an OID', der.sequence(der.sequence())],
    ['authorityInfoAccess', 'a description without a location', der.sequence(der.sequence(der.oid('1.2.3')))],
    ['crlDistributionPoints', 'a malformed distribution point', der.sequence(der.nullValue())],
  ];
  for (const [key, how, value] of wrongInside) {
    test(`${key} with ${how} is malformed`, async () => {
      const read = await parse({ extensions: [extension.raw(String(whole[key].oid), value)] });
      assert.equal(read[key], null);
      assert.equal(read.extensions[0].malformed, true);
    });
  }

  test('IP addresses are written as in RFC 5952', async () => {
    const shapes = [
      ['::', '::'],
      ['::1', '::1'],
      ['1::', '1::'],
      ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
      ['1:0:0:2:0:0:0:3', '1:0:0:2::3'],
      ['255.255.255.255', '255.255.255.255'],
    ];
    const read = await parse({ extensions: [extension.subjectAltName(shapes.map(([ip]) => ({ ip })))] });
    assert.deepEqual(
      read.subjectAltName?.map(({ value }) => value),
      shapes.map(([, text]) => text),
    );
  });

  test('an empty subjectAltName is an empty list', async () => {
    assert.deepEqual((await parse({ extensions: [extension.subjectAltName([])] })).subjectAltName, []);
  });
  test('the first of two equal extensions is decoded, and both are listed', async () => {
    const second = extension.subjectAltName([{ dns: 'b.example' }], true);
    const { subjectAltName, extensions } = await parse({ extensions: [names, second] });
    assert.deepEqual(subjectAltName, [{ type: 'dNSName', value: 'a.example' }]);
    assert.deepEqual(
      extensions.map(({ critical }) => critical),
      [false, true],
    );
  });
  test('a malformed extensions field makes the certificate unreadable', async () => {
    await rejectsCertificate(parse({ extensions: der.constructed(3, der.nullValue()) }));
    await rejectsCertificate(parse({ extensions: der.constructed(3, der.sequence(der.nullValue())) }));
    await rejectsCertificate(parse({ extensions: [der.sequence(der.oid('1.2.3'))] }));
  });
});

/* --- damaged input ------------------------------------------------------------------------------ */

describe('input', () => {
  const bytes = samples.find(({ pem }) => pem === pki('good-rich').leaf)?.ours.der ?? new Uint8Array(0);

  test('truncated at any length is rejected', async () => {
    const heap = core.heapInUse;
    for (let length = 0; length < bytes.length; length++) {
      await rejectsCertificate(parseCertificate(bytes.slice(0, length)));
    }
    assert.equal(core.heapInUse, heap);
  });
  test('with bytes before or after the certificate is rejected', async () => {
    await rejectsCertificate(parseCertificate(der.concat(bytes, Uint8Array.of(0))));
    await rejectsCertificate(parseCertificate(der.concat(Uint8Array.of(0), bytes)));
  });
  test('without a signature is rejected', async () => {
    const [tbs, algorithm, signature] = der.elements(der.elements(bytes)[0].content).map((part) => part.der);
    for (const parts of [[tbs], [tbs, algorithm], [tbs, signature], [tbs, algorithm, signature, der.nullValue()]]) {
      await rejectsCertificate(parseCertificate(der.sequence(...parts)));
    }
    assert.equal((await parseCertificate(der.sequence(tbs, algorithm, signature))).version, 3);
  });
  test('that is not a certificate is rejected', async () => {
    const key = pki('good-p256').key;
    for (const input of [
      '',
      'text',
      key,
      '-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----',
      new Uint8Array(5),
    ]) {
      await rejectsCertificate(parseCertificate(input));
    }
    await rejectsCertificate(parseCertificate(good.leaf.replace(/-----END[^]*/, '')));
    await rejectsCertificate(parseCertificate('-----BEGIN CERTIFICATE-----\nMAA\n-----END CERTIFICATE-----\n'));
    for (const input of [undefined, null, 42, {}, [good.leaf]]) {
      await assert.rejects(parseCertificate(/** @type {never} */ (input)), { code: 'ERR_TLS_INVALID_OPTION' });
    }
  });
  test('with text around the PEM block, and with other line endings, is read', async () => {
    const { fingerprints } = await parseCertificate(good.leaf);
    for (const text of [
      `0123 a comment that begins with 0x30\n${good.leaf}`,
      `\ufeff${good.leaf}more`,
      good.leaf.replaceAll('\n', '\r\n'),
      good.key + good.leaf,
      good.chain,
    ]) {
      assert.deepEqual((await parseCertificate(text)).fingerprints, fingerprints);
      assert.deepEqual((await parseCertificate(Buffer.from(text))).fingerprints, fingerprints);
    }
  });
  test('with one byte changed is read or rejected without a leak (2,000 variants)', async () => {
    const { below: random } = randomFrom(0x5eed);
    const usual = samples.filter(({ ours }) => ours.der.length < 4096);
    const heap = core.heapInUse;
    const counts = { read: 0, rejected: 0 };
    for (let i = 0; i < 2000; i++) {
      const { ours, label } = usual[random(usual.length)];
      const variant = Uint8Array.from(ours.der);
      const place = random(variant.length);
      variant[place] ^= 1 + random(255);
      try {
        const read = await parseCertificate(variant);
        assert.notEqual(read.fingerprints.sha256, ours.fingerprints.sha256);
        counts.read++;
      } catch (error) {
        assert.ok(error instanceof TLSError, `${label}, byte ${place}: ${error}`);
        assert.equal(error.code, 'ERR_TLS_INVALID_CERTIFICATE');
        counts.rejected++;
      }
    }
    assert.ok(counts.read > 200 && counts.rejected > 50, JSON.stringify(counts));
    assert.equal(core.heapInUse, heap);
  });
  test('is not changed, and the result does not share its memory', async () => {
    const given = Uint8Array.from(bytes);
    const { der: kept } = await parseCertificate(given);
    assert.deepEqual(given, bytes);
    given.fill(0);
    assert.deepEqual(kept, bytes);
  });
});
