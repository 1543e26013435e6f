import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { X509Certificate, createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import tls from 'node:tls';
import { encodeCertificate, encodeCrl } from '../../certs/certificate.js';
import * as der from '../../certs/der.js';
import { nameConstraints, subjectAltName } from '../../certs/extensions.js';
import { generate, loadCase } from '../../certs/generate.js';
import { ipOctets } from '../../certs/names.js';
import { CLOCK, PROFILES } from '../../certs/profiles.js';
import { README, withTable } from '../../certs/table.js';

const directory = mkdtempSync(join(tmpdir(), 'pagetls-certs-'));
before(() => generate(directory));
after(() => rmSync(directory, { recursive: true, force: true }));

/** @param {string[]} args @param {Uint8Array} [input] @returns {string} standard output and standard error */
function openssl(args, input) {
  const { stdout, stderr, error } = spawnSync('openssl', args, { input, encoding: 'utf8' });
  if (error) throw error;
  return stdout + stderr;
}

/** @param {string} pem @returns {X509Certificate[]} */
function certificates(pem) {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  return blocks.map((block) => new X509Certificate(block));
}

/** @param {Uint8Array} bytes @returns {string} */
function hex(bytes) {
  return Buffer.from(bytes).toString('hex');
}

/** @param {string} id @param {string[]} [more] @returns {string} the output of `openssl verify` for the case */
function opensslVerify(id, more = []) {
  const { hostname, clock, files } = loadCase(directory, id);
  return openssl([
    ...['verify', '-attime', String(Date.parse(clock) / 1000), '-auth_level', '2', '-purpose', 'sslserver'],
    ...[isIP(hostname) ? '-verify_ip' : '-verify_hostname', hostname],
    ...['-CAfile', files.roots, '-untrusted', files.chain],
    ...(files.crl === undefined ? [] : ['-crl_check_all', '-CRLfile', files.crl]),
    ...more,
    files.leaf,
  ]);
}

describe('every case', () => {
  for (const { id } of PROFILES.filter(({ openssl: result }) => result === 'unreadable')) {
    test(`${id}: OpenSSL and Node cannot read the leaf`, () => {
      assert.match(opensslVerify(id), /(Could not read|Unable to load) certificate/i);
      assert.throws(() => new X509Certificate(loadCase(directory, id).leaf));
    });
  }

  for (const { id } of PROFILES.filter(({ malformed }) => !malformed)) {
    test(`${id}: certificates parse, and each is signed by one with the issuer's name`, () => {
      const { all, chain, leaf, roots } = loadCase(directory, id);
      const everyCert = certificates(all);
      for (const cert of everyCert) {
        const issuers = everyCert.filter((other) => other.subject === cert.issuer);
        const signedBy = issuers.some((other) => cert.verify(other.publicKey));
        const altered = id === 'bad-signature' && cert.subject.includes(id);
        assert.equal(signedBy, !altered, cert.subject);
        assert.match(openssl(['x509', '-noout', '-subject'], Buffer.from(cert.toString())), /^subject=/);
      }
      const known = new Set(everyCert.map(({ fingerprint256 }) => fingerprint256));
      for (const cert of certificates(chain + roots)) assert.ok(known.has(cert.fingerprint256));
      assert.equal(certificates(chain)[0].fingerprint256, certificates(leaf)[0].fingerprint256);
    });

    test(`${id}: the key belongs to the leaf`, () => {
      const { key, leaf } = loadCase(directory, id);
      assert.ok(new X509Certificate(leaf).checkPrivateKey(createPrivateKey(key)));
    });
  }

  for (const { id, openssl: result } of PROFILES.filter(({ openssl: words }) => words !== 'unreadable')) {
    test(`${id}: OpenSSL reports "${result}"`, () => {
      if (result === 'ok') assert.match(opensslVerify(id), /leaf\.pem: OK\s*$/);
      else assert.match(opensslVerify(id), new RegExp(`error \\d+ at \\d depth lookup: .*${result}`));
    });
  }

  for (const { id, expected } of PROFILES.filter((one) => one.expected.ok && one.openssl === 'ok')) {
    const { warnings } = expected;
    test(`${id}: the valid chain ${warnings ? 'does not pass' : 'passes'} OpenSSL's strict checks`, () => {
      const strict = /leaf\.pem: OK\s*$/.test(opensslVerify(id, ['-x509_strict']));
      assert.equal(strict, warnings === undefined);
    });
  }

  for (const { id } of PROFILES.filter(({ serve }) => serve)) {
    test(`${id}: a server can send this chain`, async () => {
      const { chain, key, server: declared, hostname } = loadCase(directory, id);
      const minVersion = /** @type {tls.SecureVersion | undefined} */ (declared.minVersion);
      const server = tls.createServer({ cert: chain, key, ciphers: declared.ciphers, minVersion });
      server.on('secureConnection', (socket) => socket.end());
      await once(server.listen(0, '127.0.0.1'), 'listening');
      const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
      const servername = isIP(hostname) ? '' : hostname;
      const ciphers = 'DEFAULT@SECLEVEL=0';
      const client = tls.connect({ host: '127.0.0.1', port, servername, ciphers, rejectUnauthorized: false });
      await once(client, 'secureConnect');
      const received = [];
      for (let cert = client.getPeerX509Certificate(); cert; cert = cert.issuerCertificate) received.push(cert);
      client.resume();
      await once(client, 'close');
      await once(server.close(), 'close');
      assert.deepEqual(
        received.map(({ fingerprint256 }) => fingerprint256),
        certificates(chain).map(({ fingerprint256 }) => fingerprint256),
      );
    });
  }
});

describe('profiles', () => {
  test('have unique ids, an explanation and a consistent expectation', () => {
    assert.equal(new Set(PROFILES.map(({ id }) => id)).size, PROFILES.length);
    for (const { id, title, explain, expected, clock } of PROFILES) {
      assert.match(id, /^[a-z0-9-]+$/);
      assert.match(title, /\S/, id);
      assert.match(explain, /^[A-Z].*\.$/, id);
      assert.ok(!Number.isNaN(Date.parse(clock)), id);
      assert.equal(expected.ok, expected.flags.length === 0 && expected.error === undefined, id);
      assert.equal(expected.depth !== undefined, expected.flags.length > 0, id);
      for (const flag of expected.flags) assert.match(flag, /^BAD(CERT|CRL)_[A-Z_]+$/, id);
      const rules = [...(expected.problems ?? []), ...(expected.warnings ?? [])];
      for (const rule of rules) assert.match(rule, /^\d: [A-Z0-9_]+$/, id);
      if (expected.error) assert.match(expected.error, /^[A-Za-z]+: [a-z-]+$/, id);
    }
  });

  test('have distinct, deterministic serial numbers', () => {
    const serials = new Map();
    for (const { id } of PROFILES.filter(({ malformed }) => !malformed)) {
      for (const cert of certificates(loadCase(directory, id).all)) {
        const key = `${cert.issuer} ${cert.serialNumber}`;
        assert.equal(serials.get(key) ?? cert.fingerprint256, cert.fingerprint256, id);
        serials.set(key, cert.fingerprint256);
      }
    }
    const { leaf } = loadCase(directory, 'expired');
    assert.equal(new X509Certificate(leaf).serialNumber, '4CC5CEC747AAB29581192BBF9D98D0E3');
  });

  test('of large size are above one record, just below the longest message, and above the longest message', () => {
    const bytes = (/** @type {string} */ id) =>
      certificates(loadCase(directory, id).chain).reduce((sum, { raw }) => sum + raw.length, 0);
    assert.ok(bytes('big-chain') > 17_000 && bytes('big-chain') < 24_000);
    // A message header of 4 octets, then 1 + 3 octets, and 3 + 2 for each of two certificates (RFC 8446, section 4.4.2).
    const message = bytes('long-chain') + 4 + 4 + 2 * 5;
    assert.ok(message > 65_535 - 100 && message <= 65_535, `${message} bytes`);
    assert.ok(bytes('huge-chain') > 70_000 && bytes('huge-chain') < 90_000);
  });

  test('match the table in the README', () => {
    const readme = readFileSync(README, 'utf8');
    for (const { id } of PROFILES) assert.ok(readme.includes(`\n| \`${id}\` |`), id);
    assert.equal(withTable(readme), readme, 'run: node certs/table.js');
  });

  test('with client credentials have one client that the server trusts and one that it does not', () => {
    const { clients } = loadCase(directory, 'client');
    assert.ok(clients);
    const [ca] = certificates(clients.ca);
    const signedByCa = Object.fromEntries(
      Object.entries(clients.credentials).map(([name, { chain, key }]) => {
        const [cert] = certificates(chain);
        assert.ok(cert.checkPrivateKey(createPrivateKey(key)), name);
        return [name, cert.verify(ca.publicKey)];
      }),
    );
    assert.deepEqual(signedByCa, { good: true, other: false });
  });
});

describe('generate', () => {
  test('does not rewrite output of the same sources', async () => {
    const { files } = loadCase(directory, 'good-p256');
    const written = statSync(files.leaf).mtimeMs;
    const { cases, clock } = await generate(directory);
    assert.equal(statSync(files.leaf).mtimeMs, written);
    assert.equal(clock, CLOCK);
    assert.deepEqual(
      cases.map(({ id }) => id),
      PROFILES.map(({ id }) => id),
    );
  });

  test('replaces the output of other sources, but keeps its keys', async () => {
    const { key } = loadCase(directory, 'good-p256');
    const path = join(directory, 'index.json');
    const index = JSON.parse(readFileSync(path, 'utf8'));
    writeFileSync(path, JSON.stringify({ ...index, generator: 'other', cases: [] }));
    await generate(directory);
    assert.equal(loadCase(directory, 'good-p256').key, key);
  });

  test('gives concurrent callers the same files', async () => {
    const fresh = join(directory, 'fresh');
    const leaves = await Promise.all(
      [1, 2, 3].map(async () => {
        await generate(fresh);
        return loadCase(fresh, 'good-p256').leaf;
      }),
    );
    assert.equal(new Set(leaves).size, 1);
  });

  test('does not touch a directory with other files', async () => {
    const other = mkdtempSync(join(directory, 'other-'));
    writeFileSync(join(other, 'precious.txt'), 'x');
    await assert.rejects(generate(other), /not written by this generator/);
    assert.equal(readFileSync(join(other, 'precious.txt'), 'utf8'), 'x');
  });

  test('names a missing case in the error', () => {
    assert.throws(() => loadCase(directory, 'no-such'), /no case no-such/);
  });
});

describe('encodeCertificate', () => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const ordinary = {
    serial: 1n,
    issuer: [{ CN: 'issuer' }],
    subject: [{ CN: 'subject' }],
    notBefore: '2024-01-01T00:00:00Z',
    notAfter: '2050-01-01T00:00:00Z',
    publicKey,
    signer: privateKey,
  };
  /** @param {Uint8Array} whole @returns {der.Element[]} the fields of the signed part */
  const fields = (whole) => der.elements(der.elements(der.elements(whole)[0].content)[0].content);

  test('writes dates through 2049 as UTCTime and later ones as GeneralizedTime', () => {
    const [notBefore, notAfter] = der.elements(fields(encodeCertificate(ordinary))[4].content);
    assert.deepEqual([notBefore.tag, notAfter.tag], [0x17, 0x18]);
    const { validFrom, validTo } = new X509Certificate(encodeCertificate(ordinary));
    assert.deepEqual([validFrom, validTo], ['Jan  1 00:00:00 2024 GMT', 'Jan  1 00:00:00 2050 GMT']);
  });

  test('accepts DER for any field, and an empty array to leave a field out', () => {
    const nonsense = Uint8Array.of(0x04, 0x01, 0x2a);
    for (const [i, name] of [
      'version',
      'serial',
      'innerAlgorithm',
      'issuer',
      'validity',
      'subject',
      'publicKey',
    ].entries()) {
      assert.equal(hex(fields(encodeCertificate({ ...ordinary, [name]: nonsense }))[i].der), '04012a', name);
      const without = fields(encodeCertificate({ ...ordinary, [name]: new Uint8Array(0) }));
      assert.equal(without.length, 6, name);
    }
    const tail = encodeCertificate({ ...ordinary, uniqueIds: nonsense, extensions: nonsense });
    assert.deepEqual(
      fields(tail)
        .slice(7)
        .map(({ der: bytes }) => hex(bytes)),
      ['04012a', '04012a'],
    );
    const [, outer] = der.elements(
      der.elements(encodeCertificate({ ...ordinary, outerAlgorithm: nonsense }))[0].content,
    );
    assert.equal(hex(outer.der), '04012a');
  });

  test('applies edits to the signed part, the signature and the whole', () => {
    const empty = encodeCertificate({
      ...ordinary,
      edit: { tbs: () => der.sequence(), signature: () => Uint8Array.of(7) },
    });
    const [tbs, , bits] = der.elements(der.elements(empty)[0].content);
    assert.deepEqual([hex(tbs.der), hex(bits.content)], ['3000', '0007']);
    assert.equal(hex(encodeCertificate({ ...ordinary, edit: { whole: (bytes) => bytes.subarray(0, 2) } })), '3082');
  });

  test('writes name constraints that OpenSSL reads', () => {
    const constraints = nameConstraints({
      permitted: [{ dns: 'pagetls.test' }, { ip: '10.0.0.0/9' }],
      excluded: [{ email: '.pagetls.test' }, { ip: '2001:db8::/33' }],
    });
    const text = openssl(
      ['x509', '-inform', 'DER', '-noout', '-ext', 'nameConstraints'],
      encodeCertificate({ ...ordinary, extensions: [constraints] }),
    );
    assert.match(text, /Name Constraints: critical/);
    assert.match(text, /Permitted:\s+DNS:pagetls\.test\s+IP:10\.0\.0\.0\/255\.128\.0\.0/);
    assert.match(text, /Excluded:\s+email:\.pagetls\.test\s+IP:2001:DB8:0:0:0:0:0:0\/FFFF:FFFF:8000:0:0:0:0:0/);
  });

  test('accepts the critical bit of an extension, or a whole extension, as DER', () => {
    const extension = { ...subjectAltName([{ dns: 'a.test' }]), critical: Uint8Array.of(0x01, 0x01, 0x01) };
    const whole = encodeCertificate({ ...ordinary, extensions: [extension, Uint8Array.of(0x30, 0x00)] });
    const [extensions] = der.elements(fields(whole)[7].content);
    const [first, second] = der.elements(extensions.content);
    assert.equal(hex(der.elements(first.content)[1].der), '010101');
    assert.equal(hex(second.der), '3000');
  });

  for (const version of /** @type {const} */ ([1, 2, 3])) {
    test(`writes version ${version}`, () => {
      const text = openssl(['x509', '-inform', 'DER', '-noout', '-text'], encodeCertificate({ ...ordinary, version }));
      assert.match(text, new RegExp(`Version: ${version} `));
    });
  }

  test('signs with every algorithm, and the key verifies the signature', () => {
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const ed = generateKeyPairSync('ed25519');
    const hashes = /** @type {const} */ (['sha1', 'sha224', 'sha256', 'sha384', 'sha512']);
    for (const hash of hashes) {
      for (const [scheme, keys] of /** @type {const} */ ([
        ['ecdsa', { privateKey, publicKey }],
        ['rsa-pkcs1', rsa],
        ['rsa-pss', rsa],
      ])) {
        const cert = new X509Certificate(
          encodeCertificate({ ...ordinary, signer: keys.privateKey, signature: `${scheme}-${hash}` }),
        );
        assert.ok(cert.verify(keys.publicKey), `${scheme}-${hash}`);
      }
    }
    const salted = encodeCertificate({
      ...ordinary,
      signer: rsa.privateKey,
      signature: 'rsa-pss-sha256',
      saltBytes: 20,
    });
    assert.ok(new X509Certificate(salted).verify(rsa.publicKey));
    assert.ok(new X509Certificate(encodeCertificate({ ...ordinary, signer: ed.privateKey })).verify(ed.publicKey));
  });

  test('encodeCrl writes entries, reasons and the CRL number', () => {
    const crl = encodeCrl({
      issuer: ordinary.issuer,
      thisUpdate: '2026-01-01T00:00:00Z',
      nextUpdate: '2051-01-01T00:00:00Z',
      revoked: [{ serial: 0xabn, date: '2025-12-31T00:00:00Z', reason: 'superseded' }],
      number: 300,
      signer: privateKey,
    });
    const text = openssl(['crl', '-inform', 'DER', '-noout', '-text'], crl);
    for (const part of [/Version 2/, /Serial Number: AB/, /Superseded/, /CRL Number:\s+300/, /2051 GMT/]) {
      assert.match(text, part);
    }
  });
});

