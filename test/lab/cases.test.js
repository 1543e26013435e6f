/** The lab without its page: its index, the results of OpenSSL and GnuTLS, and its servers. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { PROFILES } from '../../certs/profiles.js';
import { connect, tcp, TrustStore, verifyChain } from '../../dist/index.js';
import { newRecording, recordingTransport } from '../../inspector/src/model/recorder.js';
import { recordsOf, streamOf } from '../../inspector/src/model/records.js';
import { FLAGS } from '../../messages/flags.js';
import { FIELDS, REASONS } from '../../messages/unreadable.js';
import { startBridge } from '../../scripts/bridge.js';
import { buildLab, LAB, writeLab } from '../../scripts/lab/files.js';
import { startLab } from '../../scripts/lab.js';
import { gnutlsVersion, opensslVersion } from '../../scripts/reference-verifiers.js';
import { inProject, root } from '../../scripts/run.js';
import { pki } from '../helpers/pki.js';

/** @typedef {import('../../inspector/src/types.js').LabCase} LabCase */
/** @typedef {import('../../inspector/src/types.js').LabIndex} LabIndex */

await buildLab();
/** @type {LabIndex} */
const index = JSON.parse(readFileSync(join(LAB, 'index.json'), 'utf8'));
const { cases, unreachable } = index;

/** @param {string} id @returns {LabCase} */
function labCase(id) {
  const found = cases.find((one) => one.id === id);
  assert.ok(found, id);
  return found;
}

/** @param {LabCase} one @param {'chain' | 'roots' | 'crl'} what */
function file({ id }, what) {
  const path = join(LAB, id, `${what}.pem`);
  return existsSync(path) ? readFileSync(path, 'utf8') : null;
}

/** The options for verifyChain() or connect(). @param {LabCase} one */
async function optionsOf(one) {
  const trust = await TrustStore.from(file(one, 'roots') ?? '');
  const { profile, clock } = one;
  return { trust, profile, now: new Date(clock ?? NaN), crls: file(one, 'crl') ?? undefined };
}

describe('the index', () => {
  test('has every profile of the test PKI once, as declared', () => {
    assert.equal(new Set(cases.map(({ id }) => id)).size, cases.length);
    for (const { id, title, hostname, clock, expected, profile, serve } of PROFILES) {
      const one = labCase(id);
      const { flags, error = null } = expected;
      assert.deepEqual(
        [one.title, one.hostname, one.clock, one.profile, one.flags, one.error],
        [title, hostname, clock, profile, flags, error],
      );
      assert.equal(one.kind === 'swapped', !serve, id);
      assert.equal(file(one, 'chain'), pki(id).chain);
      assert.equal(file(one, 'crl'), pki(id).crl ?? null);
    }
  });

  test('lists valid cases first, then each group in one piece', () => {
    const groups = cases.map(({ group }) => group);
    const pieces = groups.filter((group, at) => group !== groups[at - 1]);
    assert.equal(pieces[0], 'Valid');
    assert.equal(new Set(pieces).size, pieces.length, pieces.join());
    for (const { group, expected } of cases) assert.equal(group === 'Valid', expected === 'good');
  });

  test('has a case or a reason for each flag and unreadable field, and a case for each parse error', () => {
    const named = (/** @type {(one: LabCase) => string[]} */ names, /** @type {{ name: string }[]} */ never) =>
      new Set([...cases.flatMap(names), ...never.map(({ name }) => name)]);
    const flags = named((one) => one.flags, unreachable.flags);
    for (const flag of Object.keys(FLAGS)) assert.ok(flags.has(flag), flag);
    const fields = named(({ error }) => error?.split(': ').slice(0, 1) ?? [], unreachable.errors);
    for (const field of Object.keys(FIELDS)) assert.ok(fields.has(field), field);
    const reasons = named(({ error }) => error?.split(': ').slice(1) ?? [], []);
    for (const reason of Object.keys(REASONS)) assert.ok(reasons.has(reason), reason);
    for (const { means, reason } of [...unreachable.flags, ...unreachable.errors]) {
      for (const sentence of [means, reason]) assert.match(sentence, /^[A-Z].*\.$/);
    }
  });

  test('explains each case, and what to do, in sentences', () => {
    for (const { id, explain, advice, expected, address, kind } of cases) {
      assert.match(explain, /^[A-Z].*\.$/, id);
      if (expected !== 'good') assert.match(advice ?? '', /^[A-Z].*\.$/, id);
      assert.equal(new Set(cases.map((one) => one.address)).size, cases.length, address);
      assert.ok(['served', 'swapped', 'handshake'].includes(kind));
    }
  });

  test('has exactly the declared files, and no private key', () => {
    for (const one of cases) {
      assert.deepEqual(
        readdirSync(join(LAB, one.id)).sort(),
        [one.hasChain && 'chain.pem', one.hasCrl && 'crl.pem', 'roots.pem'].filter(Boolean),
      );
      for (const what of /** @type {const} */ (['chain', 'roots', 'crl'])) {
        assert.ok(!/PRIVATE KEY/.test(file(one, what) ?? ''), one.id);
      }
    }
  });
});

