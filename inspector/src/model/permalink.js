/**
 * Encodes a request and its criteria in the URL fragment, so that a link reproduces the inspection.
 *
 *   #example.org:8443&starttls=smtp&name=other.example&at=2026-01-31T12:00:00Z&profile=rfc5280&trust=system&crl=off&get&bridge=wss://…
 *
 * The user's own roots and CRLs are too long for a link; it only records that own roots were used (`trust=own`).
 */

import { certificateHost, parseAddress } from '../../../dist/address.js';
import { STARTTLS_PORTS, STARTTLS_PROTOCOLS } from '../../../dist/starttls/protocols.js';

/** @typedef {import('../types.js').Config} Config */
/** @typedef {import('../types.js').LabCase} LabCase */
/** @typedef {import('../types.js').Profile} Profile */
/** @typedef {import('../types.js').Request} Request */
/** @typedef {import('../types.js').StarttlsProtocol} StarttlsProtocol */
/** @typedef {import('../types.js').TrustKind} TrustKind */

/** @type {Profile[]} */
export const PROFILES = ['auto', 'webpki', 'private', 'rfc5280', 'suiteb'];
/** @type {TrustKind[]} */
export const TRUST_KINDS = ['mozilla', 'system', 'lab', 'own'];

/** A request with default values. @param {Config} config @returns {Request} */
export function blankRequest(config) {
  return {
    address: '',
    file: null,
    bridge: config.bridge,
    lab: null,
    target: null,
    starttls: null,
    servername: '',
    now: null,
    profile: null,
    trust: null,
    ownRoots: '',
    crls: null,
    skipped: [],
    get: false,
    tamper: null,
  };
}

/**
 * Accepts URLs, which users paste, and returns what is between the scheme and the path, as it is written.
 * @param {string} text
 */
export function tidyAddress(text) {
  const trimmed = text.trim();
  return /^https?:\/\/([^/?#\\]+)/i.exec(trimmed)?.[1] ?? trimmed;
}

/**
 * The host of an address as certificates have it: in ASCII, without port, brackets, zone and final dot.
 * @param {string} address
 * @returns {string} an invalid address as it is
 */
export function hostOf(address) {
  try {
    return certificateHost(parseAddress(address).hostname);
  } catch {
    return address; // where it is used, the error says why
  }
}

/** Ports besides the usual ones on which a server begins without TLS. @type {Record<number, StarttlsProtocol>} */
const OTHER_PORTS = { 587: 'smtp', 2525: 'smtp' };

/**
 * The protocol in which a server on this port usually starts TLS.
 * @param {string} address as entered
 * @returns {StarttlsProtocol | null} null for TLS at once, and for an invalid address
 */
export function suggestedStarttls(address) {
  try {
    const { port } = parseAddress(tidyAddress(address));
    return STARTTLS_PROTOCOLS.find((name) => STARTTLS_PORTS[name] === port) ?? OTHER_PORTS[port] ?? null;
  } catch {
    return null;
  }
}

/**
 * Finds the lab case with this address.
 * @param {string} address
 * @param {LabCase[]} cases
 */
export function findLabCase(address, cases) {
  const name = address.toLowerCase().replace(/:443$/, '');
  return cases.find((one) => one.address === name || `${one.id}.pagetls.test` === name) ?? null;
}

/** Leaves characters unescaped that are valid in a fragment and more readable (RFC 3986, section 3.5). */
function escaped(/** @type {string} */ text) {
  return encodeURIComponent(text).replace(/%(3A|5B|5D|2F)/g, decodeURIComponent);
}

/**
 * @param {Request} request
 * @param {Config} config
 * @returns {string} with `#`
 */
export function toHash(request, config) {
  const { address, starttls, servername, now, profile, trust, crls, get, bridge, lab } = request;
  const parts = [escaped(address)];
  /** @param {string} key @param {string | null} value */
  const add = (key, value) => value && parts.push(`${key}=${escaped(value)}`);
  add('starttls', starttls);
  add('name', servername);
  add('at', now && now.toISOString().replace(/\.000Z$/, 'Z'));
  add('profile', profile);
  add('trust', trust);
  add('crl', crls === '' && lab?.hasCrl ? 'off' : null);
  add('bridge', bridge === config.bridge ? null : bridge);
  if (get && !lab?.get) parts.push('get');
  return `#${parts.join('&')}`;
}

/**
 * Parses a fragment; unknown or invalid parts are ignored.
 * @param {string} hash with or without `#`
 * @param {Config} config
 * @param {LabCase[]} cases
 * @returns {Request}
 */
export function fromHash(hash, config, cases) {
  const request = blankRequest(config);
  const [address, ...parts] = hash.replace(/^#/, '').split('&').map(unescaped);
  request.address = tidyAddress(address);
  for (const part of parts) {
    const [, key, value] = /^([a-z]+)=?(.*)$/s.exec(part) ?? [];
    const time = Date.parse(value ?? '');
    if (key === 'starttls') request.starttls = STARTTLS_PROTOCOLS.find((name) => name === value) ?? null;
    if (key === 'name') request.servername = value;
    if (key === 'at' && !Number.isNaN(time)) request.now = new Date(time);
    if (key === 'profile') request.profile = PROFILES.find((profile) => profile === value) ?? null;
    if (key === 'trust') request.trust = TRUST_KINDS.find((kind) => kind === value) ?? null;
    if (key === 'crl' && value === 'off') request.crls = '';
    if (key === 'bridge') request.bridge = value;
    if (key === 'get') request.get = true;
  }
  return withLabCase(request, config, cases);
}

/**
 * Adds the lab case of the request's address, if there is one.
 * @param {Request} request
 * @param {Config} config
 * @param {LabCase[]} cases
 * @returns {Request}
 */
export function withLabCase(request, config, cases) {
  const lab = findLabCase(request.address, cases);
  const target = lab ? (config.targets[lab.id] ?? null) : null;
  return { ...request, lab, target, get: request.get || (lab?.get ?? false) };
}

/** @param {string} text */
function unescaped(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}
