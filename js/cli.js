#!/usr/bin/env node
/**
 * The command line: `pagetls inspect`, `pagetls verify`, `pagetls bridge` and `pagetls --version`.
 * Exit codes: 0 the chain is valid, 1 it is not valid, 2 it could not be verified (usage, network, unreadable files).
 */
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { visible } from '../messages/visible.js';
import {
  formatFailure,
  formatInspection,
  formatSkipped,
  formatVerification,
  isUnsupported,
  toJSON,
} from './cli-format.js';
import { connect, TLSError, TrustStore, verifyChain } from './index.js';
import { MBEDTLS_VERSION, VERSION } from './version.js';

const USAGE = `Usage:
  pagetls inspect HOST[:PORT] [options]   connect to a server and verify its certificate chain
  pagetls verify CHAIN [options]          verify a chain (leaf first) without a connection
  pagetls bridge [options]                run a bridge for pages; "pagetls help bridge" has its options
  pagetls --version                       print the versions of pagetls, Mbed TLS and Mozilla's root list

Common options:
  --ca FILE          trust these anchors instead of Mozilla's; "system": the system's; may be repeated
  --crl FILE         check revocation with these CRLs; may be repeated
  --at TIME          verify at this time (ISO 8601, such as 2026-06-15T12:00:00Z) instead of now
  --profile NAME     auto (default), webpki, private, rfc5280 or suiteb
  --no-verify-hostname  a certificate for another name is a warning only
  --json             print JSON
Options of inspect:
  --bridge URL       connect through a websockify bridge (ws:// or wss://) instead of direct TCP
  --origin URL       the Origin header for the bridge
  --starttls NAME    start TLS in this protocol first: smtp, lmtp, imap, pop3, ftp, nntp, sieve, ldap, xmpp, xmpp-server,
                     postgres, mysql or irc; PORT is its usual one by default
  --servername NAME  send and expect this name instead of HOST
  --alpn LIST        offer these protocols (comma-separated)
  --groups LIST      offer these key exchange groups, such as X25519,P-256
  --sigalgs LIST     offer these signature schemes, such as ecdsa_secp256r1_sha256,rsa_pss_rsae_sha256
  --timeout MS       give up after this many milliseconds (default 30000)
  --cert FILE        the client's certificate chain, for servers that ask; may be the same file as --key. May be repeated:
                     the server gets one that it accepts
  --key FILE         its private key; may be repeated
  --pfx FILE         both in PKCS#12, instead; may be repeated
  --passphrase-file FILE  the passphrase of the keys or of --pfx, in the first line
  --renegotiation    let the server ask for it after the handshake
Options of verify:
  --host NAME        host name or IP address that the leaf must match

Files are PEM, DER or PKCS#7. Whatever is skipped in them is listed.
Exit codes: 0 the chain is valid, 1 it is not valid, 2 it could not be verified: wrong usage, no connection, a file that
cannot be read, or keys or signatures that are not supported.
`;

