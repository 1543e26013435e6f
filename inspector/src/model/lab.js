/** The lab without its page: files, verification, links and the filter. */
import { TrustStore, verifyChain } from '../../../dist/index.js';
import { labFile } from './config.js';
import { mozillaStore } from './criteria.js';
import { PROFILES } from './permalink.js';
import { spansOf } from './spans.js';

/** @typedef {import('../types.js').Config} Config */
/** @typedef {import('../types.js').LabCase} LabCase */
/** @typedef {import('../types.js').LabIndex} LabIndex */
/** @typedef {import('../types.js').Profile} Profile */
/** @typedef {import('../types.js').Verification} Verification */

/**
 * The validation settings that a visitor can change.
 * @typedef {object} Settings
 * @property {Date} now
 * @property {string} hostname
 * @property {'lab' | 'none' | 'mozilla'} trust
 * @property {boolean} crl use the case's CRLs, if it has any
 * @property {Profile} profile
 */

/** @param {LabCase} labCase @returns {Settings} */
export function defaultSettings({ clock, hostname, profile }) {
  return { now: clock === null ? new Date() : new Date(clock), hostname, trust: 'lab', crl: true, profile };
}

/** @type {Promise<TrustStore> | undefined} */
let mozilla;

/** Loads the store at first use, then shares it. */
function mozillaTrust() {
  mozilla ??= mozillaStore().catch((error) => {
    mozilla = undefined;
    throw error;
  });
  return mozilla;
}

/* --- verification ---------------------------------------------------------------------- */

/** Verifies the chain of one case, as often as its settings change. */
export class CaseVerifier {
  #roots;
  #crl;

  /**
   * @param {string | null} chain PEM; null: the lab has no file of it
   * @param {TrustStore} roots
   * @param {string | null} crl PEM
   */
  constructor(chain, roots, crl) {
    this.chain = chain;
    this.#roots = roots;
    this.#crl = crl;
  }

  /** @param {LabCase} labCase @throws {TLSError} ERR_TLS_LOAD */
  static async load({ id, hasChain, hasCrl }) {
    const text = (/** @type {'chain' | 'roots' | 'crl'} */ name) => labFile({ id }, name);
    const [chain, roots, crl] = await Promise.all([
      hasChain ? text('chain') : null,
      text('roots'),
      hasCrl ? text('crl') : null,
    ]);
    return new CaseVerifier(chain, await TrustStore.from(roots), crl);
  }

  /** For `connect()` and `verifyChain()`. @param {Settings} settings */
  async options({ now, trust, crl, profile }) {
    return {
      now,
      profile,
      trust: trust === 'lab' ? this.#roots : trust === 'mozilla' ? await mozillaTrust() : await TrustStore.from(),
      crls: crl && this.#crl !== null ? this.#crl : undefined,
    };
  }

  /**
   * @param {Settings} settings
   * @param {string} [chain] PEM; default: the chain in the lab's files
   * @returns {Promise<Verification>}
   * @throws {TLSError} ERR_TLS_INVALID_ADDRESS if the host name is malformed
   */
  async verify(settings, chain = this.chain ?? '') {
    return verifyChain(chain, { ...(await this.options(settings)), hostname: settings.hostname });
  }
}

/**
 * The clock's range: from the chain's first notBefore to its last notAfter, and a tenth more at either end.
 * @param {Verification} verification
 * @returns {{ from: Date, to: Date, spans: { from: Date, to: Date }[] }} `spans`: validity of each certificate, leaf first
 */
export function clockRange(verification) {
  const spans = spansOf(verification);
  const edges = spans.flatMap(({ from, to }) => [from.getTime(), to.getTime()]);
  if (edges.length === 0) edges.push(Date.UTC(2015, 0), Date.UTC(2050, 0)); // no certificate can be read
  const [first, last] = [Math.min(...edges), Math.max(...edges)];
  const margin = (last - first) / 10;
  return { from: new Date(first - margin), to: new Date(last + margin), spans };
}

/* --- links ---------------------------------------------------------------------- */

/**
 * Reads the fragment of a link to a case: `#expired`, or `#expired?at=…&name=…` with changed settings.
 * @param {string} hash
 * @returns {{ id: string, changes: URLSearchParams } | null}
 */
