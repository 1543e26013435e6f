/**
 * node scripts/errors-doc.js: writes ERRORS.md from messages/, wasm/verify/rules.def, CLOSE_CODES of
 * js/transports/websockify.js, and certs/coverage/.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { FIELD_CASES, REASON_CASES, RULE_CASES } from '../certs/coverage/errors.js';
import { FLAG_CASES } from '../certs/coverage/flags.js';
import { CLOSE_CODES, RETRIED_CLOSE_CODES } from '../js/transports/websockify.js';
import { ERRORS } from '../messages/errors.js';
import { FLAGS } from '../messages/flags.js';
import { fixOf } from '../messages/problems.js';
import { FIELDS, REASONS } from '../messages/unreadable.js';
import { markdownTable } from './markdown.js';
import { inProject, runMain, print } from './run.js';

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

/** @typedef {{means: string, fix?: string}} Text */
/** @typedef {{case: string} | {unreachable: string}} Coverage */

/**
 * @template T
 * @param {Record<string, T>} texts
 * @param {(text: T) => Text} change
 */
function mapTexts(texts, change) {
  return Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, change(text)]));
}

/**
 * What is covered by a live case, and what is not and why, in a table each.
 * @param {string} what
 * @param {Record<string, Text>} texts
 * @param {Record<string, Coverage>} cases
 */
function coverage(what, texts, cases) {
  const all = Object.entries(texts).map(([name, text]) => ({ name, ...text, ...cases[name] }));
  const live = all.flatMap((one) => ('case' in one ? [one] : []));
  const never = all.flatMap((one) => ('unreachable' in one ? [one] : []));
  const advised = live.some(({ fix }) => fix !== undefined);
  return [
    markdownTable([
      [what, 'meaning', ...(advised ? ['what to do'] : []), 'case'],
      ...live.map((one) => [`\`${one.name}\``, one.means, ...(advised ? [one.fix ?? ''] : []), `\`${one.case}\``]),
    ]),
    ...(never.length === 0
      ? []
      : [
          'Never seen here:\n',
          markdownTable([
            [what, 'meaning', 'why not'],
            ...never.map((one) => [`\`${one.name}\``, one.means, one.unreachable]),
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
    markdownTable([
      ['code', 'meaning', 'what to do'],
      ...list.map((code) => {
        const { means, fix = '' } = /** @type {import('../messages/errors.js').ErrorText} */ (ERRORS[code]);
        return [`\`${code}\``, means, fix];
      }),
    ]),
  ]);
  const problems = rulesOf(rules).map(({ title, rules: list }) => [
    `### ${title}\n`,
    markdownTable([
      ['code', 'flag', 'what is wrong', 'what to do', 'reference'],
      ...list.map(({ rule, code, flag, level, text, reference }) => [
        `\`${code}\``,
        flag === 'NONE' ? '' : `\`${flag}\``,
        `${text}.${level === 'WEBPKI' ? ' (`webpki` only)' : ''}`,
        fixOf({ rule, code, flag }) ?? '',
        reference,
      ]),
    ]),
  ]);
  return [
    '<!-- Written by scripts/errors-doc.js from messages/, wasm/verify/rules.def, js/ and certs/coverage/. -->\n',
    '# Errors\n',
    "Every error that pagetls raises is a `TLSError` with a `code`. `native` is Mbed TLS's number and its text, for experts,",
    'where Mbed TLS itself failed; `alert` the number of the alert that the server sent; `verification` how its certificates',
    'were judged, where they were; `cause` the error beneath.\n',
    '## Codes\n',
    ...codes.flat(),
    '## Close codes of a bridge\n',
    'What a WebSocket that ends comes to; [the bridge](bridge/README.md#how-a-connection-ends) says what its codes mean.',
    'After the handshake the error is `ERR_TLS_TRUNCATED`, and this one its `cause`. Tried again: `retries` times, as long',
    'as no byte has come.\n',
    markdownTable([
      ['close code', 'error', 'tried again'],
      ...Object.entries(CLOSE_CODES).map(([number, code]) => [
        number,
        code === null ? 'none: a clean end' : `\`${code}\``,
        RETRIED_CLOSE_CODES.includes(Number(number)) ? 'yes' : '',
      ]),
      ['any other', '`ERR_TLS_BRIDGE_UNREACHABLE`', ''],
    ]),
    '## Problems of certificates\n',
    'What `verification.problems` can hold: each with its `code`, the `depth` of the certificate (0 is the leaf), the',
    "`flag` (Mbed TLS's name, without `MBEDTLS_X509_`), a `message` that begins as below and goes on with what was found,",
    "and the `reference`. BR is the CA/Browser Forum's Baseline Requirements. Several rules can have one code: `rule` is the",
    'identifier of the rule. `ERR_TLS_CERT_PARSE` has no flag, but `field` and `reason`:',
    '[below](#certificates-that-cannot-be-read).\n',
    ...problems.flat(),
    '## Verify flags\n',
    "All of Mbed TLS's, each with a [case](certs/README.md#cases) that has it in a live handshake.\n",
    ...coverage('flag', FLAGS, FLAG_CASES),
    '## Certificates that cannot be read\n',
    'A server whose own certificate cannot be read ends the handshake with `ERR_TLS_CERT_PARSE`; another certificate',
    'that cannot be read is passed over. The problem has a `field`, by the name that RFC 5280 gives it, and a `reason`.',
    '`npm start` has a server for each of these cases.\n',
    ...coverage(
      'field',
      mapTexts(FIELDS, (name) => ({ means: `${name} cannot be read.` })),
      FIELD_CASES,
    ),
    ...coverage(
      'reason',
      mapTexts(REASONS, ({ means, fix }) => ({ means: `The field ${means}.`, fix })),
      REASON_CASES,
    ),
    'A certificate that can be read and not used breaks rules like any other. These are about how it is made:\n',
    markdownTable([
      ['code', 'case'],
      ...rulesOf(rules).flatMap(({ rules: list }) =>
        list.flatMap(({ rule, code }) => (rule in RULE_CASES ? [[`\`${code}\``, `\`${RULE_CASES[rule].case}\``]] : [])),
      ),
    ]),
  ].join('\n');
}

/** @returns {Promise<string>} what ERRORS.md must be */
export async function currentErrorsDoc() {
  const read = (/** @type {string[]} */ ...path) => readFile(inProject(...path), 'utf8');
  return errorsDoc(await read('messages', 'errors.js'), await read('wasm', 'verify', 'rules.def'));
}

await runMain(import.meta.url, async () => {
  await writeFile(ERRORS_DOC, await currentErrorsDoc());
  print(`${ERRORS_DOC} is written`);
});
