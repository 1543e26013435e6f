/**
 * Why TLS cannot be started. machine.js makes a TLSError of it, which names the protocol.
 *
 * - refused: the server said no to a command, or before it
 * - notOffered: the server does not list the command
 * - unexpected: what the server sent is not this protocol
 * - preauth: the server skipped authentication, after which the protocol does not allow the command
 * - early: the server sent bytes that nothing had asked for
 * - tooLong: the server sent more than a limit allows
 * @typedef {'refused' | 'notOffered' | 'unexpected' | 'preauth' | 'early' | 'tooLong'} ProblemKind
 */

/** @typedef {{to?: string, said?: string, what?: string, limit?: number}} Details `to`: our command; `said`: what the server sent */

export class StarttlsProblem extends Error {
  /**
   * @param {ProblemKind} kind
   * @param {Details} [details]
   */
  constructor(kind, details = {}) {
    super(kind);
    this.kind = kind;
    this.details = details;
  }
}

/** @param {string | undefined} to @param {string} said */
export const refused = (to, said) => new StarttlsProblem('refused', { to, said });

/** @param {string} to */
export const notOffered = (to) => new StarttlsProblem('notOffered', { to });

/** @param {string | undefined} to @param {string} said */
export const unexpected = (to, said) => new StarttlsProblem('unexpected', { to, said });
