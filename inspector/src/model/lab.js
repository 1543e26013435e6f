/** The lab without its page: its files, what a case is judged by, its addresses, and the filter. */
import { TLSError, TrustStore, verifyChain } from '../../../dist/index.js';
import { spansOf } from './spans.js';

/** @typedef {import('../types.js').Config} Config */
/** @typedef {import('../types.js').LabCase} LabCase */
/** @typedef {import('../types.js').LabIndex} LabIndex */
/** @typedef {import('../types.js').Profile} Profile */
/** @typedef {import('../types.js').Verification} Verification */

/**
 * What one can change about a case.
 * @typedef {object} Settings
 * @property {Date} now
 * @property {string} hostname
 * @property {'lab' | 'none' | 'mozilla'} trust
 * @property {boolean} crl whether the revocation lists are passed in, where there are any
 * @property {Profile} profile
 */

/** @param {LabCase} one @returns {Settings} */
export function usualSettings({ clock, hostname, profile }) {
  return { now: clock === null ? new Date() : new Date(clock), hostname, trust: 'lab', crl: true, profile };
}

/* --- files ---------------------------------------------------------------------- */

/** @param {string} path @returns {Promise<Response>} @throws {TLSError} */
async function get(path) {
  const response = await fetch(path);
  if (!response.ok) throw new TLSError('ERR_TLS_LOAD', `${path} could not be loaded: HTTP status ${response.status}.`);
  return response;
}

/** @returns {Promise<{ config: Config, index: LabIndex }>} */
export async function loadLab() {
  const [config, index] = await Promise.all([get('config.json'), get('lab/index.json')]);
  return { config: await config.json(), index: await index.json() };
}

/** @type {Promise<TrustStore> | undefined} */
let mozilla;

/** Loaded at the first use, then shared. */
function mozillaTrust() {
  mozilla ??= TrustStore.mozilla().catch((error) => {
    mozilla = undefined;
    throw error;
  });
  return mozilla;
}

/* --- judging ---------------------------------------------------------------------- */

/** Judges the chain of one case, again and again, by whatever is asked for. */
export class CaseVerifier {
  #roots;
  #crl;

  /**
   * @param {string | null} chain PEM; null where none is in the lab's files
   * @param {TrustStore} roots
   * @param {string | null} crl PEM
   */
  constructor(chain, roots, crl) {
    this.chain = chain;
    this.#roots = roots;
    this.#crl = crl;
  }

  /** @param {LabCase} one @throws {TLSError} when a file of it cannot be loaded */
  static async load({ id, hasChain, hasCrl }) {
    const text = async (/** @type {string} */ name) => (await get(`lab/${id}/${name}.pem`)).text();
    const [chain, roots, crl] = await Promise.all([
      hasChain ? text('chain') : null,
      text('roots'),
      hasCrl ? text('crl') : null,
    ]);
    return new CaseVerifier(chain, await TrustStore.from(roots), crl);
  }

  /** As `connect()` and `verifyChain()` take them. @param {Settings} settings */
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
   * @param {string} [chain] another than that of the files, as PEM
   * @returns {Promise<Verification>}
   * @throws {TLSError} ERR_TLS_INVALID_ADDRESS for what is no host name
   */
  async verify(settings, chain = this.chain ?? '') {
    return verifyChain(chain, { ...(await this.options(settings)), hostname: settings.hostname });
  }
}

/**
 * When the certificates of a chain begin and end, with a tenth of that time on either side.
 * @param {Verification} verification
 * @returns {{ from: Date, to: Date, spans: { from: Date, to: Date }[] }} `spans` of the path, or of what was sent; leaf first
 */
export function timesOf(verification) {
  const spans = spansOf(verification);
  const edges = spans.flatMap(({ from, to }) => [from.getTime(), to.getTime()]);
  if (edges.length === 0) edges.push(Date.UTC(2015, 0), Date.UTC(2050, 0)); // nothing of it can be read
  const [first, last] = [Math.min(...edges), Math.max(...edges)];
  const margin = (last - first) / 10;
  return { from: new Date(first - margin), to: new Date(last + margin), spans };
}

