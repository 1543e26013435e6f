/**
 * Issues the certificates, CRLs and keys of a declared case.
 */
import { createHash, createPublicKey } from 'node:crypto';
import { encodeCertificate, encodeCrl } from './certificate.js';
import { AUTHORITIES, FRESH, VALID, issuerKeyIdentifier } from './profile.js';

/** @typedef {import('./der.js').Der} Der */
/** @typedef {import('./keys.js').KeyKind} KeyKind */
/** @typedef {import('./profile.js').Entity} Entity */
/** @typedef {import('./profile.js').Profile} Profile */
/** @typedef {import('./profile.js').Crl} Crl */
/** @typedef {import('./signatures.js').KeyObject} KeyObject */

/**
 * @typedef {object} Issued
 * @property {Entity} entity
 * @property {bigint} serial
 * @property {KeyObject} key private
 * @property {Der} der
 */

/** @param {string} scope @param {string} name @returns {bigint} 16 octets, positive, deterministic */
export function serialNumber(scope, name) {
  const octets = createHash('sha256').update(`${scope}/${name}`).digest().subarray(0, 16);
  octets[0] = (octets[0] & 0x3f) | 0x40;
  return BigInt(`0x${octets.toString('hex')}`);
}

/** @param {Profile} profile @param {string} name @returns {{ entity: Entity, scope: string }} @throws if none has the name */
function findEntity(profile, name) {
  const own = profile.certificates[name];
  const entity = own ?? AUTHORITIES[name];
  if (entity === undefined) throw new Error(`case ${profile.id} has no certificate named ${name}`);
  return { entity, scope: own ? profile.id : 'shared' };
}

/** @param {Profile} profile @param {string[]} names @returns {string[]} the names and those of all their issuers, without duplicates */
export function withIssuers(profile, names) {
  const all = new Set(names);
  for (const name of all) all.add(findEntity(profile, name).entity.issuer);
  return [...all];
}

/**
 * Issues certificates on demand, each one once. Shared authorities are identical in every case.
 * @param {(kind: KeyKind, scope: string, entity: string) => Promise<KeyObject>} keys
 */
export function createIssuer(keys) {
  /** @type {Map<string, Promise<Issued>>} */
  const issued = new Map();

  /** @param {Profile} profile @param {string} name @returns {Promise<{ entity: Entity, serial: bigint, key: KeyObject }>} */
  async function identity(profile, name) {
    const { entity, scope } = findEntity(profile, name);
    return { entity, serial: serialNumber(scope, name), key: await keys(entity.key, scope, entity.sameKeyAs ?? name) };
  }

  /** @param {Profile} profile @param {string} name @returns {Promise<Issued>} */
  async function issueNew(profile, name) {
    const { entity, serial, key } = await identity(profile, name);
    const parent = await identity(profile, entity.issuer);
    const publicKey = createPublicKey(key);
    const context = {
      publicKey,
      issuerKey: createPublicKey(parent.key),
      issuer: parent.entity.subject,
      issuerSerial: parent.serial,
    };
    const description = {
      serial,
      issuer: parent.entity.subject,
      subject: entity.subject,
      publicKey,
      signer: entity.signer === undefined ? parent.key : (await identity(profile, entity.signer)).key,
      extensions: Object.values(entity.extensions).flatMap((extension) =>
        extension === null ? [] : [typeof extension === 'function' ? extension(context) : extension],
      ),
      ...VALID,
      ...entity.fields,
    };
    return { entity, serial, key, der: encodeCertificate(description) };
  }

  /** @param {Profile} profile @param {string} name @returns {Promise<Issued>} cached: ECDSA signatures differ each time */
  function issue(profile, name) {
    const { scope } = findEntity(profile, name);
    const id = `${scope}/${name}`;
    const known = issued.get(id) ?? issueNew(scope === 'shared' ? { ...profile, certificates: {} } : profile, name);
    issued.set(id, known);
    return known;
  }

  /** @param {Profile} profile @param {Crl} crl @returns {Promise<Der>} */
  async function issueCrl(profile, crl) {
    const parent = await identity(profile, crl.issuer);
    const publicKey = createPublicKey(parent.key);
    const context = { publicKey, issuerKey: publicKey, issuer: parent.entity.subject, issuerSerial: parent.serial };
    return encodeCrl({
      issuer: parent.entity.subject,
      signer: crl.signer === undefined ? parent.key : (await identity(profile, crl.signer)).key,
      number: 1,
      extensions: [issuerKeyIdentifier(context), ...(crl.extensions ?? [])],
      revoked: (crl.revoked ?? []).map(({ certificate: name, date = FRESH.thisUpdate, reason }) => ({
        serial: serialNumber(findEntity(profile, name).scope, name),
        date,
        reason,
      })),
      ...FRESH,
      ...crl.fields,
    });
  }

  return { issue, issueCrl };
}
