/** Parts of the lab: the altering relay, folders filled once, addresses, the filter, records. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect as dialTcp, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { TrustStore, verifyChain } from '../../dist/index.js';
import {
  clockRange,
  defaultSettings,
  hashFor,
  matchesFilter,
  readHash,
  settingsFrom,
} from '../../inspector/src/model/lab.js';
import { locateByte, recordsOf } from '../../inspector/src/model/records.js';
import { fillFolder } from '../../scripts/folder-cache.js';
import { alteringRelay, withBitFlipped } from '../../scripts/lab/altering-relay.js';
import { buildLab, LAB } from '../../scripts/lab/files.js';
import { pki } from '../helpers/pki.js';

await buildLab();
/** @type {import('../../inspector/src/types.js').LabIndex} */
const { cases } = JSON.parse(readFileSync(join(LAB, 'index.json'), 'utf8'));

/** @param {string} id */
function labCase(id) {
  const found = cases.find((one) => one.id === id);
  assert.ok(found, id);
  return found;
}

describe('the altering relay', () => {
  const record = (/** @type {number} */ type, /** @type {string} */ body) =>
    Buffer.concat([Buffer.from([type, 3, 3, 0, body.length]), Buffer.from(body)]);

  /**
   * Sends bytes through it one by one, and returns what arrives.
   * @param {Parameters<typeof alteringRelay>[1]} rules
   * @param {Buffer} sent by the server
   */
  async function through(rules, sent) {
    const server = createServer((socket) => {
      for (const byte of sent) socket.write(Uint8Array.of(byte));
      socket.end();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const relay = alteringRelay(
      () => /** @type {import('node:net').AddressInfo} */ (server.address()).port,
      rules,
    ).listen(0, '127.0.0.1');
    await once(relay, 'listening');
    const { port } = /** @type {import('node:net').AddressInfo} */ (relay.address());
    const client = dialTcp(port, '127.0.0.1');
    const chunks = await client.toArray();
    client.destroy();
    relay.close();
    server.close();
    return Buffer.concat(chunks);
  }
  const sent = Buffer.concat([record(22, 'hello'), record(23, 'first'), record(23, 'second')]);

  test('forwards records unchanged without rules', async () => {
    assert.deepEqual(await through(() => ({}), sent), sent);
  });

  test('flips one bit of the record that the rule selects', async () => {
    const got = await through(
      () => ({ fromServer: (one, counts) => (one[0] === 23 && counts.server === 2 ? withBitFlipped(one, 6) : one) }),
      sent,
    );
    const different = [...got].flatMap((byte, at) => (byte === sent[at] ? [] : [[at, byte ^ sent[at]]]));
    assert.deepEqual(different, [[10 + 10 + 6, 1]]);
  });

  test('closes the connection where the rule returns null', async () => {
    const got = await through(() => ({ fromServer: (one, counts) => (counts.server > 1 ? null : one) }), sent);
    assert.deepEqual(got, sent.subarray(0, 20));
  });
});

describe('a folder that is filled once', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pagetls-filled-'));
  after(() => rmSync(folder, { recursive: true }));
  const target = join(folder, 'target');
  /** @param {string} text */
  const writing = (text) => async (/** @type {string} */ place) => writeFileSync(join(place, 'file'), text);
  const content = () => readFileSync(join(target, 'file'), 'utf8');

  test('is filled again only for a different digest', async () => {
    await fillFolder(target, 'a', writing('first'));
    await fillFolder(target, 'a', writing('not written'));
    assert.equal(content(), 'first');
    await fillFolder(target, 'b', writing('second'));
    assert.equal(content(), 'second');
  });

  test('is unchanged when filling fails, and no temporary folder remains', async () => {
    await assert.rejects(
      fillFolder(target, 'c', async () => {
        throw new Error('in the middle');
      }),
      /in the middle/,
    );
    assert.equal(content(), 'second');
    assert.deepEqual(readdirSync(folder), ['target']);
  });

  test('is complete when several processes fill it at once', async () => {
    await Promise.all(['x', 'x', 'x'].map((text) => fillFolder(target, 'd', writing(text))));
    assert.equal(content(), 'x');
    assert.deepEqual(readdirSync(folder), ['target']);
  });
});

describe('a link to a case', () => {
  const one = labCase('expired');

  test('holds only the settings that were changed', () => {
    const defaults = defaultSettings(one);
    assert.equal(hashFor(one, defaults), '#expired');
    const changed = {
      ...defaults,
      now: new Date('2021-06-01T12:00:00Z'),
      trust: /** @type {const} */ ('none'),
      crl: false,
    };
    const hash = hashFor(one, { ...changed, hostname: 'a&b#c', profile: 'suiteb' });
    const read = readHash(hash);
    assert.equal(read?.id, 'expired');
    assert.deepEqual(settingsFrom(one, read.changes), { ...changed, hostname: 'a&b#c', profile: 'suiteb' });
  });

  test('ignores values that it does not understand', () => {
    for (const hash of ['', '#', '#a b', '#expired/x', '#?at=2021']) assert.equal(readHash(hash), null, hash);
    const changes = new URLSearchParams('at=never&trust=everybody&profile=none&crl=perhaps');
    assert.deepEqual(settingsFrom(one, changes), defaultSettings(one));
  });
});

describe('the filter', () => {
  const all = { text: '', flag: '', outcome: /** @type {const} */ ('') };
  const ids = (/** @type {Partial<import('../../inspector/src/model/lab.js').Filter>} */ filter) =>
    cases.filter((one) => matchesFilter(one, { ...all, ...filter })).map(({ id }) => id);

  test('finds words in any order and case', () => {
    assert.deepEqual(ids({ text: 'NAMES wildcard  two' }), ['wildcard-two-labels']);
    assert.deepEqual(ids({ text: 'BADCERT_REVOKED' }), [
      'revoked',
      'revoked-intermediate',
      'revoked-part',
      'revoked-delta',
    ]);
    assert.deepEqual(ids({ text: 'no such thing' }), []);
  });

  test('finds common terms that the texts spell differently', () => {
    for (const [text, id] of [
      ['hostname', 'wrong-host'],
      ['SAN', 'wrong-host'],
      ['mitm', 'altered-hello'],
      ['sha1', 'weak-hash'],
      ['self signed', 'self-signed'],
    ]) {
      assert.ok(ids({ text }).includes(id), text);
    }
    assert.deepEqual(ids({ text: 'sha1' }), ['private-weak', 'weak-hash']);
  });

  test('selects by flag, error and code', () => {
    assert.deepEqual(ids({ flag: 'BADCERT_BAD_MD' }), ['private-weak', 'weak-hash', 'weak-hash-sha224']);
    assert.deepEqual(ids({ flag: 'version: bad-value' }), ['unreadable-intermediate', 'version-negative']);
    assert.deepEqual(ids({ flag: 'ERR_TLS_TRUNCATED' }), ['cut-off']);
  });

  test('selects by outcome, and by disagreement with other programs', () => {
    assert.ok(ids({ outcome: 'good' }).every((id) => labCase(id).expected === 'good'));
    const disagreeing = ids({ outcome: 'disagree' });
    assert.ok(disagreeing.includes('good-cross-signed') && disagreeing.includes('crl-weak-hash'));
    assert.ok(!disagreeing.includes('expired') && !disagreeing.includes('not-a-certificate'));
  });
});

test('the clock spans from before the first certificate to after the last', async () => {
  const { chain, roots } = pki('expired');
  const verification = await verifyChain(chain, { trust: await TrustStore.from(roots) });
  const { from, to, spans } = clockRange(verification);
  assert.equal(spans.length, 3);
  assert.equal(spans[0].to.toISOString(), '2021-12-31T23:59:59.000Z');
  assert.ok(spans.every((span) => from < span.from && span.to < to));
});

describe('records', () => {
  const stream = Buffer.concat([
    Buffer.from('160303000602000002aabb', 'hex'),
    Buffer.from('140303000101', 'hex'),
    Buffer.from('1703030003010203', 'hex'),
    Buffer.from('17030300ff00', 'hex'), // cut off
  ]);
  const records = recordsOf(stream);

  test('are separated, including a truncated one', () => {
    assert.deepEqual(
      records.map(({ name, clear, length }) => [name, clear, length]),
      [
        ['ServerHello', true, 11],
        ['ChangeCipherSpec', true, 6],
        ['encrypted record 1', false, 8],
        ['encrypted record 2', false, 6],
      ],
    );
    assert.deepEqual(recordsOf(stream.subarray(0, 3)), []);
  });

  test('locate each byte', () => {
    assert.deepEqual(
      [0, 1, 4, 5, 10, 11].map((offset) => locateByte(records, offset)?.part),
      ['type', 'version', 'length', 'body', 'body', 'type'],
    );
    assert.equal(locateByte(records, stream.length), null);
  });
});
