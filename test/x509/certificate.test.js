/** parseCertificate(): every field against Node, OpenSSL and a DER reader of its own; odd, malformed and damaged input. */
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

/** @typedef {import('../../dist/index.js').Certificate} Certificate */
/** @typedef {import('../../certs/certificate.js').CertificateDescription} CertificateDescription */
/** @typedef {import('../../js/certificate.js').GeneralName} GeneralName */

const core = await loadCore();
const good = pki('good-p256');

/** @param {Uint8Array} bytes */
const hex = (bytes) => Buffer.from(bytes).toString('hex').toUpperCase();
/** @param {Uint8Array} bytes */
const base64 = (bytes) => Buffer.from(bytes).toString('base64');

/** @param {Promise<unknown>} promise */
function isRefused(promise) {
  return assert.rejects(promise, (error) => {
    assert.ok(error instanceof TLSError, String(error));
    assert.equal(error.code, 'ERR_TLS_INVALID_CERTIFICATE');
    return true;
  });
}

/* --- what others say ----------------------------------------------------------------- */

/**
 * @typedef {object} Sample a certificate, as four programs see it
 * @property {string} label
 * @property {string} pem
 * @property {X509Certificate} node
 * @property {string} text openssl x509 -text, its names as lines of OID=value
 * @property {Record<string, string>} sections of that text: the extensions, without indentation
 * @property {string} names openssl's subject and issuer, on a line each
 * @property {ReturnType<typeof takeApart>} parts
 * @property {Certificate} ours
 */

/** @param {string[]} args @param {string} input */
async function openssl(args, input) {
  const running = promisify(execFile)('openssl', args, { maxBuffer: 16 * 1024 * 1024 });
  running.child.stdin?.end(input);
  return (await running).stdout;
}

