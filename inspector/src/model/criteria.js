/** What a chain is judged by, and criteria one again without a connection. */
import { TrustStore, verifyChain } from '../../../dist/index.js';
import { labFile, systemRoots } from './config.js';

/** @typedef {import('../types.js').Certificate} Certificate */
/** @typedef {import('../types.js').Criteria} Criteria */
/** @typedef {import('../types.js').LabCase} LabCase */
/** @typedef {import('../types.js').Request} Request */
/** @typedef {import('../types.js').TrustKind} TrustKind */
/** @typedef {import('../types.js').Verification} Verification */

/** @type {Record<TrustKind, string>} */
export const TRUST_NAMES = {
  mozilla: "Mozilla's list",
  system: 'this system',
  lab: "the lab's own root",
  own: 'your own',
};

/** Stores that have been asked for, by what they hold. @type {Map<string, Promise<TrustStore>>} */
const stores = new Map();

/**
 * The store of this kind, parsed once; a failure is not remembered.
 * @param {TrustKind} kind
 * @param {{ lab: LabCase | null, ownRoots: string }} from
 * @returns {Promise<TrustStore>}
 * @throws {import('../types.js').TLSError} where it cannot be loaded, or PEM cannot be read
 */
export function trustStore(kind, { lab, ownRoots }) {
  const key = kind === 'own' ? `own ${ownRoots}` : kind === 'lab' ? `lab ${lab?.id}` : kind;
  let store = stores.get(key);
  if (!store) {
    store = makeStore(kind, lab, ownRoots);
    stores.set(key, store);
    store.catch(() => stores.delete(key));
  }
  return store;
}

/**
 * @param {TrustKind} kind
 * @param {LabCase | null} lab
 * @param {string} ownRoots
 */
async function makeStore(kind, lab, ownRoots) {
  if (kind === 'mozilla') return TrustStore.mozilla();
  if (kind === 'system') return TrustStore.from(await systemRoots());
  if (kind === 'lab' && lab) return TrustStore.from(await labFile(lab, 'roots'));
  return TrustStore.from(ownRoots);
}

/**
 * What `request` asks to judge by; in the lab that is what the case names, unless the request says otherwise.
 * @param {Request} request
 * @param {string} hostname of the address, for which a servername may stand in
 * @returns {Promise<Criteria>}
 */
export async function criteriaFor(request, hostname) {
  const { lab, servername, now, profile, crls } = request;
  const kind = trustKind(request);
  const [store, list] = await Promise.all([
    trustStore(kind, request),
    crls ?? (lab?.hasCrl ? labFile(lab, 'crl') : null),
  ]);
  return {
    hostname: servername || (lab?.hostname ?? hostname),
    now: now ?? (lab?.clock ? new Date(lab.clock) : new Date()),
    profile: profile ?? lab?.profile ?? 'webpki',
    trust: { kind, name: TRUST_NAMES[kind], store },
    crls: list === '' ? null : list,
  };
}

/** @param {Request} request @returns {TrustKind} */
export function trustKind({ trust, lab }) {
  if (trust && (trust !== 'lab' || lab)) return trust;
  return lab ? 'lab' : 'mozilla';
}

/**
 * Judges a chain that has been seen already.
 * @param {Certificate[] | string} chain as it was sent, leaf first; or as PEM
 * @param {Criteria} criteria
 * @returns {Promise<Verification>}
 */
export function verifyAgain(chain, { hostname, now, profile, trust, crls }) {
  return verifyChain(typeof chain === 'string' ? chain : chain.map((certificate) => certificate.der), {
    hostname: hostname || undefined,
    now,
    profile,
    trust: trust.store,
    crls: crls ?? undefined,
  });
}
