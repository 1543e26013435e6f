/**
 * node scripts/errors-doc.js: writes ERRORS.md from the tables that the code itself uses,
 * CODES of js/errors.js, CLOSE_CODES of js/transports/websockify.js, wasm/verify/rules.def and certs/coverage/.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { DETAILS, KEY_ERRORS, X509_ERRORS } from '../certs/coverage/errors.js';
import { FLAGS } from '../certs/coverage/flags.js';
import { CODES } from '../js/errors.js';
import { CLOSE_CODES, RETRIED } from '../js/transports/websockify.js';
import { inProject, program, say } from './run.js';

/** @typedef {import('../js/errors.js').ErrorCode} ErrorCode */

export const ERRORS_DOC = inProject('ERRORS.md');

/** What one may do about it, where the meaning alone does not say. @type {Partial<Record<ErrorCode, string>>} */
const ADVICE = {
  ERR_TLS_INVALID_ADDRESS: "Write `'host:port'`, `'[v6]:port'` or `{hostname, port}`; no URL, no path.",
  ERR_TLS_INVALID_CERTIFICATE: 'Pass PEM text with CERTIFICATE blocks, or the DER of one certificate.',
  ERR_TLS_INVALID_CRL: 'Pass PEM text with X509 CRL blocks, or the DER of one list.',
  ERR_TLS_INVALID_KEY: 'Pass `cert` and `key` together, the key unencrypted (PKCS#8, PKCS#1 or SEC 1).',
  ERR_TLS_NO_TRANSPORT: 'Start a [bridge](bridge/README.md) and pass its URL.',
  ERR_TLS_LOAD: "Serve `dist/` whole; the page's policy needs `script-src 'wasm-unsafe-eval'`.",
  ERR_TLS_BRIDGE_UNREACHABLE: "Check the URL, that the bridge runs, and that it was told the page's origin.",
  ERR_TLS_BRIDGE_TOKEN:
    "`token` of `websockify()` sets it. The bridge's words say what it found: expired, for example.",
  ERR_TLS_BRIDGE_REFUSED: 'Allow the target where the bridge is started; see [its options](bridge/README.md#options).',
  ERR_TLS_BRIDGE_BUSY: 'Try later, close connections that are not needed, or give the bridge a higher limit.',
  ERR_TLS_BRIDGE_LIMIT: 'Read what the server sends and keep the connection in use, or connect anew.',
  ERR_TLS_BRIDGE_STOPPING: 'Connect anew in a moment.',
  ERR_TLS_BRIDGE_FAILED:
    'Read its log. With another WebSocket server than websockify: see that it relays binary frames.',
  ERR_TLS_CONNECT_TIMEOUT:
    '`connectTimeout` and `firstByteTimeout` of `websockify()` set it, or `--dial-timeout` of the bridge.',
  ERR_TLS_TIMEOUT: 'The options `timeout` and `closeTimeout` set it.',
  ERR_TLS_HANDSHAKE_CLOSED: 'Often no TLS server, or one that wants another protocol first (STARTTLS).',
  ERR_TLS_VERSION: 'pagetls speaks TLS 1.2 and 1.3; see `minVersion` and `maxVersion`.',
  ERR_TLS_ALERT: '`handshake_failure`: no cipher suite in common. `certificate_required`: pass `cert` and `key`.',
  ERR_TLS_MESSAGE_TOO_LARGE: 'The server must send fewer or smaller certificates.',
  ERR_TLS_CERT_VERIFY_FAILED: 'Read `verification.problems`; their codes are below.',
  ERR_TLS_CERT_PARSE: '`verification.sent` has the bytes; see [what `native` says](#certificates-that-cannot-be-read).',
  ERR_TLS_TRUNCATED: 'Do not take what was read for the whole, unless the protocol inside says so.',
  ERR_TLS_BAD_RECORD: 'Somebody between the two ends changed the bytes, or lost some.',
  ERR_TLS_CLOSED: 'Nothing can be written after `close()`, nor read from a socket that failed.',
};

/**
 * @typedef {object} Group
 * @property {string} title
 * @property {ErrorCode[]} codes
 */

/**
 * CODES in the groups that the comments in its source make.
 * @param {string} source of js/errors.js
 * @returns {Group[]}
 */
