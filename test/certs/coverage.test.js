/**
 * certs/coverage/: every verify flag and parse error of Mbed TLS has a server in the lab that brings it about, or a
 * reason why none can.
 */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { DETAIL_CASES, ERROR_CASES } from '../../certs/coverage/errors.js';
import { FLAG_CASES } from '../../certs/coverage/flags.js';
import { pem, pemDer } from '../../certs/der.js';
import { CertificateSwap, certificateMessage, swappingRelay } from '../../certs/swap.js';
import { TrustStore, verifyChain } from '../../dist/index.js';
import { blankRequest } from '../../inspector/src/model/permalink.js';
import { verdict } from '../../inspector/src/model/words.js';
import { FLAGS } from '../../messages/flags.js';
import { fixOf } from '../../messages/problems.js';
import { DETAILS, KEY_ERRORS, namesOf, READ_ERRORS, X509_ERRORS } from '../../messages/unreadable.js';
import { labCases } from '../../scripts/lab/cases.js';
import { startLab } from '../../scripts/lab.js';
import { dial, hangUp, rejection, withServer } from '../helpers/client.js';
import { mbedtlsHeaders, mentionsOf } from '../helpers/mbedtls.js';
import { CASES, pki } from '../helpers/pki.js';
import { startNodeTls, startOpenssl } from '../helpers/servers.js';

/** @typedef {import('../../scripts/lab/cases.js').Declared} LabEntry */

const LIMIT = { timeout: 120_000 };

const headers = await mbedtlsHeaders();
/** @type {Awaited<ReturnType<typeof startLab>>} */
let lab;
before(async () => {
  lab = await startLab();
});
after(async () => {
  await hangUp();
  await lab.close();
});

/**
 * What connecting to the lab's server of a case ends in.
 * @param {string} id
 */
async function refusal(id) {
  const entry = labCases().find((one) => one.id === id);
  assert.ok(entry, `${id} is not in the lab`);
  const socket = await dial(pki(id), { port: Number(lab.targets[id].split(':')[1]) });
  return { entry, error: await rejection(socket.opened) };
}

/** What the inspector says of it. @param {LabEntry} entry @param {import('../../dist/index.js').TLSError} error */
function shown(entry, error) {
  const blank = blankRequest({ bridge: '', targets: {}, system: false });
  const request = { ...blank, address: entry.hostname, lab: { ...entry, opinions: [] } };
  const { verification = null } = error;
  return verdict({ request, info: null, verification, error });
}

/** @typedef {import('../../certs/coverage/flags.js').Live} Live */
/** @typedef {import('../../certs/coverage/flags.js').Unreachable} Unreachable */

/** @param {Record<string, Live | Unreachable>} table @returns {[string, Live][]} */
function live(table) {
  return Object.entries(table).flatMap(([name, one]) => ('case' in one ? [[name, one]] : []));
}

/** @param {Record<string, Live | Unreachable>} table @returns {[string, Unreachable][]} */
function unreachable(table) {
  return Object.entries(table).flatMap(([name, one]) => ('unreachable' in one ? [[name, one]] : []));
}

describe('the tables', () => {
  test("have the flags of Mbed TLS's x509.h, all 20 and no other", () => {
    assert.equal(Object.keys(headers.flags).length, 20);
    assert.deepEqual(Object.keys(FLAGS), Object.keys(headers.flags));
    assert.deepEqual(Object.keys(FLAG_CASES), Object.keys(headers.flags));
  });

  test('have the errors of x509.h, all 20 and no other, with their numbers', () => {
    const theirs = Object.entries(headers.errors).filter(([name]) => name.startsWith('X509_'));
    assert.equal(theirs.length, 20);
    assert.deepEqual(
      Object.entries(X509_ERRORS).map(([name, { code }]) => [name, code]),
      theirs.map(([name, { code }]) => [name, code]),
    );
  });

  test('have words and a case or a reason for the same errors and details', () => {
    assert.deepEqual(Object.keys(ERROR_CASES), Object.keys(READ_ERRORS));
    assert.deepEqual(Object.keys(DETAIL_CASES), Object.keys(DETAILS));
  });

  test('have the numbers that the headers give the errors of keys and the details', () => {
    for (const [name, { code }] of Object.entries({ ...KEY_ERRORS, ...DETAILS })) {
      assert.equal(code, headers.errors[name]?.code, name);
    }
  });

  test('say what each means, and what to do or why it cannot be', () => {
    const cases = { ...FLAG_CASES, ...ERROR_CASES };
    for (const [name, { means, fix }] of Object.entries({ ...FLAGS, ...READ_ERRORS })) {
      const one = cases[name];
      const sentences = [means, 'case' in one ? fix : one.unreachable];
      for (const sentence of sentences) assert.match(sentence ?? '', /^[A-Z].*\.$/, name);
      assert.equal('case' in one, !('unreachable' in one), name);
      assert.equal('case' in one, fix !== undefined, name);
    }
  });

  test('have a case for everything that the test PKI expects', () => {
    for (const { id, expected } of CASES) {
      for (const flag of expected.flags) assert.ok('case' in FLAG_CASES[flag], `${id}: ${flag}`);
      if (expected.error) assert.ok(expected.error in { ...ERROR_CASES, ...DETAIL_CASES }, `${id}: ${expected.error}`);
    }
  });

  for (const [name, { mentionedIn }] of unreachable(FLAG_CASES)) {
    test(`${name}: the library mentions it where the claim says, and nowhere else`, async () => {
      assert.deepEqual(await mentionsOf(`MBEDTLS_X509_${name}`), mentionedIn);
    });
  }
  for (const [name, { mentionedIn }] of unreachable(ERROR_CASES)) {
    test(`${name}: the library mentions it where the claim says, and nowhere else`, async () => {
      assert.deepEqual(await mentionsOf(`MBEDTLS_ERR_${name}`), mentionedIn);
    });
  }
});

