/** The transport over TCP, where there is any: package.json says by which module for `#tcp`. */
import { parseAddress } from '../address.js';
import { TLSError } from '../errors.js';
import { integer, oneOf, text } from '../option-kinds.js';
import { readOptions } from '../options-reader.js';

/** @typedef {import('./transport.js').Transport} Transport */
/** Options of tcp(). @typedef {{localAddress?: string, localPort?: number, family?: 4 | 6}} Local */

const KINDS = { localAddress: text, localPort: integer(0, 65535), family: oneOf(4, 6) };

/**
 * TCP, where programs may open it: in Node, Deno, Bun and Cloudflare Workers.
 * @param {Local} [options] as in Node's net.connect()
 * @returns {Transport}
 */
export function tcp(options) {
  const local = readOptions('tcp()', KINDS, options);
  return async (address, { signal }) => {
    const { openTcp } = await import('#tcp').catch((cause) => {
      throw new TLSError(
        'ERR_TLS_NO_TRANSPORT',
        'There is no TCP here. A web page needs the option bridge or transport.',
        { cause },
      );
    });
    return openTcp(parseAddress(address), local, signal);
  };
}
