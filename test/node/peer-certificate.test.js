/** Certificates in the shape of Node's tls: the same as Node makes of the same octets. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { X509Certificate } from 'node:crypto';
import { after, describe, test } from 'node:test';
import tls from 'node:tls';
import * as der from '../../certs/der.js';
import * as extension from '../../certs/extensions.js';
import { encodeGeneralName } from '../../certs/names.js';
import { parseCertificate, TrustStore } from '../../dist/index.js';
import { toDuplex } from '../../dist/node/index.js';
import { legacyObject } from '../../dist/node/peer-certificate.js';
import { chain, keyOf } from '../helpers/chains.js';
import { closeDialled, dial } from '../helpers/client.js';
import { CASES, pemBlocks, pki } from '../helpers/pki.js';
import { startNodeTls } from '../helpers/servers.js';

/** @typedef {import('../../certs/names.js').GeneralName} GeneralName */
/** @typedef {import('../../certs/names.js').Name} Name */
/** @typedef {import('../helpers/chains.js').Change} Change */

/** @param {Uint8Array | string} input @returns {Record<string, unknown>} */
const nodeObject = (input) => /** @type {Record<string, any>} */ (new X509Certificate(input).toLegacyObject());

/** @param {Uint8Array | string} input */
async function assertSame(input) {
  assert.deepEqual(legacyObject(await parseCertificate(input)), nodeObject(input));
}

/** @param {Change} leaf @returns {Uint8Array} a certificate */
const leafWith = (leaf) => chain({ leaf }).leaf.der;

/** @param {...GeneralName} names @returns {Change} */
const withNames = (...names) => ({ extensions: { subjectAltName: extension.subjectAltName(names) } });

/** @param {string} oid @param {Uint8Array} value @returns {GeneralName} */
const otherName = (oid, value) => ({ otherName: { oid, value } });

/** Values that could be taken for a separator or for another name. */
const HOSTILE = [
  'a.example, DNS:b.example',
  'a"b',
  "a'b",
  'a\\b',
  'a\\u0062',
  'a\0b',
  'a\nb',
  'a\x7fb',
  'caf\u00e9.example',
  '',
  ' ',
  '"',
  '~!@#$%^&*()',
];

/** @type {Record<string, Change>} */
const NAMES = {
  'DNS names': withNames({ dns: 'a.example' }, { dns: '*.b.example' }),
  'hostile DNS names': withNames(...HOSTILE.map((dns) => ({ dns }))),
  'hostile e-mail addresses': withNames(...HOSTILE.map((email) => ({ email }))),
  'hostile URIs': withNames(...HOSTILE.map((uri) => ({ uri: `x:${uri}` }))),
  'IP addresses of any length': withNames(
    { ip: '192.0.2.1' },
    { ip: '2001:db8::1' },
    { ip: '::' },
    { ip: new Uint8Array(5) },
    { ip: new Uint8Array(0) },
  ),
  'registered IDs': withNames({ registeredID: '1.2.3.4' }, { registeredID: '2.999.1234567890' }),
  'directory names': withNames(
    { dirName: [{ C: 'NL' }, { O: 'A, B', OU: 'x' }, { CN: 'y' }] },
    { dirName: [{ CN: '#hash' }, { OU: ' blanks ' }, { O: 'a+b"c\\d<e>f;g=h' }, { L: 'caf\u00e9' }] },
    { dirName: [{ '1.2.3.4': 'unknown' }, { '2.5.4.45': der.bitString(Buffer.from([1])) }] },
    { dirName: [] },
  ),
  'other names': withNames(
    otherName('1.3.6.1.5.5.7.8.5', der.utf8String('juliet@im.example')),
    otherName('1.3.6.1.5.5.7.8.5', der.ia5String('not UTF8String')),
    otherName('1.3.6.1.5.5.7.8.7', der.ia5String('_xmpp.im.example')),
    otherName('1.3.6.1.5.5.7.8.7', der.utf8String('not IA5String')),
    otherName('1.3.6.1.5.5.7.8.8', der.utf8String('r\u00e9alm, DNS:x')),
    otherName('1.3.6.1.5.5.7.8.9', der.utf8String('caf\u00e9"@example')),
    otherName('1.3.6.1.4.1.311.20.2.3', der.utf8String('user@example')),
    otherName('1.2.3.4', der.utf8String('unknown')),
  ),
  'X.400 and EDI names': withNames(
    encodeGeneralName(der.constructed(3, der.sequence())),
    encodeGeneralName(der.constructed(5, der.constructed(1, der.utf8String('party')))),
  ),
};

