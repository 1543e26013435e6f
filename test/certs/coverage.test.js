/**
 * certs/coverage/: for every verify flag of Mbed TLS, and every field and reason of unreadable certificates, a server
 * produces it, or the tables say why none can.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { DAMAGES, IMPOSSIBLE } from '../../certs/coverage/damages.js';
import { FIELD_CASES, REASON_CASES, RULE_CASES } from '../../certs/coverage/errors.js';
import { FLAG_CASES } from '../../certs/coverage/flags.js';
import { pem, pemDer } from '../../certs/der.js';
import { CertificateSwap, certificateMessage, swappingRelay } from '../../certs/swap.js';
import { TrustStore, verifyChain } from '../../dist/index.js';
import { blankRequest } from '../../inspector/src/model/permalink.js';
import { outcome } from '../../inspector/src/model/format.js';
import { FLAGS } from '../../messages/flags.js';
import { fixOf, PROBLEMS } from '../../messages/problems.js';
import { FIELDS, REASONS, unreadableText } from '../../messages/unreadable.js';
import { rulesOf } from '../../scripts/errors-doc.js';
import { labCases } from '../../scripts/lab/cases.js';
import { startLab } from '../../scripts/lab.js';
import { fieldsOf, reasonsOf } from '../../scripts/problem-codes.js';
import { inProject } from '../../scripts/run.js';
import { dial, closeDialled, rejection, withServer } from '../helpers/client.js';
import { mbedtlsFlags, filesMentioning } from '../helpers/mbedtls.js';
import { CASES, pki } from '../helpers/pki.js';
import { startNodeTls, startOpenssl } from '../helpers/servers.js';

/** @typedef {import('../../dist/index.js').Problem} Problem */
/** @typedef {import('../../scripts/lab/cases.js').Declared} LabEntry */

const LIMIT = { timeout: 120_000 };

const flags = await mbedtlsFlags();
/** @type {Awaited<ReturnType<typeof startLab>>} */
let lab;
before(async () => {
  lab = await startLab();
});
after(async () => {
  await closeDialled();
  await lab.close();
});

/**
 * Connects to the lab's server of a case, which must fail.
 * @param {string} id
 */
async function failedConnection(id) {
  const entry = labCases().find((one) => one.id === id);
  assert.ok(entry, `${id} is not in the lab`);
  const socket = await dial(pki(id), { port: Number(lab.targets[id].split(':')[1]) });
  return { entry, error: await rejection(socket.opened) };
}

/** The outcome that the inspector shows. @param {LabEntry} entry @param {import('../../dist/index.js').TLSError} error */
function shown(entry, error) {
  const blank = blankRequest({ bridge: '', targets: {}, system: false });
  const request = { ...blank, address: entry.hostname, lab: { ...entry, opinions: [] } };
  const { verification = null } = error;
  return outcome({ request, info: null, verification, error });
}

/** The unreadable fields and reasons, as "field: reason". @param {Problem[]} problems */
const readErrorsOf = (problems) =>
  problems.filter(({ rule }) => rule === 'PARSE').map(({ field, reason }) => `${field}: ${reason}`);

/** The broken rules, as "depth: RULE". @param {Problem[]} problems */
const brokenRulesOf = (problems) =>
  problems.filter(({ rule }) => rule !== 'PARSE').map(({ depth, rule }) => `${depth}: ${rule}`);

/** @typedef {import('../../certs/coverage/flags.js').Reachable} Reachable */
/** @typedef {import('../../certs/coverage/flags.js').Unreachable} Unreachable */

/** @param {Record<string, Reachable | Unreachable>} table @returns {[string, Reachable][]} */
function reachable(table) {
  return Object.entries(table).flatMap(([name, one]) => ('case' in one ? [[name, one]] : []));
}

/** @param {Record<string, Reachable | Unreachable>} table @returns {[string, Unreachable][]} */
function unreachable(table) {
  return Object.entries(table).flatMap(([name, one]) => ('unreachable' in one ? [[name, one]] : []));
}