export function groupsOf(source) {
  const table = source.slice(source.indexOf('export const CODES'), source.indexOf('\n});'));
  /** @type {Group[]} */
  const groups = [];
  for (const [, title, code] of table.matchAll(/^ {2}(?:\/\/ (.*)|(ERR_TLS_\w+):.*)$/gm)) {
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
    String.raw`^/\* ([^*]+) \*/$|\bRULE\(\s*\w+\s*,${text},\s*(\w+)\s*,\s*(\w+)\s*,${text},${text}\)`,
    'gm',
  );
  /** @type {{title: string, rules: Rule[]}[]} */
  const groups = [];
  for (const [, title, code, flag, level, what, reference] of source.matchAll(pattern)) {
    if (title !== undefined) {
      groups.push({ title, rules: [] });
    } else {
      groups.at(-1)?.rules.push({ code: `ERR_TLS_${code}`, flag, level, text: what, reference });
    }
  }
  return groups;
}

/** @param {string[][]} rows the first is the heading */
function table(rows) {
  const [heading, ...body] = rows.map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`);
  return [heading, `|${' --- |'.repeat(rows[0].length)}`, ...body, ''].join('\n');
}

/** @typedef {{code?: number, means: string, case?: string, do?: string, unreachable?: string}} Covered */

/**
 * What is covered by a live case, and what is not and why, in a table each.
 * @param {string} what
 * @param {Record<string, Covered>} covered
 */
function coverage(what, covered) {
  const all = Object.entries(covered);
  const first = (/** @type {[string, Covered]} */ [name, { code }]) =>
    code === undefined ? [`\`${name}\``] : [`\`${name}\``, `-0x${code.toString(16).padStart(4, '0')}`];
  const heading = all[0][1].code === undefined ? [what] : [what, 'number'];
  const live = all.filter(([, entry]) => entry.unreachable === undefined);
  const never = all.filter(([, entry]) => entry.unreachable !== undefined);
  const advised = live.some(([, entry]) => entry.do !== undefined);
  return [
    table([
      [...heading, 'meaning', ...(advised ? ['what to do'] : []), 'case'],
      ...live.map((entry) => [
        ...first(entry),
        entry[1].means,
        ...(advised ? [entry[1].do ?? ''] : []),
        `\`${entry[1].case}\``,
      ]),
    ]),
    ...(never.length === 0
      ? []
      : [
          'Never seen here:\n',
          table([
            [...heading, 'meaning', 'why not'],
            ...never.map((entry) => [...first(entry), entry[1].means, entry[1].unreachable ?? '']),
          ]),
        ]),
  ];
}

/**
 * @param {string} errors source of js/errors.js
 * @param {string} rules source of wasm/verify/rules.def
 */
export function errorsDoc(errors, rules) {
  const codes = groupsOf(errors).map(({ title, codes: list }) => [
    `### ${title}\n`,
    table([['code', 'meaning', 'what to do'], ...list.map((code) => [`\`${code}\``, CODES[code], ADVICE[code] ?? ''])]),
  ]);
  const problems = rulesOf(rules).map(({ title, rules: list }) => [
    `### ${title}\n`,
    table([
      ['code', 'flag', 'what is wrong', 'reference'],
      ...list.map(({ code, flag, level, text, reference }) => [
        `\`${code}\``,
        `\`${flag}\``,
        `${text}.${level === 'WEBPKI' ? ' (`webpki` only)' : ''}`,
        reference,
      ]),
    ]),
  ]);
  return [
    '<!-- Written by scripts/errors-doc.js from js/, wasm/verify/rules.def and certs/coverage/. -->\n',
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
    'stands for a certificate that cannot be read at all.\n',
    ...problems.flat(),
    '## Verify flags\n',
    "All of Mbed TLS's, each with a [case](certs/README.md#cases) that has it in a live handshake.\n",
    ...coverage('flag', FLAGS),
    '## Certificates that cannot be read\n',
    'A server whose own certificate cannot be read ends the handshake with `ERR_TLS_CERT_PARSE`; another certificate',
    "that cannot be read is passed over. `native.code` is Mbed TLS's number: that of an error, and often a detail added",
    'to it, both negative. `npm start` has a server for each of these cases.\n',
    ...coverage('error', X509_ERRORS),
    'Of the key in it:\n',
    ...coverage('error', KEY_ERRORS),
    'Details:\n',
    ...coverage('detail', DETAILS),
  ].join('\n');
}

/** @returns {Promise<string>} what ERRORS.md must be */
export async function currentErrorsDoc() {
  const read = (/** @type {string[]} */ ...path) => readFile(inProject(...path), 'utf8');
  return errorsDoc(await read('js', 'errors.js'), await read('wasm', 'verify', 'rules.def'));
}

await program(import.meta.url, async () => {
  await writeFile(ERRORS_DOC, await currentErrorsDoc());
  say(`${ERRORS_DOC} is written`);
});