describe('a live handshake', LIMIT, () => {
  for (const [flag, { case: id }] of live(FLAG_CASES)) {
    test(`${flag}: ${id} has it, alone, and the inspector says so`, async () => {
      const { entry, error } = await refusal(id);
      assert.equal(error.code, 'ERR_TLS_CERT_VERIFY_FAILED');
      assert.deepEqual(error.verification.flags, [flag]);
      assert.deepEqual(entry.flags, [flag]);
      assert.match(shown(entry, error).sentence, /^Not good: /);
      assert.equal(shown(entry, error).detail, fixOf(error.verification.problems[0]));
    });
  }

  for (const [name, { case: id }] of live(ERROR_CASES)) {
    const { means, fix } = READ_ERRORS[name];
    test(`${name}: ${id} ends in it, and the inspector says so`, async () => {
      const { entry, error } = await refusal(id);
      assert.equal(namesOf(error.native.code).error, name);
      if (name === 'X509_CERT_VERIFY_FAILED') return;
      assert.equal(error.code, 'ERR_TLS_CERT_PARSE');
      assert.equal(error.verification.flags.length, 0);
      const [problem] = error.verification.problems;
      assert.ok(problem.message.startsWith(headers.errors[name].text), problem.message);
      assert.deepEqual(shown(entry, error), {
        kind: 'bad',
        sentence: `Not good: the certificate of ${entry.hostname} cannot be read.`,
        detail: `${means} ${fix}`,
      });
    });
  }

  for (const [name, { case: id }] of Object.entries(DETAIL_CASES)) {
    test(`${name}: ${id} has it for a detail`, async () => {
      const { error } = await refusal(id);
      assert.equal(-error.native.code & 0x7f, DETAILS[name].code);
    });
  }

  for (const { id, expected } of CASES.filter(({ serve }) => !serve)) {
    test(`${id}: ${expected.error}, also without insisting on a good chain, and with OpenSSL behind the relay`, async () => {
      const subject = pki(id);
      await withServer(startOpenssl(pki('good-p256'), { args: ['-tls1_2'] }), async ({ port }) => {
        const relay = await listening(swappingRelay(() => port, pemDer('CERTIFICATE', subject.chain)));
        await withServer(relay, async () => {
          for (const rejectUnauthorized of [true, false]) {
            const error = await rejection((await dial(subject, relay, { rejectUnauthorized })).opened);
            assert.equal(error.code, 'ERR_TLS_CERT_PARSE');
            const { error: name, detail } = namesOf(error.native.code);
            assert.equal(name ?? detail, expected.error);
            assert.deepEqual(
              error.verification.sent
                .map((/** @type {import('../../dist/index.js').Certificate} */ { pem }) => pem.trim())
                .slice(0, 1),
              [subject.leaf.trim()],
            );
          }
        });
      });
    });
  }

  test('a server without a certificate breaks the protocol: no verdict, and no flag for it', async () => {
    await withServer(startNodeTls(pki('good-p256'), { maxVersion: 'TLSv1.2' }), async ({ port }) => {
      await withServer(listening(swappingRelay(() => port, [])), async (relay) => {
        const error = await rejection((await dial(pki('good-p256'), relay)).opened);
        assert.equal(error.code, 'ERR_TLS_PROTOCOL');
        assert.equal(error.verification?.flags.length ?? 0, 0);
      });
    });
  });

  test('behind a relay that puts in the very same certificates all is well', async () => {
    const subject = pki('good-p256');
    await withServer(startNodeTls(subject, { maxVersion: 'TLSv1.2' }), async ({ port }) => {
      await withServer(listening(swappingRelay(() => port, pemDer('CERTIFICATE', subject.chain))), async (relay) => {
        const { protocol } = await (await dial(subject, relay)).opened;
        assert.equal(protocol, 'TLSv1.2');
      });
    });
  });
});