describe('the tables', () => {
  test("have exactly the 20 flags of Mbed TLS's x509.h", () => {
    assert.equal(flags.length, 20);
    for (const table of [FLAGS, FLAG_CASES]) assert.deepEqual(Object.keys(table), flags);
  });

  const definitions = readFileSync(inProject('wasm', 'x509', 'read_errors.def'), 'utf8');
  const fields = fieldsOf(definitions);

  test("have exactly the fields and reasons of the core's parser, and texts for them", () => {
    assert.ok(fields.length > 15);
    const names = fields.map(({ name }) => name);
    const reasons = reasonsOf(definitions);
    assert.equal(reasons.length, 6);
    for (const table of [FIELDS, FIELD_CASES]) assert.deepEqual(Object.keys(table), names);
    for (const table of [REASONS, REASON_CASES]) assert.deepEqual(Object.keys(table), reasons);
  });

  test('have a damage for every field and reason, or say why none is possible', () => {
    const pairs = reachable(FIELD_CASES).flatMap(([field]) =>
      Object.keys(REASONS).map((reason) => `${field}: ${reason}`),
    );
    assert.deepEqual([...Object.keys(DAMAGES), ...Object.keys(IMPOSSIBLE)].sort(), pairs.sort());
    for (const [pair, why] of Object.entries(IMPOSSIBLE)) assert.match(why, /^[A-Z].*\.$/, pair);
  });

  test('have only existing rules', () => {
    const rules = rulesOf(readFileSync(inProject('wasm', 'verify', 'rules.def'), 'utf8')).flatMap(
      (group) => group.rules,
    );
    for (const rule of Object.keys(RULE_CASES))
      assert.ok(
        rules.some((one) => one.rule === rule),
        rule,
      );
  });

  test('say what each flag means, and how to fix it or why no server produces it', () => {
    for (const [name, { means, fix }] of Object.entries(FLAGS)) {
      const one = FLAG_CASES[name];
      const sentences = [means, 'case' in one ? fix : one.unreachable];
      for (const sentence of sentences) assert.match(sentence ?? '', /^[A-Z].*\.$/, name);
      assert.equal('case' in one, !('unreachable' in one), name);
      assert.equal('case' in one, fix !== undefined, name);
    }
    for (const [name, { unreachable: why }] of unreachable(FIELD_CASES)) assert.match(why, /^[A-Z].*\.$/, name);
  });

  test('cover every flag and read error that the test PKI expects', () => {
    for (const { id, expected } of CASES) {
      for (const flag of expected.flags) assert.ok('case' in FLAG_CASES[flag], `${id}: ${flag}`);
      if (expected.error) assert.ok(expected.error in DAMAGES, `${id}: ${expected.error}`);
    }
  });

  for (const [name, { mentionedIn }] of unreachable(FLAG_CASES)) {
    test(`list the files of the library that use ${name}`, async () => {
      assert.deepEqual(await filesMentioning(`MBEDTLS_X509_${name}`), mentionedIn);
    });
  }
  for (const [name, { mentionedIn }] of unreachable(FIELD_CASES)) {
    test(`list the files of the core that read ${name}`, () => {
      const word = new RegExp(`\\bPAGETLS_FIELD_${fields.find((field) => field.name === name)?.id}\\b`);
      const sources = readdirSync(inProject('wasm', 'x509')).filter((file) => file.endsWith('.c'));
      const found = sources.filter((file) => word.test(readFileSync(inProject('wasm', 'x509', file), 'utf8')));
      assert.deepEqual(found, mentionedIn);
    });
  }
});

