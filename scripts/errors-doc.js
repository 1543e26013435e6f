/**
 * node scripts/errors-doc.js: writes ERRORS.md from messages/, wasm/verify/rules.def, CLOSE_CODES of
 * js/transports/websockify.js, and certs/coverage/.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { DETAIL_CASES, ERROR_CASES } from '../certs/coverage/errors.js';
import { FLAG_CASES } from '../certs/coverage/flags.js';
import { CLOSE_CODES, RETRIED } from '../js/transports/websockify.js';
import { ERRORS } from '../messages/errors.js';
import { FLAGS } from '../messages/flags.js';
import { PROBLEMS, fixOf } from '../messages/problems.js';
import { DETAILS, KEY_ERRORS, X509_ERRORS } from '../messages/unreadable.js';
import { inProject, program, say } from './run.js';

/** @typedef {import('../messages/errors.js').ErrorCode} ErrorCode */

export const ERRORS_DOC = inProject('ERRORS.md');

/**
 * @typedef {object} Group
 * @property {string} title
 * @property {ErrorCode[]} codes
 */

/**
 * ERRORS in the groups that the comments in its source make.
 * @param {string} source of messages/errors.js
 * @returns {Group[]}
 */
export function groupsOf(source) {
  const body = source.slice(source.indexOf('export const ERRORS'), source.indexOf('\n};'));
  /** @type {Group[]} */
  const groups = [];
  for (const [, title, code] of body.matchAll(/^ {2}(?:\/\/ (.*)|(ERR_TLS_\w+): \{.*)$/gm)) {
    if (title !== undefined) {
      groups.push({ title, codes: [] });
    } else {
      groups.at(-1)?.codes.push(/** @type {ErrorCode} */ (code));
    }
  }
  return groups;
}

/**
 * @typedef {object} Rule
 * @property {string} rule its identifier
 * @property {string} code ERR_TLS_CERT_… or ERR_TLS_CRL_…
 * @property {string} flag Mbed TLS's name, without MBEDTLS_X509_
 * @property {string} level RFC5280 or WEBPKI
 * @property {string} text
 * @property {string} reference
 */

/**
 * The rules, in the groups that the comments in their source make.
 * @param {string} source of wasm/verify/rules.def
 * @returns {{title: string, rules: Rule[]}[]}
 */
export function rulesOf(source) {
  const text = String.raw`\s*"((?:[^"\\]|\\.)*)"\s*`;
  const pattern = new RegExp(
    String.raw`^/\* ([^*]+) \*/$|\bRULE\(\s*(\w+)\s*,${text},\s*(\w+)\s*,\s*(\w+)\s*,${text},${text}\)`,
    'gm',
  );
  /** @type {{title: string, rules: Rule[]}[]} */
  const groups = [];
  for (const [, title, rule, code, flag, level, what, reference] of source.matchAll(pattern)) {
    if (title !== undefined) {
      groups.push({ title, rules: [] });
    } else {
      groups.at(-1)?.rules.push({ rule, code: `ERR_TLS_${code}`, flag, level, text: what, reference });
    }
  }
  return groups;
}

/** @param {string[][]} rows the first is the heading */
function table(rows) {
  const [heading, ...body] = rows.map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`);
  return [heading, `|${' --- |'.repeat(rows[0].length)}`, ...body, ''].join('\n');
}

/** @typedef {{code?: number, means: string, fix?: string}} Text */
/** @typedef {{case: string} | {unreachable: string}} Coverage */

/**
 * What is covered by a live case, and what is not and why, in a table each.
 * @param {string} what
 * @param {Record<string, Text>} texts
 * @param {Record<string, Coverage>} cases
 */
function coverage(what, texts, cases) {
  const all = Object.entries(texts).map(([name, text]) => ({ name, ...text, ...cases[name] }));
  const first = (/** @type {{name: string, code?: number}} */ { name, code }) =>
    code === undefined ? [`\`${name}\``] : [`\`${name}\``, `-0x${code.toString(16).padStart(4, '0')}`];
  const heading = all[0].code === undefined ? [what] : [what, 'number'];
  const live = all.flatMap((one) => ('case' in one ? [one] : []));
  const never = all.flatMap((one) => ('unreachable' in one ? [one] : []));
  const advised = live.some(({ fix }) => fix !== undefined);
  return [
    table([
      [...heading, 'meaning', ...(advised ? ['what to do'] : []), 'case'],
      ...live.map((one) => [...first(one), one.means, ...(advised ? [one.fix ?? ''] : []), `\`${one.case}\``]),
    ]),
    ...(never.length === 0
      ? []
      : [
          'Never seen here:\n',
          table([
            [...heading, 'meaning', 'why not'],
            ...never.map((one) => [...first(one), one.means, one.unreachable]),
          ]),
        ]),
  ];
}