/** TBSCertificate by the reader of certs/der.js. @param {Uint8Array} whole */
function takeApart(whole) {
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

/** The extensions of openssl's text. @param {string} text */
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
async function sample(label, pem) {
  const node = new X509Certificate(pem);
  const text = await openssl(['x509', '-noout', '-text', '-nameopt', 'utf8,sep_multiline,oid'], pem);
  const names = await openssl(['x509', '-noout', '-subject', '-issuer', ...NAMES], pem);
  const ours = await parseCertificate(pem);
  return { label, pem, node, text, sections: sectionsOf(text), names, parts: takeApart(node.raw), ours };
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
  samples.push(await sample(label, pem));
}

/** @param {string} name @param {(sample: Sample) => void} check */
function everywhere(name, check) {
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

/** Node's and OpenSSL's names of algorithms, usages and methods, beside ours. */
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
const KINDS = {
  dNSName: 'DNS',
  uniformResourceIdentifier: 'URI',
  rfc822Name: 'email',
  iPAddress: 'IP Address',
  registeredID: 'Registered ID',
};

/** @param {Record<string, string>} table @param {string} key */
const lookUp = (table, key) => table[key] ?? key;

/** The eight groups of an IPv6 address as OpenSSL writes them. @param {string} address as RFC 5952 has it */
function asOpenssl(address) {
  if (!address.includes(':')) return address;
  const [head, tail] = address.split('::').map((half) => half.split(':').filter(Boolean));
  const groups = tail ? [...head, ...Array(8 - head.length - tail.length).fill('0'), ...tail] : head;
  return groups.join(':').toUpperCase();
}

/** @param {GeneralName} name as OpenSSL writes it */
function generalName({ type, value }) {
  return `${lookUp(KINDS, type)}:${type === 'iPAddress' ? asOpenssl(String(value)) : value}`;
}

/** @param {string} text of one OpenSSL section @param {string} title of names */
function attributeLines(text, title) {
  const block = new RegExp(`\n {8}${title}:\n((?: {12}.*\n)*)`).exec(text)?.[1] ?? '';
  return block
    .split('\n')
    .flatMap((line) => line.trim().split(/ \+ (?=\d+(?:\.\d+)+=)/))
    .filter(Boolean);
}

describe(`${samples.length} certificates: the test PKI's and Mozilla's`, () => {
  test('are all of them', () => {
    assert.ok(samples.length > rootCertificates.length + 60, String(samples.length));
  });
  everywhere('version', ({ ours, parts, text }) => {
    assert.equal(ours.version, parts.version);
    assert.equal(ours.version, Number(/Version: (\d+)/.exec(text)?.[1]));
  });
  everywhere('serial number', ({ ours, node, parts }) => {
    assert.equal(ours.serialNumber, hex(parts.serial.content));
    assert.equal(BigInt(`0x${ours.serialNumber}`), BigInt(`0x${node.serialNumber}`));
  });
  everywhere('subject and issuer, as OpenSSL writes them', ({ ours, names }) => {
    const [subject, issuer] = names.split('\n').map((line) => line.replace(/^(subject|issuer)=/, ''));
    assert.equal(ours.subject.text, subject.replace(/ \+ (?=\w+=)/g, '+'));
    assert.equal(ours.issuer.text, issuer.replace(/ \+ (?=\w+=)/g, '+'));
    assert.equal(ours.selfIssued, subject === issuer);
  });
  everywhere('each attribute of them, by its OID', ({ ours, text }) => {
    for (const key of /** @type {const} */ (['subject', 'issuer'])) {
      const lines = attributeLines(text, key === 'subject' ? 'Subject' : 'Issuer');
      assert.deepEqual(
        ours[key].attributes.map(({ oid, value }) => `${oid}=${value}`),
        lines,
      );
    }
  });
  everywhere('validity', ({ ours, node }) => {
    const iso = (/** @type {string} */ date) => new Date(date).toISOString().replace('.000Z', 'Z');
    assert.deepEqual(ours.validity, { notBefore: iso(node.validFrom), notAfter: iso(node.validTo) });
  });
  everywhere('public key: type, OID, bits, curve, exponent and pin', ({ ours, node, parts }) => {
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
  everywhere('signature algorithm', ({ ours, text, parts }) => {
    const [, name] = /Signature Algorithm: (\S+)/.exec(text) ?? [];
    assert.equal(ours.signatureAlgorithm.name, lookUp(SIGNATURES, name));
    assert.equal(hex(oidContent(ours.signatureAlgorithm.oid)), hex(der.elements(parts.algorithm.content)[0].content));
    const [, hash] = /Hash Algorithm: (\S+)[^]*\n {8}Issuer:/.exec(text) ?? [];
    assert.equal(ours.signatureAlgorithm.hash?.name?.replace('-', '').toLowerCase(), hash);
  });
  everywhere('alternative names of the kinds that Node shows as they are', ({ ours, node }) => {
    if (ours.subjectAltName === null || !ours.subjectAltName.every(({ type }) => type in KINDS)) {
      assert.ok(node.subjectAltName === undefined || /DirName|othername/.test(node.subjectAltName));
      return;
    }
    assert.equal(ours.subjectAltName.map(generalName).join(', '), node.subjectAltName);
  });
  everywhere('key usages', ({ ours, sections }) => {
    const usages = sections['X509v3 Key Usage']?.split(', ').map((usage) => lookUp(USAGES, usage));
    assert.deepEqual(ours.keyUsage, usages ?? null);
  });
  everywhere('extended key usages', ({ ours, node }) => {
    assert.deepEqual(ours.extendedKeyUsage?.map(({ oid }) => oid) ?? undefined, node.keyUsage);
  });
  everywhere('basic constraints', ({ ours, sections }) => {
    const text = sections['X509v3 Basic Constraints'];
    const length = /pathlen:(\d+)/.exec(text ?? '')?.[1];
    const expected = { ca: /CA:TRUE/.test(text ?? ''), pathLength: length === undefined ? null : Number(length) };
    assert.deepEqual(ours.basicConstraints, text === undefined ? null : expected);
  });
  everywhere('key identifiers', ({ ours, sections }) => {
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
  everywhere('certificate policies and their CPS', ({ ours, sections }) => {
    const text = sections['X509v3 Certificate Policies'];
    const lines = ours.certificatePolicies?.flatMap(({ oid, qualifiers }) => [
      `Policy: ${oid === '2.5.29.32.0' ? 'X509v3 Any Policy' : oid}`,
      ...qualifiers.flatMap(({ cps }) => (cps === undefined ? [] : [`  CPS: ${cps}`])),
    ]);
    assert.deepEqual(lines, text?.match(/^(Policy| {2}CPS): .*$/gm)?.map((line) => line) ?? undefined);
  });
  everywhere('authority information access', ({ ours, node }) => {
    const methods = { ocsp: 'OCSP', caIssuers: 'CA Issuers' };
    const lines = ours.authorityInfoAccess?.map(
      ({ name, location }) => `${lookUp(methods, name ?? '')} - ${generalName(location[0])}\n`,
    );
    assert.equal(lines?.join('').trimEnd(), node.infoAccess?.trimEnd());
  });
  everywhere('CRL distribution points', ({ ours, sections }) => {
    const lines = ours.crlDistributionPoints?.flatMap(({ fullName }) => fullName.map(generalName));
    const shown = sections['X509v3 CRL Distribution Points']?.match(/(?<=^ *)(URI|DNS):.*$/gm);
    assert.deepEqual(
      lines,
      shown?.map((line) => line),
    );
  });
  everywhere('fingerprints, DER and PEM', ({ ours, node }) => {
    assert.equal(ours.fingerprints.sha1, node.fingerprint.replaceAll(':', ''));
    assert.equal(ours.fingerprints.sha256, node.fingerprint256.replaceAll(':', ''));
    assert.equal(Buffer.compare(ours.der, node.raw), 0);
    assert.equal(ours.pem, node.toString());
  });
  everywhere('every extension: its OID, criticality, bytes and place', ({ ours, parts }) => {
    assert.deepEqual(
      ours.extensions.map(({ oid, critical, value }) => ({ oid: hex(oidContent(oid)), critical, value })),
      parts.extensions.map(({ oid, critical, value }) => ({ oid, critical, value: base64(value) })),
    );
    assert.ok(ours.extensions.every((item) => !('malformed' in item)));
  });
  test('PEM text, PEM bytes, DER and an ArrayBuffer say the same', async () => {
    for (const { ours, pem } of samples.slice(0, 20)) {
      for (const input of [pem, Buffer.from(pem), ours.der, Uint8Array.from(ours.der).buffer, ours.pem]) {
        assert.deepEqual(await parseCertificate(input), ours);
      }
    }
  });
});

test('the pin is that of the recipe with openssl', () => {
  const key = execFileSync('openssl', ['x509', '-noout', '-pubkey', '-in', good.files.leaf]);
  const info = execFileSync('openssl', ['pkey', '-pubin', '-outform', 'der'], { input: key });
  const digest = execFileSync('openssl', ['dgst', '-sha256', '-binary'], { input: info });
  const found = samples.find(({ pem }) => pem === good.leaf);
  assert.equal(found?.ours.publicKey.spkiSha256, base64(digest));
});

test('every kind of alternative name, policy and address (good-rich)', async () => {
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

/* --- certificates that no authority makes ----------------------------------------------- */

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

/** OpenSSL's idea of the subject's text. @param {Partial<CertificateDescription>} fields */
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
    ['T61String, as a rule Latin-1', [{ CN: latin1('Müller & Söhne') }], 'CN=Müller & Söhne'],
    ['T61String beside UTF8String', [{ O: latin1('Müller') }, { CN: 'Zoë 東京' }], 'O=Müller, CN=Zoë 東京'],
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
    test(`${name}, as OpenSSL has it`, async () => {
      const ours = (await parse({ subject })).subject;
      assert.equal(ours.text, await opensslSubject({ subject }));
      assert.ok(text === '' || ours.text === text, ours.text);
      assert.equal(ours.attributes.length, subject.flatMap((level) => Object.keys(level)).length);
    });
  }
  test('what stands in T61String and UTF8String is the same in `attributes`', async () => {
    const { subject } = await parse({ subject: [{ O: latin1('Müller') }, { CN: 'Zoë' }] });
    assert.deepEqual(
      subject.attributes.map(({ value }) => value),
      ['Müller', 'Zoë'],
    );
  });
  test('an empty name', async () => {
    const { subject, selfIssued } = await parse({ subject: [] });
    assert.deepEqual(subject, { attributes: [], text: '' });
    assert.equal(selfIssued, false);
    assert.equal((await parse({ subject: [], issuer: [] })).selfIssued, true);
  });
  test('a NUL, control characters and half a surrogate pair are kept or replaced, never a break', async () => {
    const { subject } = await parse({
      subject: [{ O: 'a\0b\u001b"\\' }, { CN: der.tlv(0x1e, Buffer.from('d83d0041', 'hex')) }],
    });
    assert.deepEqual(
      subject.attributes.map(({ value }) => value),
      ['a\0b\u001b"\\', '\ufffdA'],
    );
  });
  test('attributes nobody knows are named by their OID', async () => {
    const { subject } = await parse({ subject: [{ '1.3.6.1.4.1.99999.9': 'x' }] });
    assert.deepEqual(subject.attributes, [{ oid: '1.3.6.1.4.1.99999.9', name: null, value: 'x' }]);
    assert.equal(subject.text, '1.3.6.1.4.1.99999.9=x');
  });
  test('a BMPString of an odd number of octets, and a name that is none, are refused', async () => {
    await isRefused(parse({ subject: [{ CN: der.tlv(0x1e, Buffer.from('004100', 'hex')) }] }));
    await isRefused(parse({ subject: der.sequence(der.sequence()) }));
    await isRefused(parse({ subject: der.sequence(der.set(der.sequence(der.oid('2.5.4.3')))) }));
  });
});

describe('object identifiers', () => {
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
  test('a malformed one has no dotted form', async () => {
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
    test(octets || 'none', async () => assert.equal((await parse({ serial })).serialNumber, octets));
  }
});

describe('versions and times', () => {
  test('version 1 is the default; what is not there is null', async () => {
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
    // Not as RFC 5280 has them: as they stand.
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

  test('each is read', async () => {
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
      ['cut short', value.slice(0, -1)],
      ['with something after it', der.concat(value, der.nullValue())],
      ['with a length that runs out', Uint8Array.of(value[0], 0x7f, ...value.slice(2))],
    ];
    for (const [how, bytes] of malformed) {
      test(`${key} ${how}: null and malformed, and the others are read`, async () => {
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
    test(`${key}: its criticality is told as it is`, async () => {
      const read = await parse({ extensions: [extension.raw(String(oid), value, !critical)] });
      assert.deepEqual(
        read.extensions.map((item) => item.critical),
        [!critical],
      );
    });
  }

  /** @type {[keyof typeof whole, string, Uint8Array][]} */
  const wrongInside = [
    ['subjectAltName', 'a name of no kind that there is', der.sequence(der.primitive(9, Uint8Array.of(1)))],
    ['subjectAltName', 'a directory name that is none', der.sequence(der.constructed(4, der.nullValue()))],
    ['subjectAltName', 'an otherName without its OID', der.sequence(der.constructed(0, der.nullValue()))],
    ['keyUsage', 'eight unused bits', der.tlv(3, Uint8Array.of(8, 0x80))],
    ['keyUsage', 'no count of unused bits', der.tlv(3)],
    ['extendedKeyUsage', 'what is no OID', der.sequence(der.integer(1))],
    ['basicConstraints', 'a negative path length', der.sequence(der.boolean(true), der.integer(-1))],
    ['basicConstraints', 'a path length without end', der.sequence(der.boolean(true), der.integer(2n ** 80n))],
    ['basicConstraints', 'a BOOLEAN of two octets', der.sequence(der.tlv(1, Uint8Array.of(0xff, 0xff)))],
    ['authorityKeyIdentifier', 'a field too many', der.sequence(der.primitive(7, Uint8Array.of(1)))],
    ['certificatePolicies', 'a policy without OID', der.sequence(der.sequence())],
    ['authorityInfoAccess', 'a description without location', der.sequence(der.sequence(der.oid('1.2.3')))],
    ['crlDistributionPoints', 'a point that is none', der.sequence(der.nullValue())],
  ];
  for (const [key, how, value] of wrongInside) {
    test(`${key} with ${how} is malformed`, async () => {
      const read = await parse({ extensions: [extension.raw(String(whole[key].oid), value)] });
      assert.equal(read[key], null);
      assert.equal(read.extensions[0].malformed, true);
    });
  }

  test('addresses of every shape', async () => {
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

  test('an empty list of names is a list', async () => {
    assert.deepEqual((await parse({ extensions: [extension.subjectAltName([])] })).subjectAltName, []);
  });
  test('the first of two is read, and both are listed', async () => {
    const second = extension.subjectAltName([{ dns: 'b.example' }], true);
    const { subjectAltName, extensions } = await parse({ extensions: [names, second] });
    assert.deepEqual(subjectAltName, [{ type: 'dNSName', value: 'a.example' }]);
    assert.deepEqual(
      extensions.map(({ critical }) => critical),
      [false, true],
    );
  });
  test('a field of extensions that is not one refuses the certificate', async () => {
    await isRefused(parse({ extensions: der.constructed(3, der.nullValue()) }));
    await isRefused(parse({ extensions: der.constructed(3, der.sequence(der.nullValue())) }));
    await isRefused(parse({ extensions: [der.sequence(der.oid('1.2.3'))] }));
  });
});

/* --- input that is damaged -------------------------------------------------------------------- */

/** A small generator of numbers, the same in every run (xorshift32). @param {number} seed */
function numbers(seed) {
  let state = seed;
  return (/** @type {number} */ below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

describe('input', () => {
  const bytes = samples.find(({ pem }) => pem === pki('good-rich').leaf)?.ours.der ?? new Uint8Array(0);

  test('cut at every length it is refused', async () => {
    const heap = core.heapInUse;
    for (let length = 0; length < bytes.length; length++) {
      await isRefused(parseCertificate(bytes.slice(0, length)));
    }
    assert.equal(core.heapInUse, heap);
  });
  test('with anything before or after it is refused', async () => {
    await isRefused(parseCertificate(der.concat(bytes, Uint8Array.of(0))));
    await isRefused(parseCertificate(der.concat(Uint8Array.of(0), bytes)));
    await isRefused(parseCertificate(der.concat(bytes, bytes)));
  });
  test('without its signature it is refused', async () => {
    const [tbs, algorithm, signature] = der.elements(der.elements(bytes)[0].content).map((part) => part.der);
    for (const parts of [[tbs], [tbs, algorithm], [tbs, signature], [tbs, algorithm, signature, der.nullValue()]]) {
      await isRefused(parseCertificate(der.sequence(...parts)));
    }
    assert.equal((await parseCertificate(der.sequence(tbs, algorithm, signature))).version, 3);
  });
  test('that is no certificate is refused', async () => {
    const key = pki('good-p256').key;
    for (const input of [
      '',
      'text',
      key,
      '-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----',
      new Uint8Array(5),
    ]) {
      await isRefused(parseCertificate(input));
    }
    await isRefused(parseCertificate(good.leaf.replace(/-----END[^]*/, '')));
    await isRefused(parseCertificate('-----BEGIN CERTIFICATE-----\nMAA\n-----END CERTIFICATE-----\n'));
    for (const input of [undefined, null, 42, {}, [good.leaf]]) {
      await assert.rejects(parseCertificate(/** @type {never} */ (input)), { code: 'ERR_TLS_INVALID_OPTION' });
    }
  });
  test('with text around the block, and with other ends of lines, is read', async () => {
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
  test('2,000 variants with one byte changed are read or refused, and nothing stays behind', async () => {
    const random = numbers(0x5eed);
    const usual = samples.filter(({ ours }) => ours.der.length < 4096);
    const heap = core.heapInUse;
    const outcome = { read: 0, refused: 0 };
    for (let i = 0; i < 2000; i++) {
      const { ours, label } = usual[random(usual.length)];
      const variant = Uint8Array.from(ours.der);
      const place = random(variant.length);
      variant[place] ^= 1 + random(255);
      try {
        const read = await parseCertificate(variant);
        assert.notEqual(read.fingerprints.sha256, ours.fingerprints.sha256);
        outcome.read++;
      } catch (error) {
        assert.ok(error instanceof TLSError, `${label}, byte ${place}: ${error}`);
        assert.equal(error.code, 'ERR_TLS_INVALID_CERTIFICATE');
        outcome.refused++;
      }
    }
    assert.ok(outcome.read > 200 && outcome.refused > 50, JSON.stringify(outcome));
    assert.equal(core.heapInUse, heap);
  });
  test('bytes given are not changed, and the result does not share them', async () => {
    const given = Uint8Array.from(bytes);
    const { der: kept } = await parseCertificate(given);
    assert.deepEqual(given, bytes);
    given.fill(0);
    assert.deepEqual(kept, bytes);
  });
});