export function readHash(hash) {
  const match = /^#([\w-]+)(?:\?(.*))?$/.exec(hash);
  return match && { id: match[1], changes: new URLSearchParams(match[2] ?? '') };
}

/** @param {LabCase} labCase @param {URLSearchParams} changes unknown values are ignored @returns {Settings} */
export function settingsFrom(labCase, changes) {
  const defaults = defaultSettings(labCase);
  const at = new Date(changes.get('at') ?? '');
  const trust = changes.get('trust');
  const profile = changes.get('profile');
  return {
    now: Number.isNaN(at.getTime()) ? defaults.now : at,
    hostname: changes.get('name') ?? defaults.hostname,
    trust: trust === 'none' || trust === 'mozilla' ? trust : defaults.trust,
    crl: changes.get('crl') !== 'off',
    profile: PROFILES.find((one) => one === profile) ?? defaults.profile,
  };
}

/** @param {LabCase} labCase @param {Settings} settings @returns {string} the fragment of a link, with # */
export function hashFor(labCase, settings) {
  const defaults = defaultSettings(labCase);
  const changes = new URLSearchParams();
  if (labCase.clock === null || settings.now.getTime() !== defaults.now.getTime()) {
    changes.set('at', settings.now.toISOString().replace('.000Z', 'Z'));
  }
  if (settings.hostname !== defaults.hostname) changes.set('name', settings.hostname);
  if (settings.trust !== defaults.trust) changes.set('trust', settings.trust);
  if (!settings.crl) changes.set('crl', 'off');
  if (settings.profile !== defaults.profile) changes.set('profile', settings.profile);
  return `#${labCase.id}${changes.size > 0 ? `?${changes}` : ''}`;
}

/** @param {LabCase} labCase @param {Settings} settings */
export function isDefault(labCase, settings) {
  return !hashFor(labCase, settings).includes('?');
}

/* --- the filter ---------------------------------------------------------------------- */

/** @typedef {'' | 'good' | 'bad' | 'fails' | 'never' | 'disagree'} Outcome */
/** @typedef {{ text: string, flag: string, outcome: Outcome }} Filter */

/** Whether OpenSSL or GnuTLS has another result than pagetls. @param {LabCase} labCase */
export function disagrees({ opinions, flags, error }) {
  const ok = flags.length === 0 && error === null;
  return opinions.some((opinion) => (opinion.ok === true) !== ok);
}

/** @param {LabCase} labCase @param {Filter} filter */
export function matchesFilter(labCase, { text, flag, outcome }) {
  const { id, title, explain, keywords, hostname, group, flags, error, code } = labCase;
  const names = [...flags, error ?? '', code ?? ''];
  if (flag !== '' && !names.includes(flag)) return false;
  if (outcome !== '' && !(outcome === 'disagree' ? disagrees(labCase) : labCase.expected === outcome)) return false;
  return containsWords([id, title, explain, ...keywords, hostname, group, ...names], text);
}

/** @param {import('../types.js').Unreachable} unreachable @param {Filter} filter */
export function unreachableMatchesFilter({ name, means, reason }, { text, flag, outcome }) {
  if (flag !== '' && flag !== name) return false;
  return (outcome === '' || outcome === 'never') && containsWords([name, means, reason], text);
}

/**
 * Whether every word of `query` occurs in the texts. Hyphens do not matter: "sha1" finds "SHA-1".
 * @param {string[]} texts
 * @param {string} query
 */
function containsWords(texts, query) {
  const normalize = (/** @type {string} */ text) => text.toLowerCase().replaceAll('-', '');
  const haystack = normalize(texts.join('\n'));
  return normalize(query)
    .split(/\s+/)
    .every((word) => haystack.includes(word));
}

/** The choices of the filter “Flag or error”. @param {LabIndex} index @returns {string[]} flags first, then errors */
export function filterNames({ cases, unreachable }) {
  const flags = [...cases.flatMap((labCase) => labCase.flags), ...unreachable.flags.map(({ name }) => name)];
  const errors = [...cases.flatMap(({ error }) => error ?? []), ...unreachable.errors.map(({ name }) => name)];
  const codes = cases.flatMap(({ code }) => code ?? []);
  return [flags, errors, codes].flatMap((names) => [...new Set(names)].sort());
}
