/** IMAP, POP3, ManageSieve and IRC: lines of text without numbers in front. */
import { toBytes, toText } from './input.js';
import { notOffered, refused, StarttlsProblem, unexpected } from './problem.js';
import { block, lists } from './replies.js';

/** @typedef {import('./input.js').Input} Input */

/**
 * @template [T=void]
 * @typedef {import('./input.js').Steps<T>} Steps
 */

/**
 * Sends an IMAP command and reads up to its tagged response (RFC 9051, section 7.1).
 * @param {Input} input
 * @param {string} tag
 * @param {string} command
 * @returns {Steps<string[]>} the untagged responses, without `* `
 */
function* imapCommand(input, tag, command) {
  yield toBytes(`${tag} ${command}\r\n`);
  const untagged = [];
  for (;;) {
    const line = yield* input.line();
    const [, mark, rest] = /^(\S+) (.*)$/s.exec(line) ?? [];
    if (mark === '*' && !/^BYE\b/i.test(rest)) {
      untagged.push(rest);
    } else if (mark === tag && /^OK\b/i.test(rest)) {
      return untagged;
    } else {
      throw (mark === '*' || mark === tag) && /^(?:NO|BAD|BYE)\b/i.test(rest)
        ? refused(command, rest)
        : unexpected(command, line);
    }
  }
}

/** Whether responses have STARTTLS in a list of capabilities. @param {string[]} responses */
const offers = (responses) =>
  responses.some((one) => /^(?:OK \[)?CAPABILITY (?:[^\]]* )?STARTTLS(?:[ \]]|$)/i.test(one));

/** RFC 9051, section 6.2.1. @param {Input} input @returns {Steps} */
export function* imap(input) {
  const greeting = yield* input.line();
  const [, status, rest] = /^\* ((OK|PREAUTH|BYE)\b.*)$/is.exec(greeting) ?? [];
  if (rest?.toUpperCase() === 'PREAUTH') {
    throw new StarttlsProblem('preauth', { said: status });
  }
  if (rest?.toUpperCase() !== 'OK') {
    throw rest === undefined ? unexpected(undefined, greeting) : refused(undefined, status);
  }
  if (!offers([status]) && !offers(yield* imapCommand(input, 'a1', 'CAPABILITY'))) {
    throw notOffered('CAPABILITY');
  }
  yield* imapCommand(input, 'a2', 'STARTTLS');
}

/**
 * @param {Input} input
 * @param {string} [command] to send
 * @returns {Steps<string | undefined>} the reason, if the answer is -ERR
 */
function* pop3Status(input, command) {
  if (command !== undefined) {
    yield toBytes(`${command}\r\n`);
  }
  const line = yield* input.line();
  if (!/^(?:\+OK|-ERR)(?: |$)/i.test(line)) {
    throw unexpected(command, line);
  }
  return line[0] === '-' ? line : undefined;
}

/** RFC 2595, section 4. A server without CAPA (RFC 2449) may still know STLS. @param {Input} input @returns {Steps} */
export function* pop3(input) {
  const unready = yield* pop3Status(input);
  if (unready !== undefined) {
    throw refused(undefined, unready);
  }
  const without = yield* pop3Status(input, 'CAPA');
  if (without === undefined && !lists(yield* block(input), 'STLS')) {
    throw notOffered('CAPA');
  }
  const no = yield* pop3Status(input, 'STLS');
  if (no !== undefined) {
    throw refused('STLS', no);
  }
}

/**
 * A line of ManageSieve. A string in it may be a literal, which has a length and ends with the line after it (RFC 5804,
 * section 1.2 and 4).
 * @param {Input} input
 * @returns {Steps<string>}
 */
function* sieveLine(input) {
  let line = yield* input.line();
  for (let match; (match = /\{(\d{1,9})\+?\}$/.exec(line));) {
    const literal = yield* input.take(Number(match[1]));
    line = `${line.slice(0, match.index)}${JSON.stringify(toText(literal))}${yield* input.line()}`;
  }
  return line;
}

/**
 * @param {Input} input
 * @param {string} [command]
 * @returns {Steps<string[]>} the lines before OK
 */
function* sieveResponse(input, command) {
  const lines = [];
  for (;;) {
    const line = yield* sieveLine(input);
    if (/^(?:NO|BYE)\b/i.test(line)) {
      throw refused(command, line);
    }
    if (/^OK\b/i.test(line)) {
      return lines;
    }
    if (line[0] !== '"') {
      throw unexpected(command, line);
    }
    lines.push(line.slice(1).replace('"', ' '));
  }
}

/** RFC 5804, section 2.2. The greeting has the capabilities. @param {Input} input @returns {Steps} */
export function* sieve(input) {
  if (!lists(yield* sieveResponse(input), 'STARTTLS')) {
    throw notOffered('');
  }
  yield toBytes('STARTTLS\r\n');
  yield* sieveResponse(input, 'STARTTLS');
}

/** What an IRC server says instead of 670: ERR_STARTTLS, or that it does not know the command, or does not accept it yet. */
const IRC_REFUSALS = ['691', '421', '451', '462', '464', '465', '466', 'ERROR'];

/** IRCv3, "tls" (deprecated, but in use). Notices may precede the answer. @param {Input} input @returns {Steps} */
export function* irc(input) {
  yield toBytes('STARTTLS\r\n');
  for (;;) {
    const line = yield* input.line();
    const [, command] = /^(?:@\S+ +)?(?::\S+ +)?([A-Za-z]+|\d{3})(?: |$)/.exec(line) ?? [];
    if (command === '670') {
      return;
    }
    if (command === undefined || IRC_REFUSALS.includes(command.toUpperCase())) {
      throw command === undefined ? unexpected('STARTTLS', line) : refused('STARTTLS', line);
    }
  }
}