/** OIDs of attributes; OpenSSL has a short name for most. */
const ATTRIBUTES = [
  ...range(75, '2.5.4'),
  '2.5.4.97',
  ...range(60, '0.9.2342.19200300.100.1'),
  ...range(21, '1.2.840.113549.1.9'),
  ...range(5, '1.3.6.1.4.1.311.60.2.1'),
  ...range(6, '1.2.643.100'),
  ...['1.2.643.3.131.1.1', '1.2.3.4', '2.999.1', '2.5.4.200'],
];

/** @param {number} count @param {string} arc @returns {string[]} OIDs below the arc */
function range(count, arc) {
  return Array.from({ length: count }, (_, i) => `${arc}.${i}`);
}

/** @type {Record<string, Change>} */
const SUBJECTS = {
  'every known attribute': { subject: ATTRIBUTES.map((oid) => ({ [oid]: der.printableString('NL') })) },
  'attributes that come more than once': { subject: [{ OU: 'a' }, { OU: 'b', O: 'c' }, { OU: 'd' }, { CN: 'e' }] },
  'an empty name': { subject: [] },
  'every string type': {
    subject: [
      { CN: der.utf8String('caf\u00e9 \u{1f600}') },
      { CN: der.printableString('printable') },
      { CN: der.ia5String('ia5') },
      { CN: der.t61String('caf\u00e9') },
      { CN: der.bmpString('caf\u00e9') },
      { CN: der.universalString('caf\u00e9') },
    ],
  },
  'a name like a method of objects': { subject: [{ CN: '__proto__' }, { O: 'constructor' }] },
};

/** @type {Record<string, Change>} */
const OTHERS = {
  'a serial number with a leading zero octet': { serial: 0x80n },
  'a small serial number': { serial: 5n },
  'the serial number 0': { serial: 0n },
  'a negative serial number': { serial: -0x12345n },
  'a negative serial number of one octet': { serial: -0x80n },
  'a GeneralizedTime': { notAfter: '2050-01-01T00:00:00Z' },
  'a day of one digit': { notBefore: '2026-02-03T04:05:06Z' },
  'a CA': {
    extensions: {
      basicConstraints: extension.basicConstraints({ ca: true }),
      keyUsage: extension.keyUsage('keyCertSign'),
    },
  },
  'a CA that must not sign certificates': {
    extensions: { basicConstraints: extension.basicConstraints({ ca: true }), keyUsage: extension.keyUsage('cRLSign') },
  },
  'no extensions': {
    extensions: Object.fromEntries(
      [
        ...['basicConstraints', 'keyUsage', 'extKeyUsage', 'subjectAltName'],
        ...['subjectKeyIdentifier', 'authorityKeyIdentifier'],
      ].map((name) => [name, null]),
    ),
  },
  'several purposes': { extensions: { extKeyUsage: extension.extKeyUsage('serverAuth', 'clientAuth', '1.2.3.4') } },
  'access to information': {
    extensions: {
      access: extension.authorityInfoAccess({
        ocsp: ['http://a.example/', 'http://b.example/,"'],
        issuers: ['http://c.example/ca.cer'],
      }),
    },
  },
  'access to information by every method': {
    extensions: {
      access: extension.raw(
        extension.OIDS.authorityInfoAccess,
        der.sequence(
          ...[1, 2, 3, 4, 5, 6].map((n) =>
            der.sequence(der.oid(`1.3.6.1.5.5.7.48.${n}`), encodeGeneralName({ uri: `x:${n}` })),
          ),
        ),
      ),
    },
  },
  'access to other information': {
    extensions: {
      access: extension.raw(
        extension.OIDS.authorityInfoAccess,
        der.sequence(der.sequence(der.oid('1.2.3.4'), encodeGeneralName({ dns: 'a.example' }))),
      ),
    },
  },
};

/** Keys that we do not read and OpenSSL does, or the other way round. No connection has them. */
const UNUSABLE_KEYS = ['key-parameters', 'curve-in-full', 'point-cut-off', 'point-off-the-curve'];

/** @param {Record<string, unknown>} object */
const withoutKey = ({ bits: _b, pubkey: _p, modulus: _m, exponent: _e, asn1Curve: _a, nistCurve: _n, ...others }) =>
  others;

const KEYS = ['prime256v1', 'secp384r1', 'secp521r1', 'secp256k1', 'rsa2048', 'rsa3072', 'ed25519', 'ed448'];

