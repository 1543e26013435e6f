/** Records as a test sees them before they are sealed: a list that it may reorder, split, join or replace. */
import { join } from './bytes.js';

/** Record types (RFC 8446, section 5.1). */
export const CHANGE_CIPHER_SPEC = 20;
export const ALERT = 21;
export const HANDSHAKE = 22;
export const APPLICATION_DATA = 23;

/** Maximum length of a plaintext. */
export const MAX_PLAINTEXT = 1 << 14;

/** @typedef {'clear' | 'handshake' | 'application'} Epoch which keys; TLS 1.2 has no 'handshake' */

/**
 * @typedef {object} Item a record
 * @property {string} name of its content, such as `ServerHello`
 * @property {number} type
 * @property {Uint8Array} content
 * @property {Epoch} epoch
 * @property {number} [outer] the type in the record's header; `type`, or 23 in protected records of TLS 1.3
 * @property {number} [version] in the record's header, 0x0303 by default
 * @property {number} [padding] zeros after the type in TLS 1.3
 * @property {Uint8Array} [inner] the whole TLSInnerPlaintext of TLS 1.3, instead of content, type and padding
 * @property {boolean} [damaged] changes the last octet of the protected record
 * @property {Uint8Array} [raw] octets to send instead of a record
 */

/** @param {string} name @param {Uint8Array} message @param {Epoch} epoch @returns {Item} */
export const handshake = (name, message, epoch) => ({ name, type: HANDSHAKE, content: message, epoch });
/** @param {Epoch} [epoch] @returns {Item} */
export const changeCipherSpec = (epoch = 'clear') => ({
  name: 'ChangeCipherSpec',
  type: CHANGE_CIPHER_SPEC,
  content: Uint8Array.of(1),
  epoch,
});
/** @param {number} level @param {number} description @param {Epoch} epoch @returns {Item} */
export const alert = (level, description, epoch) => ({
  name: 'alert',
  type: ALERT,
  content: Uint8Array.of(level, description),
  epoch,
});
/** @param {Uint8Array} content @param {Epoch} [epoch] @returns {Item} */
export const data = (content, epoch = 'application') => ({ name: 'data', type: APPLICATION_DATA, content, epoch });
/** @param {Uint8Array} octets @returns {Item} */
export const raw = (octets) => ({ name: 'raw', type: 0, content: octets, epoch: 'clear', raw: octets });

/** Splits the content of handshake records and of data. @param {Item[]} items @param {number} length at most, of each @returns {Item[]} */
export const fragmented = (items, length) =>
  items.flatMap((item) =>
    item.content.length <= length || (item.type !== HANDSHAKE && item.type !== APPLICATION_DATA)
      ? [item]
      : Array.from({ length: Math.ceil(item.content.length / length) }, (_, i) => ({
          ...item,
          content: item.content.subarray(i * length, (i + 1) * length),
        })),
  );

/** Joins neighbours that have the same type and keys into one record. @param {Item[]} items @returns {Item[]} */
export function coalesced(items) {
  /** @type {Item[]} */
  const out = [];
  for (const item of items) {
    const last = out.at(-1);
    if (last && !last.raw && !item.raw && last.type === item.type && last.epoch === item.epoch) {
      out[out.length - 1] = { ...last, name: `${last.name}+${item.name}`, content: join(last.content, item.content) };
    } else {
      out.push(item);
    }
  }
  return out;
}

/** Changes the items of one name. @param {Item[]} items @param {string} name @param {Partial<Item> | ((item: Item) => Partial<Item>)} change @returns {Item[]} */
export const changed = (items, name, change) =>
  items.map((item) =>
    item.name === name ? { ...item, ...(typeof change === 'function' ? change(item) : change) } : item,
  );

/** Inserts items after the last one of that name. @param {Item[]} items @param {string} name @param {...Item} more @returns {Item[]} */
export function inserted(items, name, ...more) {
  const at = items.findLastIndex((item) => item.name === name) + 1;
  if (at === 0) throw new Error(`no ${name} in this flight`);
  return [...items.slice(0, at), ...more, ...items.slice(at)];
}
