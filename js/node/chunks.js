/** Cuts and joins what is written into chunks of a size that suits records. */
import { SOCKET_WRITE_BYTES } from '../limits.js';
import { Buffer } from '#stream';

/** At most SOCKET_WRITE_BYTES each: each is activity for setTimeout(). @param {Uint8Array} chunk */
export function pieces(chunk) {
  if (chunk.length <= SOCKET_WRITE_BYTES) {
    return [chunk];
  }
  const count = Math.ceil(chunk.length / SOCKET_WRITE_BYTES);
  return Array.from({ length: count }, (_, i) => chunk.subarray(i * SOCKET_WRITE_BYTES, (i + 1) * SOCKET_WRITE_BYTES));
}

/** Joins small chunks: each write is at least one record. @param {Uint8Array[]} chunks */
export function gather(chunks) {
  /** @type {Uint8Array[]} */
  const gathered = [];
  /** @type {Uint8Array[]} */
  let group = [];
  let size = 0;
  const flush = () => {
    if (group.length > 0) {
      gathered.push(group.length === 1 ? group[0] : Buffer.concat(group, size));
    }
    group = [];
    size = 0;
  };
  for (const chunk of chunks) {
    if (size + chunk.length > SOCKET_WRITE_BYTES) {
      flush();
    }
    if (chunk.length > SOCKET_WRITE_BYTES) {
      gathered.push(...pieces(chunk));
    } else {
      group.push(chunk);
      size += chunk.length;
    }
  }
  flush();
  return gathered.length > 0 ? gathered : [new Uint8Array()];
}