const COMMON = /** @type {const} */ ({
  ca: { type: 'string', multiple: true },
  crl: { type: 'string', multiple: true },
  at: { type: 'string' },
  profile: { type: 'string' },
  'no-verify-hostname': { type: 'boolean' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
});

const COMMANDS = {
  inspect: {
    ...COMMON,
    bridge: /** @type {const} */ ({ type: 'string' }),
    origin: /** @type {const} */ ({ type: 'string' }),
    starttls: /** @type {const} */ ({ type: 'string' }),
    servername: /** @type {const} */ ({ type: 'string' }),
    alpn: /** @type {const} */ ({ type: 'string' }),
    groups: /** @type {const} */ ({ type: 'string' }),
    sigalgs: /** @type {const} */ ({ type: 'string' }),
    timeout: /** @type {const} */ ({ type: 'string' }),
    cert: /** @type {const} */ ({ type: 'string', multiple: true }),
    key: /** @type {const} */ ({ type: 'string', multiple: true }),
    pfx: /** @type {const} */ ({ type: 'string', multiple: true }),
    'passphrase-file': /** @type {const} */ ({ type: 'string' }),
    renegotiation: /** @type {const} */ ({ type: 'boolean' }),
  },
  verify: { ...COMMON, host: /** @type {const} */ ({ type: 'string' }) },
};

/** Errors of a handshake that also mean that the chain is not valid. @type {string[]} */
const CHAIN_ERRORS = ['ERR_TLS_CERT_PARSE', 'ERR_TLS_SERVER_KEY'];

class UsageError extends Error {}

/** @typedef {{[option: string]: string | boolean | string[] | undefined}} Values */

/**
 * @param {string} path
 * @returns {Promise<Uint8Array>}
 */
async function readInput(path) {
  try {
    return await readFile(path);
  } catch (cause) {
    throw new Error(`${path} cannot be read: ${/** @type {Error} */ (cause).message}`, { cause });
  }
}

/**
 * Prefixes the message of an error with the files that it is about.
 * @template T
 * @param {import('./errors.js').ErrorCode} code of the error
 * @param {string[]} files
 * @param {() => T | Promise<T>} use
 * @returns {Promise<T>}
 */
async function withFileNames(code, files, use) {
  try {
    return await use();
  } catch (cause) {
    if (cause instanceof TLSError && cause.code === code) {
      throw new TLSError(code, `${files.join(' or ')}: ${cause.message}`, { cause });
    }
    throw cause;
  }
}

/**
 * @param {string[] | undefined} files
 * @returns {Promise<{trust: TrustStore, names: string[]}>} with the names of the inputs of the store
 */
async function readTrust(files) {
  if (!files) {
    return { trust: await TrustStore.mozilla(), names: ["Mozilla's root list"] };
  }
  const system = files.includes('system');
  const trust = await (system ? TrustStore.system() : TrustStore.from());
  const names = files.filter((name) => name !== 'system');
  for (const file of names) {
    const anchors = await readInput(file);
    await withFileNames('ERR_TLS_INVALID_CERTIFICATE', [file], () => trust.add(anchors));
  }
  return { trust, names: system ? ["the system's trust store", ...names] : names };
}

/**
 * What was skipped, with the names of the files.
 * @param {import('./documents.js').Skipped[]} skipped
 * @param {{trust?: string[], chain?: string[], crls?: string[]}} names of the inputs
 */
function withFiles(skipped, names) {
  return skipped.map((one) => ({ file: names[one.source]?.[one.input] ?? '', ...one }));
}

/**
 * The client's own certificates and keys.
 * @param {Values} values
 */
async function readIdentity(values) {
  const read = (/** @type {string} */ name) => {
    const files = /** @type {string[] | undefined} */ (values[name]);
    return files && Promise.all(files.map(readInput));
  };
  const [cert, key, pfx] = await Promise.all(['cert', 'key', 'pfx'].map(read));
  const file = values['passphrase-file'];
  const passphrase = file === undefined ? undefined : await readInput(String(file));
  const end = passphrase?.findIndex((octet) => octet === 0x0a || octet === 0x0d) ?? -1;
  const { renegotiation } = values;
  return {
    ...{ cert, key, pfx, renegotiation: renegotiation === true },
    passphrase: end < 0 ? passphrase : passphrase?.subarray(0, end),
  };
}

/**
 * Accepts ISO 8601 only: Date also accepts other formats, and reads 30 February as 2 March.
 * @param {string} text
 */
function readTime(text) {
  const [, day] = /^(\d{4}-\d\d-\d\d)(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?$/.exec(text) ?? [];
  const time = new Date(text);
  if (day === undefined || Number.isNaN(time.getTime()) || !new Date(day).toISOString().startsWith(day)) {
    throw new UsageError(`--at: ${text} is not an ISO 8601 time such as 2026-06-15T12:00:00Z.`);
  }
  return time;
}

/** @param {string} text */
function readTimeout(text) {
  if (!/^\d+$/.test(text)) {
    throw new UsageError(`--timeout: ${text || 'nothing'} is not a number of milliseconds.`);
  }
  return Number(text);
}

/** @param {Values[string]} value separated by commas */
function listOf(value) {
  return value === undefined ? undefined : String(value).split(',');
}

/**
 * The verification criteria, common to both commands.
 * @param {Values} values
 */
async function readCriteria(values) {
  const now = values.at === undefined ? undefined : readTime(String(values.at));
  const { trust, names } = await readTrust(/** @type {string[] | undefined} */ (values.ca));
  return {
    criteria: {
      ...{ now, trust },
      crls: await Promise.all(crlFiles(values).map(readInput)),
      profile: /** @type {import('./certificate.js').Profile | undefined} */ (values.profile),
      verifyHostname: !values['no-verify-hostname'],
    },
    anchors: { sources: names, size: trust.size, version: trust.version, date: trust.date },
    skippedAnchors: withFiles(trust.skipped, { trust: names }),
  };
}

/** @param {Values} values */
function crlFiles(values) {
  return /** @type {string[]} */ (values.crl ?? []);
}

/**
 * @param {string} target
 * @param {Values} values
 */
async function inspect(target, values) {
  const { websockify } = await import('./transports/websockify.js');
  const timeout = values.timeout === undefined ? undefined : readTimeout(String(values.timeout));
  if (values.origin !== undefined && values.bridge === undefined) {
    throw new UsageError('--origin requires --bridge.');
  }
  const { criteria, anchors, skippedAnchors } = await readCriteria(values);
  const identity = await readIdentity(values);
  const socket = connect(target, {
    ...criteria,
    ...identity,
    transport:
      values.bridge === undefined
        ? undefined
        : websockify(String(values.bridge), { origin: /** @type {string | undefined} */ (values.origin) }),
    starttls: /** @type {import('./index.js').StarttlsProtocol | undefined} */ (values.starttls),
    servername: /** @type {string | undefined} */ (values.servername),
    ALPNProtocols: listOf(values.alpn),
    groups: /** @type {import('./hello-options.js').Group[] | undefined} */ (listOf(values.groups)),
    signatureAlgorithms: /** @type {import('./hello-options.js').SignatureScheme[] | undefined} */ (
      listOf(values.sigalgs)
    ),
    timeout,
    rejectUnauthorized: false, // to show the chain anyway; the exit code reports the result
  });
  let info;
  try {
    info = await withFileNames('ERR_TLS_INVALID_CRL', crlFiles(values), () => socket.opened);
  } catch (error) {
    // An unreadable chain, or one with an unusable key, is not valid. Other errors say nothing about the chain.
    if (error instanceof TLSError && CHAIN_ERRORS.includes(error.code) && error.verification) {
      const { verification } = error;
      const skipped = [...skippedAnchors, ...withFiles(verification.skipped, { crls: crlFiles(values) })];
      const text = formatFailure(target, verification, anchors, error) + formatSkipped(skipped);
      return { ok: false, json: { target, verification, trust: anchors, skipped }, text };
    }
    throw error;
  }
  await socket.close().catch(() => {});
  const skipped = [...skippedAnchors, ...withFiles(info.verification.skipped, { crls: crlFiles(values) })];
  const text = formatInspection(target, info, anchors) + formatSkipped(skipped);
  return { ok: info.verification.ok, json: { target, ...info, trust: anchors, skipped }, text };
}

/**
 * @param {string} file
 * @param {Values} values
 */
async function verify(file, values) {
  const chain = await readInput(file);
  const { criteria, anchors, skippedAnchors } = await readCriteria(values);
  const options = { ...criteria, hostname: /** @type {string | undefined} */ (values.host) };
  const verification = await withFileNames('ERR_TLS_INVALID_CRL', crlFiles(values), () =>
    withFileNames('ERR_TLS_INVALID_CERTIFICATE', [file], () => verifyChain(chain, options)),
  );
  const names = { chain: [file], crls: crlFiles(values) };
  const skipped = [...skippedAnchors, ...withFiles(verification.skipped, names)];
  const text = formatVerification(verification, anchors) + formatSkipped(skipped);
  return { ok: verification.ok, json: { file, verification, trust: anchors, skipped }, text };
}

/**
 * Ignores EPIPE: a reader such as head(1) may close the pipe early without changing the exit code.
 * @param {string} text
 */
function print(text) {
  return new Promise((/** @type {(value: void) => void} */ resolve, reject) => {
    process.stdout.once('error', () => {}); // the callback handles it
    process.stdout.write(text, (error) => {
      if (error && /** @type {NodeJS.ErrnoException} */ (error).code !== 'EPIPE') {
        reject(error);
      } else {
        resolve();
      }
    });
  });
}

/** @param {string[]} args */
async function main(args) {
  const [command, ...rest] = args;
  if (command === 'bridge' || (command === 'help' && rest[0] === 'bridge')) {
    const { runBridge } = await import('./cli-bridge.js');
    return runBridge(command === 'help' ? ['--help'] : rest);
  }
  if (command === '--help' || command === '-h' || command === 'help') {
    await print(USAGE);
    return 0;
  }
  if (command === '--version' || command === '-V') {
    if (rest.length > 0) throw new UsageError(`${command} takes no arguments.`);
    const { version, date } = await TrustStore.mozilla();
    await print(`pagetls ${VERSION}\nMbed TLS ${MBEDTLS_VERSION}\nMozilla's root list ${version} of ${date}\n`);
    return 0;
  }
  if (command !== 'inspect' && command !== 'verify') {
    throw new UsageError(
      command === undefined ? 'Missing command: bridge, inspect or verify.' : `Unknown command ${command}.`,
    );
  }
  let parsed;
  try {
    parsed = parseArgs({ args: rest, options: COMMANDS[command], allowPositionals: true });
  } catch (error) {
    throw new UsageError(/** @type {Error} */ (error).message);
  }
  const values = /** @type {Values} */ (parsed.values);
  if (values.help) {
    await print(USAGE);
    return 0;
  }
  if (parsed.positionals.length !== 1) {
    throw new UsageError(
      command === 'inspect' ? 'inspect needs one HOST[:PORT].' : 'verify needs one file with the chain.',
    );
  }
  const result = await (command === 'inspect' ? inspect : verify)(parsed.positionals[0], values);
  await print(values.json ? `${toJSON(result.json)}\n` : result.text);
  return result.ok ? 0 : isUnsupported(result.json.verification) ? 2 : 1;
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error) => {
    const message = error instanceof Error ? error.message : String(error);
    const { code, hint = '' } = error instanceof TLSError ? error : {};
    const words = [message, message.endsWith(hint) ? '' : hint, code && `[${code}]`].filter(Boolean);
    process.stderr.write(`pagetls: ${visible(words.join(' '))}\n${error instanceof UsageError ? `\n${USAGE}` : ''}`);
    process.exitCode = 2;
  },
);