/**
 * @param {string} errors source of messages/errors.js
 * @param {string} rules source of wasm/verify/rules.def
 */
export function errorsDoc(errors, rules) {
  const codes = groupsOf(errors).map(({ title, codes: list }) => [
    `### ${title}\n`,
    table([
      ['code', 'meaning', 'what to do'],
      ...list.map((code) => {
        const { means, fix = '' } = /** @type {import('../messages/errors.js').ErrorText} */ (ERRORS[code]);
        return [`\`${code}\``, means, fix];
      }),
    ]),
  ]);
  const problems = rulesOf(rules).map(({ title, rules: list }) => [
    `### ${title}\n`,
    table([
      ['code', 'flag', 'what is wrong', 'what to do', 'reference'],
      ...list.map(({ rule, code, flag, level, text, reference }) => [
        `\`${code}\``,
        `\`${flag}\``,
        `${text}.${level === 'WEBPKI' ? ' (`webpki` only)' : ''}`,
        fixOf({ rule, code, flag }) ?? '',
        reference,
      ]),
    ]),
  ]);
  return [
    '<!-- Written by scripts/errors-doc.js from messages/, wasm/verify/rules.def, js/ and certs/coverage/. -->\n',
    '# Errors\n',
    "Every error that pagetls raises is a `TLSError` with a `code`. `native` is Mbed TLS's number and its text, where",
    'there is one; `alert` the number of the alert that the server sent; `verification` how its certificates were judged,',
    'where they were; `cause` the error beneath.\n',
    '## Codes\n',
    ...codes.flat(),
    '## Close codes of a bridge\n',
    'What a WebSocket that ends comes to; [the bridge](bridge/README.md#how-a-connection-ends) says what its codes mean.',
    'After the handshake the error is `ERR_TLS_TRUNCATED`, and this one its `cause`. Tried again: `retries` times, as long',
    'as no byte has come.\n',
    table([
      ['close code', 'error', 'tried again'],
      ...Object.entries(CLOSE_CODES).map(([number, code]) => [
        number,
        code === null ? 'none: a clean end' : `\`${code}\``,
        RETRIED.includes(Number(number)) ? 'yes' : '',
      ]),
      ['any other', '`ERR_TLS_BRIDGE_UNREACHABLE`', ''],
    ]),
    '## Problems of certificates\n',
    'What `verification.problems` can hold: each with its `code`, the `depth` of the certificate (0 is the leaf), the',
    "`flag` (Mbed TLS's name, without `MBEDTLS_X509_`), a `message` that begins as below and goes on with what was found,",
    "and the `reference`. BR is the CA/Browser Forum's Baseline Requirements. `ERR_TLS_CERT_PARSE`, without a flag,",
    `stands for a certificate that cannot be read at all. What to do: ${PROBLEMS.PARSE.fix}\n`,
    ...problems.flat(),
    '## Verify flags\n',
    "All of Mbed TLS's, each with a [case](certs/README.md#cases) that has it in a live handshake.\n",
    ...coverage('flag', FLAGS, FLAG_CASES),
    '## Certificates that cannot be read\n',
    'A server whose own certificate cannot be read ends the handshake with `ERR_TLS_CERT_PARSE`; another certificate',
    "that cannot be read is passed over. `native.code` is Mbed TLS's number: that of an error, and often a detail added",
    'to it, both negative. `npm start` has a server for each of these cases.\n',
    ...coverage('error', X509_ERRORS, ERROR_CASES),
    'Of the key in it:\n',
    ...coverage('error', KEY_ERRORS, ERROR_CASES),
    'Details:\n',
    ...coverage('detail', DETAILS, DETAIL_CASES),
  ].join('\n');
}

/** @returns {Promise<string>} what ERRORS.md must be */
export async function currentErrorsDoc() {
  const read = (/** @type {string[]} */ ...path) => readFile(inProject(...path), 'utf8');
  return errorsDoc(await read('messages', 'errors.js'), await read('wasm', 'verify', 'rules.def'));
}

await program(import.meta.url, async () => {
  await writeFile(ERRORS_DOC, await currentErrorsDoc());
  say(`${ERRORS_DOC} is written`);
});
