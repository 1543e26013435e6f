/**
 * One preamble as a pure state machine: bytes in, bytes to send out, until TLS can begin. No I/O, no clock.
 *
 * Each protocol is a generator, which reads as the dialogue that it is. This class adds what holds for all: nothing may have
 * arrived that nothing had asked for, neither when we send nor when TLS begins. What somebody adds to the server's answers
 * before TLS must not be taken for what it says within TLS (RFC 3207, section 6; CVE-2011-0411).
 */
import { PLAINTEXT } from '../../messages/plaintext.js';
import { closedText, CONTEXT, problemText } from '../../messages/starttls.js';
import { TLSError } from '../errors.js';
import { plaintextKind } from '../plaintext.js';
import { quote } from '../quote.js';
import { mysql, postgres } from './databases.js';
import { Input, toText } from './input.js';
import { ldap } from './ldap.js';
import { StarttlsProblem } from './problem.js';
import { ftp, lmtp, nntp, smtp } from './replies.js';
import { imap, irc, pop3, sieve } from './text.js';
import { xmppClient, xmppServer } from './xmpp.js';

/** @typedef {import('./input.js').Steps} Steps */
/** @typedef {import('./protocols.js').StarttlsProtocol} StarttlsProtocol */

/** @type {Readonly<Record<StarttlsProtocol, (input: Input, hostname: string) => Steps>>} */
const PROTOCOLS = {
  smtp,
  lmtp,
  imap,
  pop3,
  ftp,
  nntp,
  sieve,
  ldap,
  xmpp: xmppClient,
  'xmpp-server': xmppServer,
  postgres,
  mysql,
  irc,
};

/** Of what the server sent, in an error. */
const MAX_SHOWN_BYTES = 400;

export class StarttlsMachine {
  /** TLS can begin: nothing may arrive before our ClientHello. */
  done = false;
  #protocol;
  #input = new Input();
  #steps;

  /**
   * @param {StarttlsProtocol} protocol
   * @param {string} hostname of the server, as its certificate has it
   */
  constructor(protocol, hostname) {
    this.#protocol = protocol;
    this.#steps = PROTOCOLS[protocol](this.#input, hostname);
  }

  /**
   * The beginning: what we send first.
   * @returns {Uint8Array[]}
   */
  start() {
    return this.#run();
  }

  /**
   * @param {Uint8Array} bytes from the server, cut in any way
   * @returns {Uint8Array[]} to send
   * @throws {TLSError} ERR_TLS_STARTTLS
   */
  receive(bytes) {
    if (this.done) {
      throw this.early(bytes);
    }
    try {
      this.#input.add(bytes);
    } catch (error) {
      throw this.#explain(error);
    }
    return this.#run();
  }

  #run() {
    /** @type {Uint8Array[]} */
    const toSend = [];
    try {
      while (!this.done) {
        const { value, done = false } = this.#steps.next();
        this.done = done;
        if ((value !== undefined || done) && this.#input.rest.length > 0) {
          throw this.early(this.#input.rest);
        }
        if (value === undefined) {
          break;
        }
        toSend.push(value);
      }
    } catch (error) {
      throw this.#explain(error);
    }
    return toSend;
  }

  /** The error if something arrives that nothing had asked for. @param {Uint8Array} bytes */
  early(bytes) {
    return this.#explain(new StarttlsProblem('early', { said: toText(bytes.subarray(0, MAX_SHOWN_BYTES)) }));
  }

  /** Nothing has arrived yet. */
  get silent() {
    return this.#input.received === 0;
  }

  /** The error if the server ends the connection now. */
  ended() {
    const { sentence, hint } = closedText(this.#protocol, this.#shown());
    return new TLSError('ERR_TLS_STARTTLS', sentence, { hint });
  }

  /** How far it came, for a timeout. */
  get progress() {
    const { name } = CONTEXT[this.#protocol];
    return this.silent
      ? {
          sentence: `The server accepted it, but sent nothing, and ${name} has to start TLS.`,
          hint: 'Check the port: perhaps the server expects TLS from the start there (without starttls), or another protocol.',
        }
      : { sentence: `The server had not started TLS; the last it sent was ${this.#shown()}.`, hint: undefined };
  }

  /** The last that arrived, for an error. */
  #shown() {
    const text = toText(this.#input.last(MAX_SHOWN_BYTES)).trim();
    return this.silent ? '' : quote(text.slice(text.lastIndexOf('\n') + 1));
  }

  /** @param {unknown} error */
  #explain(error) {
    if (!(error instanceof StarttlsProblem)) {
      return error;
    }
    const { said, ...details } = error.details;
    const first = this.#input.last(this.#input.received);
    const kind = error.kind === 'unexpected' ? plaintextKind(first) : undefined;
    const isTls = first.length > 1 && (first[0] === 0x15 || first[0] === 0x16) && first[1] === 3;
    const { sentence, hint } = problemText(this.#protocol, error.kind, {
      ...details,
      said: said === undefined ? undefined : quote(said),
      like: isTls ? 'TLS' : kind && PLAINTEXT[kind]?.name,
    });
    return new TLSError('ERR_TLS_STARTTLS', sentence, { hint });
  }
}
