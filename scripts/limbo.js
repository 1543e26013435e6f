/**
 * npm run limbo -- FILE [--json]: verifies every case of a file in x509-limbo's format with the built package, and counts
 * how often the result is the expected one. Cases `rfc5280::…` use the profile rfc5280, all others webpki.
 */
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { runMain, print, UserError } from './run.js';

/**
 * The fields of a case that are used, as x509-limbo names them.
 * @typedef {object} LimboCase
 * @property {string} id
 * @property {'SERVER' | 'CLIENT'} validation_kind
 * @property {string[]} trusted_certs
 * @property {string[]} untrusted_intermediates
 * @property {string} peer_certificate
 * @property {string | null} validation_time
 * @property {{kind: string, value: string} | null} expected_peer_name
 * @property {number | null} max_chain_depth
 * @property {string[]} [crls]
 * @property {'SUCCESS' | 'FAILURE'} expected_result
 */

/** @typedef {{agree: number, falseAccept: number, falseReject: number, skipped: number}} Tally */
/** @typedef {{id: string, outcome: 'agree' | 'false accept' | 'false reject' | 'skipped', reason: string, milliseconds: number}} Result */

/**
 * @param {typeof import('../dist/index.js')} pagetls
 * @param {LimboCase} limboCase
 * @param {string[]} others the certificates sent after the leaf
 * @returns {Promise<Result>}
 */
async function verifyCase({ TrustStore, TLSError, verifyChain }, limboCase, others) {
  const { id } = limboCase;
  if (limboCase.validation_kind !== 'SERVER') {
    return { id, outcome: 'skipped', reason: 'only server certificates are verified', milliseconds: 0 };
  }
  let ok = false;
  let reason;
  const started = performance.now();
  try {
    const trust = await TrustStore.from(limboCase.trusted_certs);
    const verification = await verifyChain([limboCase.peer_certificate, ...others], {
      trust,
      hostname: limboCase.expected_peer_name?.value,
      now: limboCase.validation_time ? new Date(limboCase.validation_time) : undefined,
      crls: limboCase.crls?.length ? limboCase.crls : undefined,
      maxDepth: limboCase.max_chain_depth ?? undefined,
      profile: id.startsWith('rfc5280::') ? 'rfc5280' : 'webpki',
    });
    trust[Symbol.dispose]();
    ok = verification.ok;
    reason = verification.problems.map(({ depth, code }) => `${depth}: ${code}`).join(', ');
  } catch (error) {
    if (!(error instanceof TLSError)) throw error;
    reason = `${error.code}: ${error.message}`; // an unreadable input means an invalid chain
  }
  const expected = limboCase.expected_result === 'SUCCESS';
  const outcome = ok === expected ? 'agree' : ok ? 'false accept' : 'false reject';
  return { id, outcome, reason, milliseconds: performance.now() - started };
}

/**
 * @param {string} file
 * @param {(limboCase: LimboCase, index: number, all: LimboCase[]) => string[]} [sent] the certificates to send after
 *   the leaf; default: those of the case
 * @returns {Promise<Result[]>}
 */
export async function runLimbo(file, sent = (limboCase) => limboCase.untrusted_intermediates) {
  const pagetls = await import('../dist/index.js').catch(() => {
    throw new UserError('dist/ has no built package. Run npm run build first.');
  });
  /** @type {{testcases?: LimboCase[]}} */
  let content;
  try {
    content = JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    throw new UserError(`Cannot read ${file}: ${/** @type {Error} */ (error).message}`);
  }
  if (!Array.isArray(content.testcases))
    throw new UserError(`${file} is not in x509-limbo's format: it has no array 'testcases'.`);
  await pagetls.parseCertificate(content.testcases[0]?.peer_certificate ?? '').catch(() => {}); // loads the wasm module, so that the first case is not slower
  const results = [];
  for (const [index, limboCase] of content.testcases.entries()) {
    results.push(await verifyCase(pagetls, limboCase, sent(limboCase, index, content.testcases)));
  }
  return results;
}

/**
 * Counts the results by namespace: the first part of an id, and for `bettertls` the first two.
 * @param {Result[]} results
 */
export function tallyLimbo(results) {
  /** @type {Record<string, Tally>} */
  const tallies = {};
  for (const { id, outcome } of results) {
    const parts = id.split('::');
    const namespace = parts[0] === 'bettertls' ? parts.slice(0, 2).join('::') : parts[0];
    const tally = (tallies[namespace] ??= { agree: 0, falseAccept: 0, falseReject: 0, skipped: 0 });
    if (outcome === 'agree') tally.agree++;
    else if (outcome === 'false accept') tally.falseAccept++;
    else if (outcome === 'false reject') tally.falseReject++;
    else tally.skipped++;
  }
  return tallies;
}

await runMain(import.meta.url, async (given) => {
  let parsed;
  try {
    parsed = parseArgs({ args: given, options: { json: { type: 'boolean' } }, allowPositionals: true });
  } catch (error) {
    throw new UserError(`${/** @type {Error} */ (error).message}\nUsage: npm run limbo -- FILE [--json]`);
  }
  if (parsed.positionals.length !== 1) throw new UserError('Usage: npm run limbo -- FILE [--json]');
  const results = await runLimbo(parsed.positionals[0]);
  const tallies = tallyLimbo(results);
  const slowest = results.reduce((a, b) => (b.milliseconds > a.milliseconds ? b : a));
  const misses = results.filter(({ outcome }) => outcome.startsWith('false'));
  if (parsed.values.json) {
    print(JSON.stringify({ tallies, misses, slowest, results }, null, 2));
    return 0;
  }
  const row = (/** @type {(string | number)[]} */ cells) =>
    cells.map((cell, i) => (i === 0 ? String(cell).padEnd(30) : String(cell).padStart(14))).join('');
  print(row(['', 'agree', 'false accept', 'false reject', 'skipped']));
  for (const [namespace, { agree, falseAccept, falseReject, skipped }] of Object.entries(tallies)) {
    print(row([namespace, agree, falseAccept, falseReject, skipped]));
  }
  for (const { id, outcome, reason } of misses) print(`${outcome}: ${id} (${reason || 'no problem found'})`);
  const skipped = results.filter(({ outcome }) => outcome === 'skipped');
  if (skipped.length > 0) print(`skipped: ${skipped.map(({ id }) => id).join(', ')} (${skipped[0].reason})`);
  print(`slowest: ${slowest.id}, ${slowest.milliseconds.toFixed(1)} ms`);
  return 0;
});