/* --- addresses ---------------------------------------------------------------------- */

/**
 * Reads what the part of an address after # asks for: `#expired`, or `#expired?at=…&name=…` with what was changed.
 * @param {string} hash
 * @returns {{ id: string, changes: URLSearchParams } | null}
 */
export function readHash(hash) {
  const match = /^#([\w-]+)(?:\?(.*))?$/.exec(hash);
  return match && { id: match[1], changes: new URLSearchParams(match[2] ?? '') };
}

/** @param {LabCase} one @param {URLSearchParams} changes what is not understood is left out @returns {Settings} */
export function settingsOf(one, changes) {
  const usual = usualSettings(one);
  const at = new Date(changes.get('at') ?? '');
  const trust = changes.get('trust');
  const profile = changes.get('profile');
  return {
    now: Number.isNaN(at.getTime()) ? usual.now : at,
    hostname: changes.get('name') ?? usual.hostname,
    trust: trust === 'none' || trust === 'mozilla' ? trust : usual.trust,
    crl: changes.get('crl') !== 'off',
    profile: profile === 'webpki' || profile === 'rfc5280' || profile === 'suiteb' ? profile : usual.profile,
  };
}

/** @param {LabCase} one @param {Settings} settings */
export function hashOf(one, settings) {
  const usual = usualSettings(one);
  const changes = new URLSearchParams();
  if (one.clock === null || settings.now.getTime() !== usual.now.getTime()) {
    changes.set('at', settings.now.toISOString().replace('.000Z', 'Z'));
  }
  if (settings.hostname !== usual.hostname) changes.set('name', settings.hostname);
  if (settings.trust !== usual.trust) changes.set('trust', settings.trust);
  if (!settings.crl) changes.set('crl', 'off');
  if (settings.profile !== usual.profile) changes.set('profile', settings.profile);
  return `#${one.id}${changes.size > 0 ? `?${changes}` : ''}`;
}

/** @param {LabCase} one @param {Settings} settings */
export function isUsual(one, settings) {
  return !hashOf(one, settings).includes('?');
}

/* --- the filter ---------------------------------------------------------------------- */

/** @typedef {'' | 'good' | 'bad' | 'fails' | 'never' | 'disagree'} Outcome */
/** @typedef {{ text: string, flag: string, outcome: Outcome }} Filter */

/** Whether another program comes to another outcome than this one. @param {LabCase} one */
export function disagrees({ opinions, flags, error }) {
  const ok = flags.length === 0 && error === null;
  return opinions.some((opinion) => (opinion.ok === true) !== ok);
}

/** @param {LabCase} one @param {Filter} filter */
export function passes(one, { text, flag, outcome }) {
  const { id, title, explain, keywords, hostname, group, flags, error, code } = one;
  const names = [...flags, error ?? '', code ?? ''];
  if (flag !== '' && !names.includes(flag)) return false;
  if (outcome !== '' && !(outcome === 'disagree' ? disagrees(one) : one.expected === outcome)) return false;
  return containsWords([id, title, explain, ...keywords, hostname, group, ...names], text);
}

/** @param {import('../types.js').Unreachable} one @param {Filter} filter */
export function neverPasses({ name, means, reason }, { text, flag, outcome }) {
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

/** What the filter by flag offers. @param {LabIndex} index @returns {string[]} flags first, then errors */
export function namesIn({ cases, unreachable }) {
  const flags = [...cases.flatMap((one) => one.flags), ...unreachable.flags.map(({ name }) => name)];
  const errors = [...cases.flatMap(({ error }) => error ?? []), ...unreachable.errors.map(({ name }) => name)];
  const codes = cases.flatMap(({ code }) => code ?? []);
  return [flags, errors, codes].flatMap((names) => [...new Set(names)].sort());
}
