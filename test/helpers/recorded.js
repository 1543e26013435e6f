/** Recordings of real connections, and invariants of every decoded recording. */
import assert from 'node:assert/strict';
import { GROUPS, SIGNATURE_SCHEMES } from '../../dist/hello-options.js';
import { tcp } from '../../dist/index.js';
import { decode } from '../../inspector/src/tls/decode.js';
import { newRecording, recordingTransport } from '../../inspector/src/model/recorder.js';
import { dial, readText } from './client.js';

/** @typedef {import('./pki.js').Case} Case */
/** @typedef {import('../../dist/index.js').ConnectOptions} ConnectOptions */
/** @typedef {import('../../dist/index.js').Info} Info */
/** @typedef {import('../../dist/index.js').TLSSocket} TLSSocket */
/** @typedef {import('../../inspector/src/types.js').Recording} Recording */
/** @typedef {import('../../inspector/src/types.js').Tamper} Tamper */
/** @typedef {import('../../inspector/src/tls/types.js').Field} Field */
/** @typedef {import('../../inspector/src/tls/types.js').Message} Message */
/** @typedef {import('../../inspector/src/tls/types.js').Wire} Wire */

/**
 * Connects over TCP, exchanges data, closes, and returns the recording.
 * @param {Case} pki
 * @param {{port: number}} server
 * @param {object} [how]
 * @param {ConnectOptions} [how.options]
 * @param {Tamper | null} [how.tamper]
 * @param {(socket: TLSSocket) => Promise<unknown>} [how.talk] called when the connection is open
 * @returns {Promise<{ recording: Recording, info: Info | null, error: any }>} `error`: why the handshake failed
 */
export async function record(pki, server, { options = {}, tamper = null, talk = async () => {} } = {}) {
  const recording = newRecording();
  const socket = await dial(pki, server, {
    keylog: (line) => recording.keylog.push(line),
    transport: recordingTransport(tcp(), recording, { started: performance.now(), tamper }),
    ...options,
  });
  const ended = socket.closed.catch(() => {});
  try {
    const info = await socket.opened;
    await talk(socket);
    return { recording, info, error: null };
  } catch (error) {
    return { recording, info: null, error };
  } finally {
    await socket.close().catch(() => {});
    await ended;
  }
}

/** @param {Field[]} fields @returns {Field[]} */
function leaves(fields) {
  return fields.flatMap((field) => (field.children.length > 0 ? leaves(field.children) : [field]));
}

/**
 * Checks that leaf fields cover every byte once, that parent fields span their children, and that a field is marked
 * malformed only if it is, or contains, a malformed leaf.
 * @param {Field[]} fields
 * @param {number} length
 */
export function assertTiled(fields, length) {
  let at = 0;
  for (const { name, from, to } of leaves(fields)) {
    assert.equal(from, at, `${name} begins where the previous leaf ends`);
    assert.ok(to >= from, `${name} does not end before it begins`);
    at = to;
  }
  assert.equal(at, length, 'the leaves cover the last byte');
  const check = (/** @type {Field} */ field) => {
    const { children, from, to, malformed, kind, name } = field;
    if (children.length > 0) {
      assert.deepEqual([children[0].from, children[children.length - 1].to], [from, to], `${name} spans its children`);
    }
    assert.equal(malformed, kind === 'malformed' || children.some((child) => child.malformed), name);
    children.forEach(check);
  };
  fields.forEach(check);
}

/**
 * Invariants of every recording: each byte of a direction is in one record or remainder; each byte of a record, of its
 * plaintext and of a message is in one leaf; and indices are correct.
 * @param {Wire} wire
 * @param {Recording} recording
 */
export function assertWhole(wire, recording) {
  for (const direction of /** @type {const} */ (['sent', 'received'])) {
    const chunks = recording.chunks.filter((chunk) => chunk.direction === direction).map(({ bytes }) => bytes);
    const parts = [...wire.records, ...wire.remainders].filter((part) => part.direction === direction);
    let at = 0;
    for (const { offset, bytes } of parts) {
      assert.equal(offset, at);
      at += bytes.length;
    }
    assert.ok(
      Buffer.concat(parts.map(({ bytes }) => bytes)).equals(Buffer.concat(chunks)),
      `every byte that was ${direction}`,
    );
  }
  wire.records.forEach((record, index) => {
    assert.equal(record.index, index);
    assertTiled(record.fields, record.bytes.length);
    if (record.decrypted) assertTiled(record.decrypted.fields, record.decrypted.bytes.length);
    for (const message of record.messages) assert.ok(wire.messages[message].records.includes(index));
  });
  wire.messages.forEach((message, index) => {
    assert.equal(message.index, index);
    assertTiled(message.fields, message.bytes.length);
    assert.equal(
      message.malformed,
      message.fields.some(({ malformed }) => malformed),
      message.name,
    );
    for (const record of message.records) assert.ok(wire.records[record].messages.includes(index));
  });
}

/** @param {Recording} recording */
export async function decodeWhole(recording) {
  const wire = await decode(recording);
  assertWhole(wire, recording);
  return wire;
}

/** @param {Wire} wire @param {string} name @param {'sent' | 'received'} [direction] @returns {Message} */
export function find({ messages }, name, direction) {
  const found = messages.find(
    (message) => message.name === name && message.direction === (direction ?? message.direction),
  );
  assert.ok(found, `the recording has a ${name}`);
  return found;
}

/** @param {Field[]} fields @param {string} name @returns {Field | undefined} the first of that name at any depth */
export function fieldOf(fields, name) {
  for (const field of fields) {
    const found = field.name === name ? field : fieldOf(field.children, name);
    if (found) return found;
  }
  return undefined;
}

/** Checks that all records were decrypted, all messages are well-formed, and nothing remains. @param {Wire} wire */
export function assertClean({ records, messages, remainders, notes }) {
  assert.deepEqual(records.map(({ failure }) => failure).filter(Boolean), []);
  assert.deepEqual(
    messages.filter(({ malformed, complete }) => malformed || !complete),
    [],
  );
  assert.deepEqual([remainders, notes], [[], []]);
}

/**
 * Checks that the decoder agrees with the TLS client.
 * @param {Wire} wire
 * @param {Info} info
 */
export function assertAgrees({ chosen, offered }, info) {
  const { protocol, cipher, alpn, verification, servername } = info;
  assert.equal(chosen?.version?.name, protocol.replace('v', ' '));
  assert.equal(chosen?.cipherSuite?.name, cipher);
  assert.equal(chosen?.alpn, alpn);
  assert.equal(chosen?.group?.number, GROUPS[info.group]);
  assert.equal(chosen?.signatureScheme?.number, SIGNATURE_SCHEMES[info.signatureScheme]);
  assert.equal(offered?.serverName, servername);
  assert.deepEqual(
    chosen?.certificates.map((der) => Buffer.from(der).toString('base64')),
    verification.sent.map(({ der }) => Buffer.from(der).toString('base64')),
  );
}

/** One exchange with s_server in mode `rev`. @param {TLSSocket} socket */
export async function exchange(socket) {
  await socket.write('ping pong\n');
  assert.equal(await readText(socket, '\n'), 'gnop gnip\n');
}
