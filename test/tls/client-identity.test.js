/**
 * Client identities: whatever chain is passed is sent, and not verified; the server decides. The files are made by OpenSSL,
 * GnuTLS and Java, and the servers are real ones.
 */
import assert from 'node:assert/strict';
import { createPrivateKey, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { describe, test } from 'node:test';
import * as der from '../../certs/der.js';
import { NEGATIVE_VERSION } from '../../certs/profile.js';
import * as extension from '../../certs/extensions.js';
import { TrustStore } from '../../dist/index.js';
import { loadCore } from '../../dist/wasm.js';
import { findProgram } from '../../scripts/run.js';
import { authority, keyOf, server as leafOf } from '../helpers/chains.js';
import { identityError, inDirectory, readIdentity, sentWith, VERSIONS } from '../helpers/client-identity.js';
import { dial, readBytes, withServer } from '../helpers/client.js';
import { pki } from '../helpers/pki.js';
import { startNginx } from '../helpers/servers.js';
import { sharedCase, skipSharedCases } from '../helpers/shared-cases.js';

/** @typedef {import('../helpers/chains.js').Issued} Issued */
/** @typedef {import('../../dist/index.js').ConnectOptions} ConnectOptions */

const TIMEOUT = { timeout: 120_000 };
const PASSPHRASE = 'correct horse';

/** @param {Issued[]} chain */
const pemOf = (...chain) => chain.map((one) => der.pem('CERTIFICATE', one.der)).join('');
/** @param {import('node:crypto').KeyObject} key @param {'pkcs8' | 'pkcs1' | 'sec1'} [type] */
const keyPem = (key, type = 'pkcs8') =>
  /** @type {string} */ (key.export({ type: /** @type {any} */ (type), format: 'pem' }));
/** @param {Buffer[]} sent @param {Issued[]} expected */
const assertSent = (sent, ...expected) =>
  assert.deepEqual(
    sent.map((one) => one.toString('hex')),
    expected.map((one) => Buffer.from(one.der).toString('hex')),
  );

const root = authority('identity root', undefined);
const intermediate = authority('identity intermediate', root);
const leaf = leafOf(intermediate, { key: keyOf('identity') });
const rsa = leafOf(intermediate, { key: keyOf('', 'rsa2048') });

describe('a client chain is sent as it is', TIMEOUT, () => {
  /** @type {Record<string, Issued>} */
  const issuers = {
    'a CA with critical name constraints': authority('constrained', root, {
      extensions: { nameConstraints: extension.nameConstraints({ permitted: [{ dns: 'example.com' }] }) },
    }),
    'a CA with inhibitAnyPolicy': authority('inhibiting', root, {
      extensions: { inhibitAnyPolicy: extension.raw('2.5.29.54', der.integer(0), true) },
    }),
    'a CA with an unknown critical extension': authority('unknown', root, {
      extensions: { unknown: extension.raw('1.2.3.4', der.nullValue(), true) },
    }),
    'an expired CA': authority('expired', root, { notAfter: '2026-01-02T00:00:00Z' }),
  };
  for (const [name, issuer] of Object.entries(issuers)) {
    test(`with ${name}`, async () => {
      const own = leafOf(issuer, { key: keyOf('identity') });
      const cert = pemOf(own, issuer);
      for (const version of VERSIONS) {
        assertSent(await sentWith({ cert, key: keyPem(own.key) }, version), own, issuer);
      }
    });
  }

  test('with critical policies in the leaf, and another purpose', async () => {
    const own = leafOf(intermediate, {
      key: keyOf('identity'),
      extensions: {
        policies: extension.raw('2.5.29.32', der.sequence(der.sequence(der.oid('1.2.3.4.5'))), true),
        extKeyUsage: extension.extKeyUsage('emailProtection'),
      },
    });
    assertSent(await sentWith({ cert: pemOf(own, intermediate), key: keyPem(own.key) }), own, intermediate);
  });

  test('with an intermediate that cannot be read', async () => {
    const unreadable = authority('identity intermediate', root, { version: NEGATIVE_VERSION }); // OpenSSL reads it
    const cert = pemOf(leaf, unreadable, root);
    for (const version of VERSIONS) {
      assertSent(await sentWith({ cert, key: keyPem(leaf.key) }, version), leaf, unreadable, root);
    }
  });

  test('in its order, if the leaf is first', async () => {
    assertSent(
      await sentWith({ cert: pemOf(leaf, root, intermediate), key: keyPem(leaf.key) }),
      leaf,
      root,
      intermediate,
    );
  });

  test('leaf first, then its issuers, if the leaf is not first; the key tells the leaf', async () => {
    const cert = pemOf(root, rsa, intermediate, leaf);
    assertSent(await sentWith({ cert, key: keyPem(leaf.key) }), leaf, intermediate, root, rsa);
    assertSent(await sentWith({ cert, key: keyPem(rsa.key) }), rsa, intermediate, root, leaf);
  });

  test('more than 16,000 bytes are an error that names the limit', async () => {
    const large = authority('large', root, { extensions: { large: extension.raw('1.2.3.4', new Uint8Array(15_500)) } });
    const error = await identityError({ cert: pemOf(leaf, large), key: keyPem(leaf.key) });
    assert.equal(error.code, 'ERR_TLS_INVALID_CERTIFICATE');
    assert.match(error.message, /16,000 bytes/);
    const small = authority('large', root, { extensions: { large: extension.raw('1.2.3.4', new Uint8Array(14_000)) } });
    for (const version of VERSIONS) {
      assertSent(await sentWith({ cert: pemOf(leaf, small), key: keyPem(leaf.key) }, version), leaf, small);
    }
  });

  for (const name of ['nc', 'cp', 'iap', 'ec']) {
    test(`the shared case ${name}`, { skip: skipSharedCases }, async () => {
      const cert = sharedCase(`01-client-identity-critical-ext/${name}.pem`);
      const key = sharedCase('01-client-identity-critical-ext/ec.key');
      const blocks = cert.toString().match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
      for (const version of VERSIONS) {
        const sent = await sentWith({ cert, key }, version);
        assert.deepEqual(
          sent.map((one) => one.toString('hex')),
          blocks.map((block) => new X509Certificate(block).raw.toString('hex')),
        );
      }
    });
  }
});

describe('a key is read in every form', TIMEOUT, () => {
  const forms = {
    'SEC 1': keyPem(leaf.key, 'sec1'),
    'SEC 1 after EC PARAMETERS': `-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n${keyPem(leaf.key, 'sec1')}`,
    'PKCS#8': keyPem(leaf.key),
    'SEC 1 in DER': leaf.key.export({ type: 'sec1', format: 'der' }),
    'PKCS#8 in DER': leaf.key.export({ type: 'pkcs8', format: 'der' }),
    'base64 of DER': leaf.key.export({ type: 'pkcs8', format: 'der' }).toString('base64'),
    'CR LF, blanks and text around': `Key:\r\n${keyPem(leaf.key).replaceAll('\n', ' \r\n')}end\r\n`,
    'a byte order mark': `\ufeff${keyPem(leaf.key)}`,
    'the line ends of a JSON string': keyPem(leaf.key).replaceAll('\n', '\\n'),
  };
  for (const [name, key] of Object.entries(forms)) {
    test(name, async () => {
      assertSent(await sentWith({ cert: pemOf(leaf), key }), leaf);
    });
  }

  for (const type of /** @type {const} */ (['pkcs1', 'pkcs8'])) {
    test(`RSA in ${type}, as PEM and DER`, async () => {
      for (const key of [
        keyPem(rsa.key, type),
        rsa.key.export({ type: /** @type {'pkcs1'} */ (type), format: 'der' }),
      ]) {
        assertSent(await sentWith({ cert: pemOf(rsa), key }), rsa);
      }
    });
  }

  test('in the same PEM file as the certificates, for either option or both', async () => {
    for (const file of [keyPem(leaf.key) + pemOf(leaf, intermediate), pemOf(leaf, intermediate) + keyPem(leaf.key)]) {
      for (const options of [
        { cert: file },
        { key: file },
        { cert: file, key: file },
        { cert: file, key: keyPem(leaf.key) },
      ]) {
        assertSent(await sentWith(options), leaf, intermediate);
      }
    }
  });

  test('the one of several keys that fits a certificate', async () => {
    const key = keyPem(rsa.key) + keyPem(keyOf('another')) + keyPem(leaf.key);
    assertSent(await sentWith({ cert: pemOf(intermediate, leaf), key }), leaf, intermediate);
  });
});

/** How OpenSSL encrypts: arguments of `openssl pkcs8 -topk8`, with the legacy provider where needed. */
const PKCS8 = {
  'PBES2, AES-128': ['-v2', 'aes-128-cbc'],
  'PBES2, AES-192': ['-v2', 'aes-192-cbc'],
  'PBES2, AES-256': ['-v2', 'aes-256-cbc'],
  'PBES2, Triple DES': ['-v2', 'des3'],
  'PBES2, HMAC-SHA1': ['-v2', 'aes-256-cbc', '-v2prf', 'hmacWithSHA1'],
  'PBES2, HMAC-SHA224': ['-v2', 'aes-256-cbc', '-v2prf', 'hmacWithSHA224'],
  'PBES2, HMAC-SHA384': ['-v2', 'aes-128-cbc', '-v2prf', 'hmacWithSHA384'],
  'PBES2, HMAC-SHA512': ['-v2', 'aes-256-cbc', '-v2prf', 'hmacWithSHA512'],
  'PBES2, 600,000 iterations': ['-v2', 'aes-256-cbc', '-iter', '600000'],
  scrypt: ['-scrypt'],
  'scrypt, other numbers': ['-scrypt', '-scrypt_N', '1024', '-scrypt_r', '16', '-scrypt_p', '3'],
  'PKCS#12, Triple DES': ['-v1', 'PBE-SHA1-3DES'],
  'PKCS#12, Triple DES with two keys': ['-v1', 'PBE-SHA1-2DES'],
  'PKCS#12, 40-bit RC2': ['-v1', 'PBE-SHA1-RC2-40'],
  'PKCS#12, 128-bit RC2': ['-v1', 'PBE-SHA1-RC2-128'],
};
const PROVIDERS = ['-provider', 'legacy', '-provider', 'default'];

/** @param {string[]} args @param {import('node:crypto').KeyObject} key */
const encrypted = (args, key, passphrase = PASSPHRASE, format = 'PEM') =>
  inDirectory({ 'key.pem': keyPem(key), pass: passphrase }, async (run, read) => {
    const out = ['-out', 'out', '-outform', format, '-passout', 'file:pass'];
    await run('openssl', 'pkcs8', '-topk8', '-in', 'key.pem', ...args, ...out, ...PROVIDERS);
    return read('out');
  });

describe('an encrypted key is decrypted', TIMEOUT, () => {
  for (const [name, args] of Object.entries(PKCS8)) {
    test(name, async () => {
      for (const own of [leaf, rsa]) {
        assertSent(
          await sentWith({ cert: pemOf(own), key: await encrypted(args, own.key), passphrase: PASSPHRASE }),
          own,
        );
      }
    });
  }

  for (const cipher of ['aes-128-cbc', 'aes-192-cbc', 'aes-256-cbc', 'des3']) {
    test(`the old form of PEM: ${cipher}`, async () => {
      for (const own of [leaf, rsa]) {
        const key = await inDirectory({ 'key.pem': keyPem(own.key), pass: PASSPHRASE }, async (run, read) => {
          const args = ['-traditional', `-${cipher}`, '-passout', 'file:pass', '-out', 'out'];
          await run('openssl', 'pkey', '-in', 'key.pem', ...args);
          return read('out');
        });
        assert.match(key.toString(), /DEK-Info: /);
        assertSent(await sentWith({ cert: pemOf(own), key, passphrase: PASSPHRASE }), own);
      }
    });
  }

  test('in DER, in one file with the certificates, and with a passphrase in bytes', async () => {
    const key = await encrypted(['-v2', 'aes-256-cbc'], leaf.key, PASSPHRASE, 'DER');
    assertSent(await sentWith({ cert: pemOf(leaf), key, passphrase: Buffer.from(PASSPHRASE) }), leaf);
    const cert = (await encrypted(['-v2', 'aes-256-cbc'], leaf.key)).toString() + pemOf(leaf, intermediate);
    assertSent(await sentWith({ cert, passphrase: PASSPHRASE }, 'TLSv1.2'), leaf, intermediate);
  });

  test('with a passphrase that is long, empty or not ASCII', async () => {
    for (const passphrase of ['x'.repeat(200), 'pässwörd € 🔑']) {
      for (const args of [['-v2', 'aes-256-cbc'], ['-v1', 'PBE-SHA1-3DES'], ['-scrypt']]) {
        const key = await encrypted(args, leaf.key, passphrase);
        assertSent(await sentWith({ cert: pemOf(leaf), key, passphrase }), leaf);
      }
    }
    const key = leaf.key.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: '' });
    assertSent(await sentWith({ cert: pemOf(leaf), key, passphrase: '' }), leaf);
  });

  test(
    'GnuTLS: every cipher of certtool',
    { skip: findProgram('certtool') === undefined && 'certtool is missing' },
    async () => {
      for (const cipher of ['aes-128', 'aes-192', 'aes-256', '3des-pkcs12', '3des', 'rc2-40']) {
        const key = await inDirectory({ 'key.pem': keyPem(leaf.key) }, async (run, read) => {
          const args = ['--pkcs-cipher', cipher, '--password', PASSPHRASE, '--outfile', 'out'];
          await run('certtool', '--to-p8', '--load-privkey', 'key.pem', ...args);
          return read('out');
        });
        assert.match(key.toString(), /ENCRYPTED PRIVATE KEY/);
        assertSent(await sentWith({ cert: pemOf(leaf), key, passphrase: PASSPHRASE }), leaf);
      }
    },
  );
});

