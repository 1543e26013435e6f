/** What a runtime with permissions denies: Node with --permission, Deno without --allow-net and others. */
import { TLSError } from './errors.js';

/**
 * @param {string} sentence what failed and why
 * @param {unknown} cause
 * @returns {TLSError | undefined} undefined if the failure is another one
 */
export function deniedError(sentence, cause) {
  const { code, name, syscall } = /** @type {{code?: unknown, name?: unknown, syscall?: unknown}} */ (cause ?? {});
  // Node's; Deno's; Deno's of a name that must not be looked up.
  const denied =
    code === 'ERR_ACCESS_DENIED' || name === 'NotCapable' || (code === 'EPERM' && syscall === 'getaddrinfo');
  return denied ? new TLSError('ERR_TLS_NOT_PERMITTED', sentence, { cause }) : undefined;
}
