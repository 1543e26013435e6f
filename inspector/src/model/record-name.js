/** Names records by their content: "ServerHello", "Certificate", "part of Certificate". */
import { recordsOf, streamOf } from './records.js';

/** @typedef {import('../types.js').Recording} Recording */
/** @typedef {import('./records.js').WireRecord} WireRecord */
/** @typedef {import('../tls/types.js').Direction} Direction */
/** @typedef {import('../tls/types.js').Message} Message */
/** @typedef {import('../tls/types.js').TLSRecord} TLSRecord */
/** @typedef {import('../tls/types.js').Wire} Wire */

/**
 * @param {TLSRecord} record
 * @param {Message[]} messages all of the recording
 */
export function recordName(record, messages) {
  const names = record.messages.map((index) => {
    const { name, records, complete, malformed } = messages[index];
    if (records.at(-1) !== record.index) return `part of ${name}`;
    return !complete ? `${name}, incomplete` : malformed ? `${name}, malformed` : name;
  });
  if (names.length > 0) return names.join(', ');
  return record.failure === null ? `Record of ${record.typeName}` : 'Encrypted record';
}

/**
 * The records of one direction, named by their content if the recording is decoded.
 * @param {Recording} recording
 * @param {Direction} direction
 * @param {Wire | null} wire null: not decoded
 * @returns {WireRecord[]}
 */
export function namedRecords(recording, direction, wire) {
  const decoded = (wire?.records ?? []).filter(
    (record) => record.direction === direction && record.messages.length > 0,
  );
  const names = new Map(decoded.map((record) => [record.offset, recordName(record, wire?.messages ?? [])]));
  return recordsOf(streamOf(recording, direction)).map((record) => ({
    ...record,
    name: names.get(record.at) ?? record.name,
  }));
}