/** How OpenSSL makes PKCS#12: arguments of `openssl pkcs12 -export`. */
const PKCS12 = {
  'PBES2 and HMAC-SHA256': [],
  'Triple DES, RC2 and HMAC-SHA1': ['-legacy'],
  'Triple DES for everything': ['-certpbe', 'PBE-SHA1-3DES', '-keypbe', 'PBE-SHA1-3DES', '-macalg', 'sha1'],
  'a MAC with SHA-512': ['-macalg', 'sha512'],
  'a MAC with SHA-384': ['-macalg', 'sha384'],
  'a MAC with SHA-224 and 100,000 iterations': ['-macalg', 'sha224', '-iter', '100000'],
  'one iteration': ['-noiter', '-nomaciter'],
  'no MAC': ['-nomac'],
  'certificates that are not encrypted': ['-certpbe', 'NONE'],
  'nothing encrypted': ['-certpbe', 'NONE', '-keypbe', 'NONE'],
};

/** @param {string[]} args @param {Issued} own @param {Issued[]} others */
const pkcs12 = (args, own, others, passphrase = PASSPHRASE) =>
  inDirectory(
    { 'own.pem': keyPem(own.key) + pemOf(own), 'others.pem': pemOf(...others), pass: passphrase },
    async (run, read) => {
      const certificates = others.length > 0 ? ['-certfile', 'others.pem'] : [];
      await run(
        'openssl',
        'pkcs12',
        '-export',
        '-in',
        'own.pem',
        ...certificates,
        '-out',
        'out',
        '-passout',
        'file:pass',
        ...args,
      );
      return read('out');
    },
  );

