#!/usr/bin/env node
/**
 * The command line: `pagetls inspect` and `pagetls verify`.
 * Exit codes: 0 the chain is good, 1 it is not, 2 that could not be found out (usage, network, unreadable files).
 */
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { formatFailure, formatInspection, formatVerification, printable, toJSON } from './cli-format.js';
import { connect, TLSError, TrustStore, verifyChain } from './index.js';

const USAGE = `Usage:
  pagetls inspect HOST[:PORT] [options]   connect, and show the server's certificates and the verdict
  pagetls verify CHAIN.pem [options]      judge a chain (leaf first) without a connection

Options of both:
  --ca FILE          trust these anchors (PEM or DER) instead of Mozilla's; "system" for the system's; may be repeated
  --crl FILE         check against this revocation list (PEM or DER; may be repeated)
  --at TIME          judge at this time (ISO 8601, such as 2026-06-15T12:00:00Z) instead of now
  --profile NAME     webpki (default), rfc5280 or suiteb
  --json             print JSON
Of inspect:
  --bridge URL       go through a websockify bridge (ws:// or wss://) instead of direct TCP
  --origin URL       the Origin header for the bridge
  --servername NAME  ask for, and expect, this name instead of HOST
  --alpn LIST        offer these protocols, separated by commas
  --timeout MS       give up after so many milliseconds (default 30000)
Of verify:
  --host NAME        the name or IP address that the leaf must be for

Exit code: 0 the chain is good, 1 it is not, 2 that could not be found out.
`;

const COMMON = /** @type {const} */ ({
  ca: { type: 'string', multiple: true },
  crl: { type: 'string', multiple: true },
  at: { type: 'string' },
  profile: { type: 'string' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
});

const COMMANDS = {
  inspect: {
    ...COMMON,
    bridge: /** @type {const} */ ({ type: 'string' }),
    origin: /** @type {const} */ ({ type: 'string' }),
    servername: /** @type {const} */ ({ type: 'string' }),
    alpn: /** @type {const} */ ({ type: 'string' }),
    timeout: /** @type {const} */ ({ type: 'string' }),
  },
  verify: { ...COMMON, host: /** @type {const} */ ({ type: 'string' }) },
};

/** Errors that tell of a bad chain, too. @type {string[]} */
const BAD_CHAINS = ['ERR_TLS_CERT_PARSE', 'ERR_TLS_SERVER_KEY'];

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
 * Puts the names of the files that an error is about before its message.
 * @template T
 * @param {import('./errors.js').ErrorCode} code of that error
 * @param {string[]} files
 * @param {() => T | Promise<T>} use
 * @returns {Promise<T>}
 */
async function naming(code, files, use) {
  try {
    return await use();
  } catch (cause) {
    if (cause instanceof TLSError && cause.code === code) {
      throw new TLSError(code, `${files.join(' or ')}: ${cause.message}`, { cause });
    }
    throw cause;
  }
}

/** @param {string[] | undefined} files */
async function readTrust(files) {
  if (!files) {
    return TrustStore.mozilla();
  }
  const store = await (files.includes('system') ? TrustStore.system() : TrustStore.from());
  for (const file of files.filter((name) => name !== 'system')) {
    const anchors = await readInput(file);
    await naming('ERR_TLS_INVALID_CERTIFICATE', [file], () => store.add(anchors));
  }
  return store;
}

/**
 * Only what ISO 8601 has: Date takes much more, and 30 February for 2 March.
 * @param {string} text
 */
function readTime(text) {
  const [, day] = /^(\d{4}-\d\d-\d\d)(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?$/.exec(text) ?? [];
  const time = new Date(text);
  if (day === undefined || Number.isNaN(time.getTime()) || !new Date(day).toISOString().startsWith(day)) {
    throw new UsageError(`--at: ${text} is not a time in ISO 8601, such as 2026-06-15T12:00:00Z.`);
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

/**
 * What both commands judge by.
 * @param {Values} values
 */
async function judgeBy(values) {
  return {
    now: values.at === undefined ? undefined : readTime(String(values.at)),
    trust: await readTrust(/** @type {string[] | undefined} */ (values.ca)),
    crls: await Promise.all(crlFiles(values).map(readInput)),
    profile: /** @type {import('./certificate.js').Profile | undefined} */ (values.profile),
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
    throw new UsageError('--origin goes with --bridge.');
  }
  const socket = connect(target, {
    ...(await judgeBy(values)),
    transport:
      values.bridge === undefined
        ? undefined
        : websockify(String(values.bridge), { origin: /** @type {string | undefined} */ (values.origin) }),
    servername: /** @type {string | undefined} */ (values.servername),
    ALPNProtocols: values.alpn === undefined ? undefined : String(values.alpn).split(','),
    timeout,
    rejectUnauthorized: false, // so that all of it can be shown; the exit code tells
  });
  let info;
  try {
    info = await naming('ERR_TLS_INVALID_CRL', crlFiles(values), () => socket.opened);
  } catch (error) {
    // A chain that cannot be read, or whose key cannot be used, is not valid; anything else says nothing about it.
    if (error instanceof TLSError && BAD_CHAINS.includes(error.code) && error.verification) {
      const { verification } = error;
      return { ok: false, json: { target, verification }, text: formatFailure(target, verification, error) };
    }
    throw error;
  }
  await socket.close().catch(() => {});
  return { ok: info.verification.ok, json: { target, ...info }, text: formatInspection(target, info) };
}

/**
 * @param {string} file
 * @param {Values} values
 */
async function verify(file, values) {
  const chain = await readInput(file);
  const options = { ...(await judgeBy(values)), hostname: /** @type {string | undefined} */ (values.host) };
  const verification = await naming('ERR_TLS_INVALID_CRL', crlFiles(values), () =>
    naming('ERR_TLS_INVALID_CERTIFICATE', [file], () => verifyChain(chain, options)),
  );
  return { ok: verification.ok, json: { file, verification }, text: formatVerification(verification) };
}

/**
 * A reader that has seen enough (EPIPE) does not change the answer.
 * @param {string} text
 */
function print(text) {
  return new Promise((/** @type {(value: void) => void} */ resolve, reject) => {
    process.stdout.once('error', () => {}); // the callback has it, too
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
  if (command === '--help' || command === '-h' || command === 'help') {
    await print(USAGE);
    return 0;
  }
  if (command !== 'inspect' && command !== 'verify') {
    throw new UsageError(
      command === undefined ? 'Say what to do: inspect or verify.' : `There is no command ${command}.`,
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
    throw new UsageError(command === 'inspect' ? 'Give one HOST[:PORT].' : 'Give one file with the chain.');
  }
  const result = await (command === 'inspect' ? inspect : verify)(parsed.positionals[0], values);
  await print(values.json ? `${toJSON(result.json)}\n` : result.text);
  return result.ok ? 0 : 1;
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error) => {
    const message = error instanceof Error ? error.message : String(error);
    const code = error instanceof TLSError ? ` [${error.code}]` : '';
    process.stderr.write(`pagetls: ${printable(message)}${code}\n${error instanceof UsageError ? `\n${USAGE}` : ''}`);
    process.exitCode = 2;
  },
);
