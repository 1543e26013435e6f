/**
 * Downloads files whose contents are known.
 */
import { createHash } from 'node:crypto';
import { UserError } from './run.js';

const TIMEOUT_MS = 120_000;

/**
 * @param {string} url
 * @param {string} sha256 of the contents, hexadecimal
 * @returns {Promise<Uint8Array | undefined>} undefined if it cannot be downloaded
 * @throws {UserError} if the contents are not the expected ones
 */
export async function download(url, sha256) {
  /** @type {Uint8Array} */
  let contents;
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    if (!response.ok) return undefined;
    contents = new Uint8Array(await response.arrayBuffer());
  } catch {
    return undefined;
  }
  const found = createHash('sha256').update(contents).digest('hex');
  if (found !== sha256) {
    throw new UserError(`${url} has the SHA-256 ${found}, but ${sha256} is expected. It was not used.`);
  }
  return contents;
}