describe('PKCS#12', TIMEOUT, () => {
  for (const [name, args] of Object.entries(PKCS12)) {
    test(`by OpenSSL: ${name}`, async () => {
      for (const own of [leaf, rsa]) {
        const pfx = await pkcs12(args, own, [root, intermediate]);
        assertSent(await sentWith({ pfx, passphrase: PASSPHRASE }), own, intermediate, root);
      }
    });
  }

  test('in both versions, with an unusual CA, in base64, and as cert or key', async () => {
    const issuer = authority('constrained', root, {
      extensions: { nameConstraints: extension.nameConstraints({ permitted: [{ dns: 'example.com' }] }) },
    });
    const own = leafOf(issuer, { key: keyOf('identity') });
    const pfx = await pkcs12([], own, [issuer]);
    for (const version of VERSIONS) assertSent(await sentWith({ pfx, passphrase: PASSPHRASE }, version), own, issuer);
    for (const options of [
      { pfx: pfx.toString('base64') },
      { cert: pfx },
      { key: pfx },
      { cert: pemOf(own), key: pfx },
    ]) {
      const sent = await sentWith({ ...options, passphrase: PASSPHRASE });
      assertSent(sent, ...('cert' in options && 'key' in options ? [own] : [own, issuer]));
    }
  });

  test('certificates of other identities in it are not sent', async () => {
    const stranger = authority('stranger', undefined);
    const pfx = await pkcs12([], leaf, [stranger, intermediate, rsa]);
    assertSent(await sentWith({ pfx, passphrase: PASSPHRASE }), leaf, intermediate);
  });

  test('with a passphrase that is not ASCII, empty, or missing', async () => {
    for (const args of [[], ['-legacy']]) {
      const passphrase = 'pässwörd € 🔑';
      assertSent(await sentWith({ pfx: await pkcs12(args, leaf, [], passphrase), passphrase }), leaf);
      const pfx = await pkcs12(args, leaf, [], '\n'); // an empty line
      assertSent(await sentWith({ pfx, passphrase: '' }), leaf);
      assertSent(await sentWith({ pfx }), leaf);
    }
  });

  const keytool = { skip: findProgram('keytool') === undefined && 'keytool is missing' };
  test('by Java, also made from a JKS', keytool, async () => {
    const store = ['-storepass', PASSPHRASE, '-keypass', PASSPHRASE, '-noprompt'];
    for (const kind of ['RSA', 'EC']) {
      const [jks, p12, chain] = await inDirectory({}, async (run, read) => {
        const names = ['-alias', 'Client', '-dname', 'CN=client', '-keyalg', kind];
        await run('keytool', '-genkeypair', ...names, '-storetype', 'JKS', '-keystore', 'a.jks', ...store);
        await run(
          'keytool',
          '-importkeystore',
          '-srckeystore',
          'a.jks',
          '-destkeystore',
          'a.p12',
          '-deststoretype',
          'PKCS12',
          '-srcstorepass',
          PASSPHRASE,
          '-deststorepass',
          PASSPHRASE,
          '-noprompt',
        );
        await run(
          'keytool',
          '-exportcert',
          '-alias',
          'client',
          '-keystore',
          'a.p12',
          '-storepass',
          PASSPHRASE,
          '-file',
          'cert',
        );
        return Promise.all(['a.jks', 'a.p12', 'cert'].map(read));
      });
      for (const version of VERSIONS) {
        assert.deepEqual(await sentWith({ pfx: p12, passphrase: PASSPHRASE }, version), [chain]);
      }
      const error = await identityError({ pfx: jks, passphrase: PASSPHRASE });
      assert.equal(error.code, 'ERR_TLS_INVALID_KEY');
      assert.match(error.message, /Java key store \(JKS\).*keytool -importkeystore .*PKCS12/);
    }
  });

  test('by Java with its old algorithms', keytool, async () => {
    const pfx = await inDirectory({}, async (run, read) => {
      const old = [
        '-J-Dkeystore.pkcs12.legacy',
        '-storetype',
        'PKCS12',
        '-keystore',
        'a.p12',
        '-storepass',
        PASSPHRASE,
      ];
      await run('keytool', '-genkeypair', '-alias', 'a', '-dname', 'CN=client', '-keyalg', 'EC', ...old);
      return read('a.p12');
    });
    assert.equal((await sentWith({ pfx, passphrase: PASSPHRASE })).length, 1);
  });

  test('by GnuTLS', { skip: findProgram('certtool') === undefined && 'certtool is missing' }, async () => {
    for (const cipher of ['aes-256', '3des-pkcs12', 'rc2-40']) {
      const pfx = await inDirectory({ 'key.pem': keyPem(leaf.key), 'cert.pem': pemOf(leaf) }, async (run, read) => {
        const args = [
          '--pkcs-cipher',
          cipher,
          '--password',
          PASSPHRASE,
          '--p12-name',
          'a',
          '--outder',
          '--outfile',
          'out',
        ];
        await run('certtool', '--to-p12', '--load-privkey', 'key.pem', '--load-certificate', 'cert.pem', ...args);
        return read('out');
      });
      assertSent(await sentWith({ pfx, passphrase: PASSPHRASE }), leaf);
    }
  });

  test('nginx accepts an identity of its CA, and rejects another', async () => {
    const subject = pki('client');
    const { ca, credentials } = /** @type {NonNullable<typeof subject.clients>} */ (subject.clients);
    const directives = ['location / { return 200 "$ssl_client_verify"; }'];
    await withServer(startNginx(subject, { clientCA: ca, directives }), async (running) => {
      for (const [name, status] of /** @type {const} */ ([
        ['good', 200],
        ['other', 400],
      ])) {
        const { chain, key } = credentials[name];
        const pfx = await inDirectory({ all: key + chain }, async (run, read) => {
          await run(
            'openssl',
            'pkcs12',
            '-export',
            '-in',
            'all',
            '-out',
            'out',
            '-passout',
            `pass:${PASSPHRASE}`,
            '-legacy',
          );
          return read('out');
        });
        for (const version of VERSIONS) {
          const options = { pfx, passphrase: PASSPHRASE, minVersion: version, maxVersion: version };
          const socket = await dial(subject, running, options);
          await socket.write('GET / HTTP/1.0\r\n\r\n');
          assert.match(Buffer.from(await readBytes(socket)).toString(), new RegExp(`^HTTP/1.1 ${status} `));
        }
      }
    });
  });
});