describe('a certificate is what Node makes of it', () => {
  for (const table of [NAMES, SUBJECTS, OTHERS]) {
    for (const [name, change] of Object.entries(table)) {
      test(name, () => assertSame(leafWith(change)));
    }
  }
  for (const kind of KEYS) {
    test(`a key of ${kind}`, () => assertSame(leafWith({ key: keyOf('subject', kind) })));
  }
  test('after any change of its octets, or reads the rest', async () => {
    const original = leafWith({ ...SUBJECTS['attributes that come more than once'], ...NAMES['directory names'] });
    let read = 0;
    for (let at = 0; at < original.length; at++) {
      for (const octet of [0x00, 0x2c, 0x80, 0xff]) {
        const changed = original.map((one, i) => (i === at ? octet : one));
        const certificate = await parseCertificate(changed).catch(() => undefined);
        if (certificate) {
          assert.deepEqual([...(legacyObject(certificate).raw ?? [])], [...changed]); // and does not throw
          read++;
        }
      }
    }
    assert.ok(read > 500, `${read}`);
  });
  test('with an object identifier of any length', async () => {
    const long = der.tlv(6, new Uint8Array(60_000).fill(0x81, 0, 59_999));
    const change = withNames(
      { dns: 'a.example' },
      otherName('1.2.3', der.utf8String('x')),
      der.primitive(8, long.slice(4)),
    );
    const started = performance.now();
    const object = legacyObject(await parseCertificate(leafWith(change)));
    assert.equal(object.subjectaltname, null);
    assert.equal(object.serialNumber?.length, 4);
    assert.ok(performance.now() - started < 1000);
  });
  test('in the test PKI, except for keys that cannot be used', async () => {
    let count = 0;
    for (const { id, chain, roots } of CASES) {
      for (const pem of pemBlocks(chain + roots)) {
        let node;
        try {
          node = nodeObject(pem);
        } catch {
          continue; // OpenSSL does not read it
        }
        const certificate = await parseCertificate(pem).catch(() => undefined);
        if (certificate) {
          const ours = /** @type {Record<string, any>} */ (legacyObject(certificate));
          const unusable = UNUSABLE_KEYS.includes(id) && pem === pemBlocks(chain)[0];
          const [seen, expected] = unusable ? [withoutKey(ours), withoutKey(node)] : [ours, node];
          assert.deepEqual(seen, expected, id);
          if (unusable) {
            assert.notDeepEqual(ours, node, id);
          }
          count++;
        }
      }
    }
    assert.ok(count > 100, `${count}`);
  });
  test("of Node's own roots", async () => {
    for (const pem of tls.rootCertificates) {
      await assertSame(pem);
    }
  });
});

describe('getPeerCertificate()', () => {
  after(closeDialled);
  for (const id of ['good-p256', 'good-rsa2048', 'good-p384']) {
    test(`is what Node's own says of the same server: ${id}`, async (t) => {
      const good = pki(id);
      const server = await startNodeTls(good);
      t.after(() => server.close());
      const address = { port: server.port, host: '127.0.0.1', ca: good.roots, servername: good.hostname };
      const node = tls.connect(address);
      await once(node, 'secureConnect');
      const ours = toDuplex(await dial(good, server));
      assert.deepEqual(ours.getPeerCertificate(), {});
      await once(ours, 'secureConnect');
      assert.deepEqual(ours.getPeerCertificate(), node.getPeerCertificate());
      const [ourChain, nodeChain] = [chainOf(ours.getPeerCertificate(true)), chainOf(node.getPeerCertificate(true))];
      assert.ok(nodeChain.length > 2);
      assert.deepEqual(ourChain, nodeChain);
      assert.deepEqual(ours.getPeerX509Certificate()?.raw, node.getPeerX509Certificate()?.raw);
      for (const socket of [node, ours]) {
        socket.destroy();
        await once(socket, 'close');
        assert.equal(socket.getPeerCertificate(), null);
      }
    });
  }
  test('has what the server sent if its chain is not valid', async (t) => {
    const expired = pki('expired');
    const server = await startNodeTls(expired);
    t.after(() => server.close());
    const ours = toDuplex(
      await dial(expired, server, {
        trust: await TrustStore.from(pki('good-rsa2048').roots),
        rejectUnauthorized: false,
      }),
    );
    await once(ours, 'secureConnect');
    assert.equal(ours.authorized, false);
    assert.match(String(ours.authorizationError), /^ERR_TLS_CERT_/);
    const chain = chainOf(ours.getPeerCertificate(true));
    assert.deepEqual(
      chain.map(({ raw }) => raw.toString('base64')),
      pemBlocks(expired.chain).map((pem) => new X509Certificate(pem).raw.toString('base64')),
    );
    ours.destroy();
  });
});

/** Each certificate with its issuer left out; the root is its own. @param {any} certificate */
function chainOf(certificate) {
  /** @type {any[]} */
  const chain = [];
  for (let one = certificate; one && !chain.includes(one); one = one.issuerCertificate) {
    chain.push(one);
  }
  return chain.map(({ issuerCertificate, ...fields }, i) => ({ ...fields, isRoot: issuerCertificate === chain[i] }));
}
