/** The criteria of a verification, and verifying again by other criteria without a new connection. */
import { loadRootSignatures, TrustStore, verifyChain } from '../../../dist/index.js';
import { labFile, systemRoots } from './config.js';
import { hostOf } from './permalink.js';

/** @typedef {import('../types.js').WholeCertificate} WholeCertificate */
/** @typedef {import('../types.js').Criteria} Criteria */
/** @typedef {import('../types.js').LabCase} LabCase */
/** @typedef {import('../types.js').Request} Request */
/** @typedef {import('../types.js').TrustKind} TrustKind */
/** @typedef {import('../types.js').Verification} Verification */

/** @type {Record<TrustKind, string>} */
export const TRUST_NAMES = {
  mozilla: 'Mozilla’s root list',
  system: 'this system',
  lab: 'the lab’s root',
  own: 'your own roots',
};

/** Cached trust stores, by kind and content. @type {Map<string, Promise<TrustStore>>} */
const stores = new Map();

/**
 * Loads the trust store of this kind, once; a failure is not cached.
 * @param {TrustKind} kind
 * @param {{ lab: LabCase | null, ownRoots: string }} from
 * @returns {Promise<TrustStore>}
 * @throws {import('../types.js').TLSError} if it cannot be loaded, or its PEM cannot be read
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

/** Mozilla's roots, with their signatures: the pages show and save whole certificates. */
export async function mozillaStore() {
  const [store] = await Promise.all([TrustStore.mozilla(), loadRootSignatures()]);
  return store;
}

/**
 * @param {TrustKind} kind
 * @param {LabCase | null} lab
 * @param {string} ownRoots
 */
async function makeStore(kind, lab, ownRoots) {
  if (kind === 'mozilla') return mozillaStore();
  if (kind === 'system') return TrustStore.system(await systemRoots());
  if (kind === 'lab' && lab) return TrustStore.from(await labFile(lab, 'roots'));
  return TrustStore.from(ownRoots);
}

/**
 * The criteria of `request`. Where it sets none, those of its lab case apply, then the defaults: for the name, the host of
 * the address. The name of a certificate from a file is not checked unless the request sets one.
 * @param {Request} request
 * @returns {Promise<Criteria>}
 */
export async function criteriaFor(request) {
  const { lab, servername, file, address, now, profile, crls } = request;
  const kind = trustKind(request);
  const [store, crlPem] = await Promise.all([
    trustStore(kind, request),
    crls ?? (lab?.hasCrl ? labFile(lab, 'crl') : null),
  ]);
  return {
    hostname: servername || (lab?.hostname ?? (file === null ? hostOf(address) : '')),
    now: now ?? (lab?.clock ? new Date(lab.clock) : new Date()),
    profile: profile ?? lab?.profile ?? 'auto',
    trust: { kind, name: TRUST_NAMES[kind], store },
    crls: crlPem === '' ? null : crlPem,
  };
}

/** @param {Request} request @returns {TrustKind} */
export function trustKind({ trust, lab }) {
  if (trust && (trust !== 'lab' || lab)) return trust;
  return lab ? 'lab' : 'mozilla';
}

/**
 * Verifies a received chain again.
 * @param {(WholeCertificate | Uint8Array)[] | string} chain as sent, leaf first; or PEM
 * @param {Criteria} criteria
 * @returns {Promise<Verification>}
 */
export function verifyAgain(chain, { hostname, now, profile, trust, crls }) {
  const inputs = typeof chain === 'string' ? chain : chain.map((one) => (one instanceof Uint8Array ? one : one.der));
  return verifyChain(inputs, {
    hostname: hostname || undefined,
    now,
    profile,
    trust: trust.store,
    crls: crls ?? undefined,
  });
}