describe('secrets do not stay in memory', TIMEOUT, () => {
  const secret = Buffer.from(leaf.key.export({ format: 'jwk' }).d ?? '', 'base64url');
  const passphrase = 'a passphrase that occurs nowhere else';
  const wide = Buffer.from(passphrase, 'utf16le').swap16();
  const needles = [
    secret,
    Buffer.from(secret).reverse(),
    Buffer.from(passphrase),
    wide,
    leaf.key.export({ type: 'sec1', format: 'der' }).subarray(0, 20),
  ];
  /** @type {Record<string, () => Promise<ConnectOptions>>} */
  const forms = {
    'PKCS#8': async () => ({ cert: pemOf(leaf), key: keyPem(leaf.key) }),
    PBES2: async () => ({
      cert: pemOf(leaf),
      key: await encrypted(['-v2', 'aes-256-cbc'], leaf.key, passphrase),
      passphrase,
    }),
    scrypt: async () => ({ cert: pemOf(leaf), key: await encrypted(['-scrypt'], leaf.key, passphrase), passphrase }),
    'the old form of PEM': async () => ({
      cert: pemOf(leaf),
      key: leaf.key.export({ type: 'sec1', format: 'pem', cipher: 'aes-128-cbc', passphrase }),
      passphrase,
    }),
    'PKCS#12': async () => ({ pfx: await pkcs12([], leaf, [], passphrase), passphrase }),
    'old PKCS#12': async () => ({ pfx: await pkcs12(['-legacy'], leaf, [], passphrase), passphrase }),
  };
  for (const [name, form] of Object.entries(forms)) {
    test(name, async () => {
      const core = await loadCore();
      const identity = /** @type {import('../../dist/index.js').ClientIdentity} */ (await form());
      const trust = await TrustStore.from();
      const before = core.heapInUse;
      for (const given of [
        identity,
        { ...identity, ...('passphrase' in identity && { passphrase: `${passphrase}!` }) },
      ]) {
        try {
          readIdentity(core, trust, given);
        } catch (error) {
          assert.equal(/** @type {{code: string}} */ (error).code, 'ERR_TLS_PASSPHRASE_WRONG');
        }
        const memory = Buffer.from(core.bytes);
        for (const [i, needle] of needles.entries()) assert.equal(memory.includes(needle), false, `needle ${i}`);
      }
      assert.equal(core.heapInUse, before);
    });
  }

  test('which this test would notice', async () => {
    const core = await loadCore();
    core.lend([secret], () => assert.ok(Buffer.from(core.bytes).includes(secret)));
  });
});