describe('a live handshake', LIMIT, () => {
  for (const [flag, { case: id }] of reachable(FLAG_CASES)) {
    test(`with ${id} sets only ${flag}, and the inspector explains it`, async () => {
      const { entry, error } = await failedConnection(id);
      assert.equal(error.code, 'ERR_TLS_CERT_VERIFY_FAILED');
      assert.deepEqual(error.verification.flags, [flag]);
      assert.deepEqual(entry.flags, [flag]);
      assert.match(shown(entry, error).sentence, /^Not trusted: /);
      assert.equal(shown(entry, error).detail, fixOf(error.verification.problems[0]));
    });
  }

  const unread = [
    ...reachable(FIELD_CASES).map(([field, { case: id }]) => ({ id, name: field, part: 'field' })),
    ...reachable(REASON_CASES).map(([reason, { case: id }]) => ({ id, name: reason, part: 'reason' })),
  ];
  for (const { id, name, part } of unread) {
    test(`with ${id} reports the ${part} ${name}, and the inspector explains it`, async () => {
      const { entry, error } = await failedConnection(id);
      assert.equal(error.code, 'ERR_TLS_CERT_PARSE');
      assert.equal(error.verification.flags.length, 0);
      const [problem] = error.verification.problems;
      assert.equal(problem[part], name);
      assert.equal(entry.error, `${problem.field}: ${problem.reason}`);
      assert.ok(problem.message.startsWith(`The certificate cannot be read: ${problem.field} `), problem.message);
      const { sentence, fix } = unreadableText(problem) ?? {};
      assert.deepEqual(shown(entry, error), {
        kind: 'bad',
        sentence: `Not trusted: the certificate of ${entry.hostname} cannot be read.`,
        detail: `${sentence} ${fix}`,
      });
    });
  }

  for (const [rule, { case: id }] of reachable(RULE_CASES)) {
    test(`with ${id} reads the certificate, reports ${rule}, and the inspector says what to do`, async () => {
      const { entry, error } = await failedConnection(id);
      assert.equal(error.code, 'ERR_TLS_CERT_VERIFY_FAILED');
      const { problems, sent } = error.verification;
      assert.equal(problems[0].rule, rule);
      assert.deepEqual(readErrorsOf(problems), []);
      assert.ok(sent[0].subject);
      assert.equal(shown(entry, error).detail, PROBLEMS[rule].fix);
      assert.equal(entry.advice, PROBLEMS[rule].fix);
    });
  }

  for (const { id, expected } of CASES.filter(({ serve }) => !serve)) {
    const problem = expected.error ?? (expected.problems ?? []).join(', ');
    test(`with ${id} swapped in before OpenSSL reports ${problem}, even with rejectUnauthorized: false`, async () => {
      const subject = pki(id);
      await withServer(startOpenssl(pki('good-p256'), { args: ['-tls1_2'] }), async ({ port }) => {
        const relay = await listening(swappingRelay(() => port, pemDer('CERTIFICATE', subject.chain)));
        await withServer(relay, async () => {
          for (const rejectUnauthorized of [true, false]) {
            const error = await rejection((await dial(subject, relay, { rejectUnauthorized })).opened);
            const unusable = rejectUnauthorized ? 'ERR_TLS_CERT_VERIFY_FAILED' : 'ERR_TLS_SERVER_KEY';
            assert.equal(error.code, expected.error ? 'ERR_TLS_CERT_PARSE' : unusable);
            const { problems } = error.verification;
            assert.deepEqual(readErrorsOf(problems), expected.error ? [expected.error] : []);
            assert.deepEqual(brokenRulesOf(problems), expected.problems ?? []);
            assert.deepEqual(error.verification.flags, expected.flags);
            assert.deepEqual(
              error.verification.sent
                .map((/** @type {import('../../dist/index.js').WholeCertificate} */ { pem }) => pem.trim())
                .slice(0, 1),
              [subject.leaf.trim()],
            );
          }
        });
      });
    });
  }

  describe('with a damaged certificate', () => {
    const subject = pki('good-rsa2048');
    const [leaf, ...others] = pemDer('CERTIFICATE', subject.chain);
    /** @type {Awaited<ReturnType<typeof startNodeTls>>} */
    let server;
    before(async () => {
      server = await startNodeTls(subject, { maxVersion: 'TLSv1.2' });
    });
    after(() => server.close());
    for (const [pair, damage] of Object.entries(DAMAGES)) {
      test(`reports and explains ${pair}`, async () => {
        const chain = [damage(leaf), ...others];
        await withServer(listening(swappingRelay(() => server.port, chain)), async (relay) => {
          const error = await rejection((await dial(subject, relay)).opened);
          assert.equal(error.code, 'ERR_TLS_CERT_PARSE');
          assert.deepEqual(readErrorsOf(error.verification.problems), [pair]);
          const [problem] = error.verification.problems;
          assert.equal(fixOf(problem), `${unreadableText(problem)?.sentence} ${REASONS[problem.reason].fix}`);
          assert.deepEqual(Buffer.from(error.verification.sent[0].der), Buffer.from(chain[0]));
        });
      });
    }
  });

  test('with a server that sends no certificate fails with ERR_TLS_NO_CERTIFICATE and sets no flag', async () => {
    await withServer(startNodeTls(pki('good-p256'), { maxVersion: 'TLSv1.2' }), async ({ port }) => {
      await withServer(listening(swappingRelay(() => port, [])), async (relay) => {
        const error = await rejection((await dial(pki('good-p256'), relay)).opened);
        assert.equal(error.code, 'ERR_TLS_NO_CERTIFICATE');
        assert.equal(error.verification?.flags.length ?? 0, 0);
      });
    });
  });

  test('succeeds behind a relay that swaps in the same certificates', async () => {
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

test('whichever byte of a certificate is changed, the tables have every read error that follows', LIMIT, async () => {
  const { chain, roots, hostname, clock } = pki('good-p256');
  const [leaf, ...others] = pemDer('CERTIFICATE', chain);
  const trust = await TrustStore.from(roots);
  let readErrors = 0;
  /** @type {Set<string>} */
  const kinds = new Set();
  for (let at = 0; at < leaf.length; at++) {
    for (const value of [leaf[at] ^ 0x01, leaf[at] ^ 0x80, 0x00, 0xff]) {
      const changed = pem('CERTIFICATE', leaf.with(at, value));
      const { problems } = await verifyChain([changed, ...others], { trust, hostname, now: new Date(clock) });
      for (const pair of readErrorsOf(problems)) {
        readErrors++;
        kinds.add(pair);
        assert.ok(pair in DAMAGES, `byte ${at} set to ${value}: ${pair}`);
      }
    }
  }
  assert.ok(readErrors > 400 && kinds.size > 40, `${readErrors} of ${kinds.size} kinds`);
});

/** TLS content types (RFC 5246 section 6.2.1). */
const [ALERT, HANDSHAKE, APPLICATION_DATA] = [21, 22, 23];
const RECORD_HEADER_BYTES = 5;

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

  /** @param {Buffer} bytes @returns {Buffer} the content of its handshake records */
  function handshake(bytes) {
    const parts = [];
    for (let at = 0, end; at < bytes.length; at = end) {
      end = at + RECORD_HEADER_BYTES + bytes.readUInt16BE(at + 3);
      if (bytes[at] === HANDSHAKE) parts.push(bytes.subarray(at + RECORD_HEADER_BYTES, end));
    }
    return Buffer.concat(parts);
  }

  const flight = Buffer.concat([hello, original, done]);
  const splits = {
    'one record': [record(HANDSHAKE, flight)],
    'a record for each message': [record(HANDSHAKE, hello), record(HANDSHAKE, original), record(HANDSHAKE, done)],
    'records that split messages': [
      record(HANDSHAKE, flight.subarray(0, 7)),
      record(HANDSHAKE, flight.subarray(7, 99)),
      record(HANDSHAKE, flight.subarray(99)),
    ],
    'one byte at a time': [...record(HANDSHAKE, flight)].map((octet) => Uint8Array.of(octet)),
  };
  for (const [name, chunks] of Object.entries(splits)) {
    test(`replaces only the Certificate message in ${name}`, async () => {
      assert.deepEqual(handshake(await through(chunks)), swapped);
    });
  }

  test('forwards other records, and everything after the Certificate message', async () => {
    const alert = record(ALERT, Uint8Array.of(2, 40));
    assert.deepEqual(await through([alert]), alert);
    const data = record(APPLICATION_DATA, Uint8Array.of(9, 9, 9));
    const all = await through([record(HANDSHAKE, flight), data, record(HANDSHAKE, original)]);
    assert.ok(all.includes(data));
    assert.ok(all.subarray(-original.length).equals(original), 'only the first message is swapped');
  });

  test('splits a long message into records', async () => {
    const swap = new CertificateSwap([new Uint8Array(40_000)]);
    swap.end(record(HANDSHAKE, flight));
    const all = Buffer.concat(await swap.toArray());
    assert.equal(handshake(all).length, hello.length + done.length + 4 + 3 + 3 + 40_000);
  });
});