/** @param {import('node:net').Server} server */
async function listening(server) {
  /** @type {Set<import('node:net').Socket>} */
  const sockets = new Set();
  server.on('connection', (socket) => sockets.add(socket));
  await new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve(undefined));
  });
  return {
    port: /** @type {import('node:net').AddressInfo} */ (server.address()).port,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}

test(
  'whichever byte of a certificate is changed, reading it ends in nothing but what the tables have',
  LIMIT,
  async () => {
    const { chain, roots, hostname, clock } = pki('good-p256');
    const [leaf, ...others] = pemDer('CERTIFICATE', chain);
    const trust = await TrustStore.from(roots);
    const known = [...live(ERROR_CASES).map(([name]) => name), ...Object.keys(DETAIL_CASES)].map(
      (name) => headers.errors[name].text,
    );
    let unread = 0;
    for (let at = 0; at < leaf.length; at++) {
      for (const value of [leaf[at] ^ 0x01, leaf[at] ^ 0x80, 0x00, 0xff]) {
        const changed = pem('CERTIFICATE', leaf.with(at, value));
        const { problems } = await verifyChain([changed, ...others], { trust, hostname, now: new Date(clock) });
        for (const { code, message } of problems) {
          if (code !== 'ERR_TLS_CERT_PARSE') continue;
          unread++;
          assert.ok(
            known.some((text) => message.startsWith(text)),
            `byte ${at} made ${value}: ${message}`,
          );
        }
      }
    }
    assert.ok(unread > leaf.length);
  },
);

describe('CertificateSwap', () => {
  const original = certificateMessage([new Uint8Array(300)]);
  const hello = Buffer.from('02000002aabb', 'hex');
  const done = Buffer.from('0e000000', 'hex');
  /** @param {number} type @param {Uint8Array} content */
  const record = (type, content) =>
    Buffer.concat([Buffer.from([type, 3, 3, content.length >> 8, content.length & 0xff]), content]);
  const swapped = Buffer.concat([hello, certificateMessage([Uint8Array.of(1, 2, 3)]), done]);

  /** @param {Uint8Array[]} chunks @returns {Promise<Buffer>} */
  async function through(chunks) {
    const swap = new CertificateSwap([Uint8Array.of(1, 2, 3)]);
    for (const chunk of chunks) swap.write(chunk);
    swap.end();
    return Buffer.concat(await swap.toArray());
  }

  /** @param {Buffer} bytes @returns {Buffer} what its handshake records hold */
  function handshake(bytes) {
    const parts = [];
    for (let at = 0; at < bytes.length; at += 5 + bytes.readUInt16BE(at + 3)) {
      if (bytes[at] === 22) parts.push(bytes.subarray(at + 5, at + 5 + bytes.readUInt16BE(at + 3)));
    }
    return Buffer.concat(parts);
  }

  const flight = Buffer.concat([hello, original, done]);
  const ways = {
    'one record': [record(22, flight)],
    'a record for each message': [record(22, hello), record(22, original), record(22, done)],
    'records that cut messages': [
      record(22, flight.subarray(0, 7)),
      record(22, flight.subarray(7, 99)),
      record(22, flight.subarray(99)),
    ],
    'byte after byte': [...record(22, flight)].map((octet) => Uint8Array.of(octet)),
  };
  for (const [name, chunks] of Object.entries(ways)) {
    test(`${name}: the message is another, and all else as it was`, async () => {
      assert.deepEqual(handshake(await through(chunks)), swapped);
    });
  }

  test('lets through what is no handshake, and whatever follows', async () => {
    const alert = record(21, Uint8Array.of(2, 40));
    assert.deepEqual(await through([alert]), alert);
    const data = record(23, Uint8Array.of(9, 9, 9));
    const all = await through([record(22, flight), data, record(22, original)]);
    assert.ok(all.includes(data));
    assert.ok(all.subarray(-original.length).equals(original), 'only the first message is swapped');
  });

  test('cuts a long message into records', async () => {
    const swap = new CertificateSwap([new Uint8Array(40_000)]);
    swap.end(record(22, flight));
    const all = Buffer.concat(await swap.toArray());
    assert.equal(handshake(all).length, hello.length + done.length + 4 + 3 + 3 + 40_000);
  });
});