describe('an identity that cannot be used is an error that says why', TIMEOUT, () => {
  const cert = pemOf(leaf);
  /** @param {ConnectOptions} options @param {string} code @param {RegExp} message */
  const assertError = async (options, code, message) => {
    const error = await identityError(options);
    assert.equal(error.code, code, error.message);
    assert.match(error.message, message);
  };

  test('an encrypted key without a passphrase, or with a wrong one', async () => {
    const p8 = await encrypted(['-v2', 'aes-256-cbc'], leaf.key);
    const old = createPrivateKey(keyPem(leaf.key)).export({
      type: 'sec1',
      format: 'pem',
      cipher: 'aes-128-cbc',
      passphrase: PASSPHRASE,
    });
    const scrypt = await encrypted(['-scrypt'], leaf.key);
    for (const options of [
      { cert, key: p8 },
      { cert, key: old },
      { cert, key: scrypt },
      { pfx: await pkcs12([], leaf, []) },
      { pfx: await pkcs12(['-nomac'], leaf, []) },
    ]) {
      await assertError(options, 'ERR_TLS_PASSPHRASE_MISSING', /option `passphrase`/);
      for (const passphrase of ['wrong', '', `${PASSPHRASE} `, 'x'.repeat(5000)]) {
        await assertError({ ...options, passphrase }, 'ERR_TLS_PASSPHRASE_WRONG', /passphrase does not decrypt/);
      }
    }
  });

  test('a passphrase that nothing needs', async () => {
    for (const options of [
      { cert, key: keyPem(leaf.key) },
      { pfx: await pkcs12(['-nomac', '-certpbe', 'NONE', '-keypbe', 'NONE'], leaf, []) },
    ]) {
      await assertError({ ...options, passphrase: 'x' }, 'ERR_TLS_PASSPHRASE_UNUSED', /not encrypted/);
    }
    await assertError({ passphrase: 'x' }, 'ERR_TLS_INVALID_OPTION', /pass one of them/);
  });

  test('too many iterations, too much memory: the message has both numbers', async () => {
    const many = await encrypted(['-v2', 'aes-128-cbc', '-iter', '6000001'], leaf.key);
    await assertError(
      { cert, key: many, passphrase: PASSPHRASE },
      'ERR_TLS_INVALID_KEY',
      /6,000,001 iterations.*6,000,000.*openssl pkcs8/,
    );
    const large = rewriteScrypt(
      await encrypted(['-scrypt', '-scrypt_N', '2'], leaf.key, PASSPHRASE, 'DER'),
      2 ** 17,
      8,
    );
    await assertError(
      { cert, key: large, passphrase: PASSPHRASE },
      'ERR_TLS_INVALID_KEY',
      /134,217,728 bytes.*67,108,864/,
    );
    const huge = rewriteScrypt(
      await encrypted(['-scrypt', '-scrypt_N', '2'], leaf.key, PASSPHRASE, 'DER'),
      2 ** 40,
      2 ** 30,
    );
    await assertError({ cert, key: huge, passphrase: PASSPHRASE }, 'ERR_TLS_INVALID_KEY', /1 GiB or more/);
  });

  test('an algorithm that is not supported is named, with the command that converts the file', async () => {
    const key = await encrypted(['-v1', 'PBE-MD5-DES'], leaf.key);
    await assertError(
      { cert, key, passphrase: PASSPHRASE },
      'ERR_TLS_INVALID_KEY',
      /pbeWithMD5AndDES-CBC.*openssl pkcs8 -topk8/,
    );
    const aria = await encrypted(['-v2', 'aria-128-cbc'], leaf.key);
    await assertError({ cert, key: aria, passphrase: PASSPHRASE }, 'ERR_TLS_INVALID_KEY', /1\.2\.410\.200046\.1\.1\.2/);
    const old = keyPem(leaf.key, 'sec1').replace(
      '\n',
      '\nProc-Type: 4,ENCRYPTED\nDEK-Info: CAMELLIA-128-CBC,0011223344556677\n\n',
    );
    await assertError({ cert, key: old, passphrase: PASSPHRASE }, 'ERR_TLS_INVALID_KEY', /CAMELLIA-128-CBC/);
  });

  test('the key of another certificate, none, or something else instead', async () => {
    await assertError({ cert, key: keyPem(keyOf('another')) }, 'ERR_TLS_INVALID_KEY', /does not belong/);
    await assertError({ cert, key: keyPem(rsa.key) }, 'ERR_TLS_INVALID_KEY', /does not belong/);
    await assertError({ cert }, 'ERR_TLS_INVALID_OPTION', /pass key too/);
    await assertError({ key: keyPem(leaf.key) }, 'ERR_TLS_INVALID_OPTION', /pass cert too/);
    await assertError({ cert, key: cert }, 'ERR_TLS_INVALID_KEY', /PEM block 1 .* is a certificate, not a private key/);
    await assertError({ pfx: cert, cert }, 'ERR_TLS_INVALID_OPTION', /either pfx/);
    await assertError({ cert, key: 'nonsense' }, 'ERR_TLS_INVALID_KEY', /text without a PEM block/);
    await assertError({ cert, key: '' }, 'ERR_TLS_INVALID_KEY', /empty/);
    await assertError(
      { pfx: Buffer.from(await pkcs12([], leaf, [])).toString('latin1'), passphrase: PASSPHRASE },
      'ERR_TLS_INVALID_KEY',
      /decoded as text/,
    );
    const { privateKey } = generateKeyPairSync('ed25519');
    await assertError({ cert, key: keyPem(privateKey) }, 'ERR_TLS_INVALID_KEY', /keys with Ed25519 are not supported/);
    const openssh =
      '-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAAB\n-----END OPENSSH PRIVATE KEY-----\n';
    await assertError(
      { cert, key: openssh },
      'ERR_TLS_INVALID_KEY',
      /OpenSSH, not a private key.*ssh-keygen -p -m PKCS8/,
    );
    const certificates = await inDirectory({ 'cert.pem': cert }, async (run, read) => {
      await run('openssl', 'pkcs12', '-export', '-nokeys', '-in', 'cert.pem', '-out', 'out', '-passout', 'pass:x');
      return read('out');
    });
    const alone = await inDirectory({ 'key.pem': keyPem(leaf.key) }, async (run, read) => {
      await run('openssl', 'pkcs12', '-export', '-nocerts', '-inkey', 'key.pem', '-out', 'out', '-passout', 'pass:x');
      return read('out');
    });
    await assertError({ pfx: alone, passphrase: 'x' }, 'ERR_TLS_INVALID_OPTION', /no certificate: pass cert/);
    await assertError({ pfx: certificates, passphrase: 'x' }, 'ERR_TLS_INVALID_KEY', /only certificates/);
  });

  test('a damaged key or PKCS#12', async () => {
    const key = keyPem(leaf.key);
    await assertError(
      { cert, key: key.replace('END', 'ENDE') },
      'ERR_TLS_INVALID_KEY',
      /PEM block 1 at line 1|PEM block 1 .* END line/,
    );
    await assertError({ cert, key: key.replace(/\n(.)/, '\n*') }, 'ERR_TLS_INVALID_KEY', /damaged/);
    const pfx = await pkcs12([], leaf, []);
    for (const at of [30, Math.floor(pfx.length / 2), pfx.length - 90]) {
      const altered = Buffer.from(pfx);
      altered[at] ^= 1;
      const error = await identityError({ pfx: altered, passphrase: PASSPHRASE });
      assert.match(error.code, /ERR_TLS_(INVALID_KEY|PASSPHRASE_WRONG)/);
    }
  });
});

/** Replaces N and r. @param {Buffer} key as OpenSSL writes it, with N = 2 @param {number} n @param {number} r */
function rewriteScrypt(key, n, r) {
  const [algorithm, data] = der.elements(der.elements(key)[0].content);
  const [scheme, parameters] = der.elements(algorithm.content);
  const [kdf, cipher] = der.elements(parameters.content);
  const [id, fields] = der.elements(kdf.content);
  const [salt, , , p] = der.elements(fields.content);
  const changed = der.sequence(salt.der, der.integer(n), der.integer(r), p.der);
  return Buffer.from(
    der.sequence(der.sequence(scheme.der, der.sequence(der.sequence(id.der, changed), cipher.der)), data.der),
  );
}