describe('the files of each case', () => {
  for (const one of cases.filter(({ hasChain }) => hasChain)) {
    test(`${one.id}: have the declared result`, async () => {
      const { ok, flags, problems, warnings } = await verifyChain(file(one, 'chain') ?? '', {
        ...(await optionsOf(one)),
        hostname: one.hostname,
      });
      assert.deepEqual(flags.toSorted(), one.flags.toSorted());
      assert.equal(ok, one.flags.length === 0 && one.error === null);
      const unread = problems.filter(({ rule }) => rule === 'PARSE');
      assert.deepEqual(
        unread.map(({ field, reason }) => `${field}: ${reason}`),
        one.error === null ? [] : [one.error],
      );
      const expected = PROFILES.find(({ id }) => id === one.id)?.expected;
      const declared = expected?.problems;
      if (expected?.ok) {
        const warned = warnings.map(({ depth, rule }) => `${depth}: ${rule}`);
        assert.deepEqual(warned, expected.warnings ?? []);
      }
      const broken = problems.filter((problem) => !unread.includes(problem));
      const rules = broken.map(({ depth, rule }) => `${depth}: ${rule}`);
      if (declared) assert.deepEqual(rules, declared);
      else assert.equal(broken.length, one.flags.length);
    });
  }
});

describe('the results of OpenSSL and GnuTLS', () => {
  test('exist for every chain, with their output and versions', async () => {
    const versions = [await opensslVersion(), await gnutlsVersion()];
    for (const version of versions) assert.match(version ?? '', /^(OpenSSL|GnuTLS) \d/);
    for (const { id, hasChain, opinions, clock } of cases) {
      assert.deepEqual(
        opinions.map(({ program }) => program),
        hasChain ? versions : [],
        id,
      );
      for (const { message, at, program } of opinions) {
        assert.match(message, /\w/, `${id}: ${program}`);
        for (const place of [root, tmpdir(), '/']) assert.ok(!message.startsWith(place), message);
        assert.ok(!message.includes(root), message);
        if (program.startsWith('OpenSSL')) assert.equal(Date.parse(at), Date.parse(clock ?? ''));
      }
    }
  });

  test('are, for OpenSSL, what the profiles declare', () => {
    for (const { id, openssl } of PROFILES) {
      const [{ ok, message }] = labCase(id).opinions;
      assert.equal(ok, openssl === 'ok' ? true : openssl === 'unreadable' ? null : false, `${id}: ${message}`);
      if (ok === false) assert.ok(message.includes(openssl), `${id}: ${message}`);
    }
  });

  test('differ from each other, and from pagetls, in some cases', () => {
    const kinds = new Set(
      cases.flatMap(({ opinions }) => (opinions.length > 0 ? [opinions.map(({ ok }) => String(ok)).join()] : [])),
    );
    for (const kind of ['true,true', 'false,false', 'false,true', 'null,null']) assert.ok(kinds.has(kind), kind);
  });

  test('are missing if neither program is installed', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'pagetls-lab-'));
    try {
      await writeLab(folder, inProject('build/certs'), { openssl: null, gnutls: null });
      /** @type {LabIndex} */
      const other = JSON.parse(readFileSync(join(folder, 'index.json'), 'utf8'));
      assert.equal(other.cases.length, cases.length);
      for (const { opinions } of other.cases) assert.deepEqual(opinions, []);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('the servers, through the bridge', () => {
  /** @type {import('../../scripts/lab.js').Lab} */
  let lab;
  /** @type {import('../../scripts/bridge.js').Bridge} */
  let bridge;
  before(async () => {
    lab = await startLab();
    bridge = await startBridge({ allowTargets: [...new Set(Object.values(lab.targets))], allowMissingOrigin: true });
  });
  after(async () => {
    await bridge?.close();
    await lab?.close();
  });

  test('exist for each case', () => {
    assert.deepEqual(Object.keys(lab.targets).sort(), cases.map(({ id }) => id).sort());
    for (const target of Object.values(lab.targets)) assert.match(target, /^127\.0\.0\.1:\d+$/);
  });

  /**
   * Connects as the page does: completes the handshake, and sends a request if the chain is valid.
   * @param {LabCase} one
   * @param {import('../../dist/index.js').ConnectOptions} transport
   */
  async function inspect(one, transport) {
    const socket = connect(lab.targets[one.id], {
      ...(await optionsOf(one)),
      servername: one.hostname,
      rejectUnauthorized: false,
      timeout: one.id === 'silent' ? 1000 : 10_000,
      ...transport,
    });
    let text = '';
    try {
      const { verification, protocol } = await socket.opened;
      if (verification.ok) {
        await socket.write(`GET / HTTP/1.1\r\nHost: ${one.hostname}\r\nConnection: close\r\n\r\n`);
        for (let bytes = await socket.read(); bytes; bytes = await socket.read()) text += Buffer.from(bytes).toString();
      }
      return { verification, error: null, protocol, text };
    } catch (error) {
      assert.ok(error instanceof Error && 'code' in error, String(error));
      return {
        verification: null,
        protocol: null,
        text,
        error: /** @type {import('../../dist/index.js').TLSError} */ (error),
      };
    } finally {
      await socket.close().catch(() => {});
    }
  }

  for (const one of cases) {
    test(`${one.id}: ${one.expected}`, async () => {
      const { verification, error, text } = await inspect(one, { bridge: bridge.url });
      const result = verification ?? error?.verification;
      if (one.expected === 'fails') {
        assert.equal(error?.code, one.code);
        if (result) assert.deepEqual(result.flags, []);
        assert.equal(/200 OK/.test(text), one.id === 'cut-off');
        return;
      }
      assert.equal(result?.ok, one.expected === 'good');
      assert.deepEqual(result?.flags.toSorted(), one.flags.toSorted());
      const swapped = one.error === null ? 'ERR_TLS_SERVER_KEY' : 'ERR_TLS_CERT_PARSE';
      assert.equal(error?.code, one.kind === 'swapped' ? swapped : undefined);
      if (one.expected === 'good') assert.match(text, /End of the answer\./);
    });
  }

  /** Connects, and returns the received records too. @param {string} id */
  async function recorded(id) {
    const recording = newRecording();
    const transport = recordingTransport(tcp(), recording, { started: performance.now() });
    const { error, text } = await inspect(labCase(id), { transport });
    const bytes = streamOf(recording, 'received');
    return { error, text, bytes, records: recordsOf(bytes) };
  }

  test('alter the message that the case names', async () => {
    const encrypted = (/** @type {import('../../inspector/src/model/records.js').WireRecord[]} */ records) =>
      records.filter(({ clear }) => !clear);
    const { records } = await recorded('altered-finished');
    // Finished with SHA-256 or SHA-384: header, message header, digest, content type, tag (RFC 8446, section 5.2).
    assert.ok([5 + 4 + 32 + 17, 5 + 4 + 48 + 17].includes(encrypted(records)[3].length));
    assert.equal(records[0].name, 'ServerHello');
    const chain =
      pki('good-zone')
        .chain.match(/[A-Za-z0-9+/=]{5,}/g)
        ?.join('').length ?? 0;
    assert.ok(encrypted((await recorded('altered-certificate')).records)[1].length > chain / 2);
    const { error, text } = await recorded('altered-data');
    assert.deepEqual([error?.code, text], ['ERR_TLS_BAD_RECORD', '']);
  });

  test('truncate the response halfway', async () => {
    const { text } = await recorded('cut-off');
    assert.match(text, /Wildcard for a whole zone/);
    assert.ok(!text.includes('End of the answer.'));
  });

  test('mark the random when TLS 1.3 was removed from the offer', async () => {
    const { bytes } = await recorded('downgrade');
    const random = bytes.subarray(5 + 4 + 2, 5 + 4 + 2 + 32);
    assert.equal(Buffer.from(random.subarray(24)).toString('latin1'), 'DOWNGRD\x01');
  });
});