describe('der', () => {
  test('writes integers in the fewest octets', () => {
    const known = {
      0: '020100',
      127: '02017f',
      128: '02020080',
      256: '02020100',
      '-1': '0201ff',
      '-128': '020180',
      '-129': '0202ff7f',
    };
    for (const [value, expected] of Object.entries(known)) assert.equal(hex(der.integer(BigInt(value))), expected);
  });

  test('writes and reads lengths of every form', () => {
    const heads = { 0: '0400', 127: '047f', 128: '048180', 255: '0481ff', 256: '04820100', 65536: '0483010000' };
    for (const [length, head] of Object.entries(heads)) {
      const encoded = der.octetString(new Uint8Array(Number(length)));
      assert.equal(hex(encoded.subarray(0, head.length / 2)), head);
      const [element, ...rest] = der.elements(encoded);
      assert.deepEqual([element.content.length, rest.length], [Number(length), 0]);
    }
    assert.throws(() => der.elements(Uint8Array.of(0x30, 0x05, 0x00)), RangeError);
  });

  test('writes object identifiers, named bits and sets', () => {
    assert.equal(hex(der.oid('1.2.840.113549.1.1.11')), '06092a864886f70d01010b');
    assert.equal(hex(der.oid('2.999.3')), '0603883703');
    assert.equal(hex(der.namedBits([5, 6])), '03020106');
    assert.equal(hex(der.namedBits([0, 8])), '0303078080');
    assert.equal(hex(der.namedBits([])), '030100');
    assert.equal(hex(der.set(der.integer(2), der.integer(1))), '3106020101020102');
  });

  test('ipOctets writes addresses and their masks', () => {
    assert.equal(hex(ipOctets('127.0.0.1')), '7f000001');
    assert.equal(hex(ipOctets('::1')), '00000000000000000000000000000001');
    assert.equal(hex(ipOctets('2001:db8::5:0')), '20010db8000000000000000000050000');
    assert.equal(hex(ipOctets('10.0.0.0/12')), '0a000000fff00000');
    assert.throws(() => ipOctets('300.1.1.1'), TypeError);
  });
});
