/**
 * node scripts/errors-doc.js: writes ERRORS.md from messages/, wasm/verify/rules.def, CLOSE_CODES of
 * js/transports/close-codes.js, and certs/coverage/.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { FIELD_CASES, REASON_CASES, RULE_CASES } from '../certs/coverage/errors.js';
import { FLAG_CASES } from '../certs/coverage/flags.js';
import { CLOSE_CODES, RETRIED_CLOSE_CODES } from '../js/transports/close-codes.js';
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
 * ERRORS in groups: a comment in its source begins a group.
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

/** What ERRORS.md says of each level of wasm/verify/rules.def, after the rule. */
const LEVELS = {
  RFC5280: '',
  FORM: ' (in `private` a warning)',
  EXEMPT: ' (in `webpki` and `private` a warning)',
  WEBPKI: ' (`webpki`; in `private` a warning)',
  ADVICE: ' (always a warning)',
};

/**
 * @typedef {object} Rule
 * @property {string} rule identifier
 * @property {string} code ERR_TLS_CERT_… or ERR_TLS_CRL_…
 * @property {string} flag Mbed TLS's name, without MBEDTLS_X509_
 * @property {keyof typeof LEVELS} level
 * @property {string} text
 * @property {string} reference
 */

/**
 * The rules in groups: a comment in their source begins a group.
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
      if (!Object.hasOwn(LEVELS, level)) throw new Error(`${rule} has an unknown level, ${level}.`);
      const known = /** @type {keyof typeof LEVELS} */ (level);
      groups.at(-1)?.rules.push({ rule, code: `ERR_TLS_${code}`, flag, level: known, text: what, reference });
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
 * Two tables: texts with a live case, and texts that are unreachable, with the reason.
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
          'Unreachable:\n',
          markdownTable([
            [what, 'meaning', 'reason'],
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
        `${text}.${LEVELS[level]}`,
        fixOf({ rule, code, flag }) ?? '',
        reference,
      ]),
    ]),
  ]);
  return [
    '<!-- Written by scripts/errors-doc.js from messages/, wasm/verify/rules.def, js/ and certs/coverage/. -->\n',
    '# Errors\n',
    'Every error of pagetls is a `TLSError` with a `code`. It may also have `native`, the error number and text of Mbed TLS;',
    '`alert`, the number of the alert that the server sent; `verification`, the result for the certificates of the server;',
    'and `cause`, the underlying error.\n',
    '## Codes\n',
    ...codes.flat(),
    '## Close codes of a bridge\n',
    'The error for each close code of the WebSocket; [the bridge](bridge/README.md#how-a-connection-ends) documents its codes.',
    'After the handshake the error is `ERR_TLS_TRUNCATED`, with this one as its `cause`. Retries: `retries` times, as long as',
    'no byte has arrived.\n',
    markdownTable([
      ['close code', 'error', 'retried'],
      ...Object.entries(CLOSE_CODES).map(([number, code]) => [
        number,
        code === null ? 'none: closed cleanly' : `\`${code}\``,
        RETRIED_CLOSE_CODES.includes(Number(number)) ? 'yes' : '',
      ]),
      ['any other', '`ERR_TLS_BRIDGE_UNREACHABLE`', ''],
    ]),
    '## Problems of certificates\n',
    'The problems in `verification.problems`. Each has a `code`, the `depth` of the certificate (0 is the leaf), the `flag`',
    "(Mbed TLS's name, without `MBEDTLS_X509_`), a `message` that begins as below and adds the values found, and a",
    "`reference`. BR is the CA/Browser Forum's Baseline Requirements. Rules can share a code: `rule` identifies the rule.",
    'A violation of a rule that the profile does not enforce is in `verification.warnings`, in the same form.',
    '`ERR_TLS_CERT_PARSE` has no flag, but `field` and `reason`: [below](#certificates-that-cannot-be-read).\n',
    ...problems.flat(),
    '## Verify flags\n',
    'All flags of Mbed TLS, each with a [case](certs/README.md#cases) that sets it in a live handshake.\n',
    ...coverage('flag', FLAGS, FLAG_CASES),
    '## Certificates that cannot be read\n',
    'A server whose own certificate cannot be read ends the handshake with `ERR_TLS_CERT_PARSE`; another certificate',
    'that cannot be read is ignored. The problem has a `field`, by its name in RFC 5280, and a `reason`.',
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
    'A certificate that can be read but not used breaks a rule. These rules are about its form:\n',
    markdownTable([
      ['code', 'case'],
      ...rulesOf(rules).flatMap(({ rules: list }) =>
        list.flatMap(({ rule, code }) => (rule in RULE_CASES ? [[`\`${code}\``, `\`${RULE_CASES[rule].case}\``]] : [])),
      ),
    ]),
  ].join('\n');
}

/** @returns {Promise<string>} the expected content of ERRORS.md */
export async function currentErrorsDoc() {
  const read = (/** @type {string[]} */ ...path) => readFile(inProject(...path), 'utf8');
  return errorsDoc(await read('messages', 'errors.js'), await read('wasm', 'verify', 'rules.def'));
}

await runMain(import.meta.url, async () => {
  await writeFile(ERRORS_DOC, await currentErrorsDoc());
  print(`${ERRORS_DOC} is written`);
});
