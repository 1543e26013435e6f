/** Protocols whose replies have three digits: SMTP, LMTP, FTP and NNTP. */
import { toBytes } from './input.js';
import { notOffered, refused, unexpected } from './problem.js';

/** @typedef {import('./input.js').Input} Input */

/**
 * @template [T=void]
 * @typedef {import('./input.js').Steps<T>} Steps
 */

/** @typedef {{code: number, lines: string[]}} Reply `lines` without code */

/**
 * A reply of one line or several (RFC 5321, section 4.2.1; RFC 959, section 4.2).
 * @param {Input} input
 * @param {string} [to] the command
 * @param {boolean} [free] lines between the first and the last need no code, as in FTP
 * @returns {Steps<Reply>}
 */
function* reply(input, to, free = false) {
  const lines = [];
  for (let code = ''; ;) {
    const line = yield* input.line();
    const [, digits, mark, text] = /^([1-5]\d\d)(?:([ -])(.*))?$/s.exec(line) ?? [];
    const fits = digits !== undefined && (code === '' || digits === code);
    if (!fits && !(free && code !== '')) {
      throw unexpected(to, line);
    }
    lines.push(fits ? (text ?? '') : line);
    code ||= digits;
    if (fits && mark !== '-') {
      return { code: Number(code), lines };
    }
  }
}

/** @param {Reply} reply as one line */
const said = ({ code, lines }) => `${code} ${lines.join(' ').trim()}`.trim();

/**
 * Reads a reply that must have a certain code.
 * @param {Input} input
 * @param {number[]} codes
 * @param {string} [to]
 * @param {boolean} [free]
 * @returns {Steps<Reply>}
 */
function* expect(input, codes, to, free) {
  const answer = yield* reply(input, to, free);
  if (!codes.includes(answer.code)) {
    throw answer.code >= 400 ? refused(to, said(answer)) : unexpected(to, said(answer));
  }
  return answer;
}

/** @param {string[]} lines of capabilities @param {string} word */
export const lists = (lines, word) => lines.some((line) => line.split(/[ \t]/, 1)[0].toUpperCase() === word);

/**
 * RFC 3207; LMTP: RFC 2033, section 4. The argument of EHLO is that of a client that does not know its own name (RFC 5321,
 * section 4.1.4).
 * @param {Input} input
 * @param {'EHLO' | 'LHLO'} hello
 * @returns {Steps}
 */
function* mail(input, hello) {
  yield* expect(input, [220]);
  yield toBytes(`${hello} [127.0.0.1]\r\n`);
  const { lines } = yield* expect(input, [250], hello);
  if (!lists(lines.slice(1), 'STARTTLS')) {
    throw notOffered(hello);
  }
  yield toBytes('STARTTLS\r\n');
  yield* expect(input, [220], 'STARTTLS');
}

/** @param {Input} input */
export const smtp = (input) => mail(input, 'EHLO');
/** @param {Input} input */
export const lmtp = (input) => mail(input, 'LHLO');

/** RFC 4217, section 4. Code 120: the server is about to be ready. @param {Input} input @returns {Steps} */
export function* ftp(input) {
  const { code } = yield* expect(input, [120, 220], undefined, true);
  if (code === 120) {
    yield* expect(input, [220], undefined, true);
  }
  yield toBytes('AUTH TLS\r\n');
  yield* expect(input, [234], 'AUTH TLS', true);
}

/** The lines of a block up to the one with a dot (RFC 3977, section 3.1.1). @param {Input} input @returns {Steps<string[]>} */
export function* block(input) {
  const lines = [];
  for (let line = yield* input.line(); line !== '.'; line = yield* input.line()) {
    lines.push(line);
  }
  return lines;
}

/** How a server says that it has no CAPABILITIES (RFC 3977, section 3.2.1), or none without a log-in. */
const NO_CAPABILITIES = [480, 500, 501, 502, 503];

/** RFC 4642, section 2.2. A server of RFC 977 does not know CAPABILITIES, and may still know STARTTLS. @param {Input} input @returns {Steps} */
export function* nntp(input) {
  yield* expect(input, [200, 201]);
  yield toBytes('CAPABILITIES\r\n');
  const { code } = yield* expect(input, [101, ...NO_CAPABILITIES], 'CAPABILITIES');
  if (code === 101 && !lists(yield* block(input), 'STARTTLS')) {
    throw notOffered('CAPABILITIES');
  }
  yield toBytes('STARTTLS\r\n');
  yield* expect(input, [382], 'STARTTLS');
}
