/**
 * Keys, one PEM file each, generated when missing. Generating RSA keys is slow, so cases share them.
 */
import { createPrivateKey, generateKeyPair } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** @typedef {import('node:crypto').KeyObject} KeyObject */
/** @typedef {'p224' | 'p256' | 'p384' | 'p521' | 'rsa1024' | 'rsa2048' | 'rsa3072' | 'rsa-pss' | 'ed25519'} KeyKind */

/** @type {Record<string, string>} */
const CURVES = { p224: 'secp224r1', p256: 'prime256v1', p384: 'secp384r1', p521: 'secp521r1' };

const generate = promisify(generateKeyPair);

/** @param {KeyKind} kind @returns {Promise<KeyObject>} a new private key */
async function generateKey(kind) {
  if (kind === 'ed25519') return (await generate('ed25519', {})).privateKey;
  if (kind === 'rsa-pss') {
    const hashes = { hashAlgorithm: 'sha256', mgf1HashAlgorithm: 'sha256' };
    return (await generate('rsa-pss', { modulusLength: 2048, ...hashes })).privateKey;
  }
  if (kind.startsWith('rsa')) return (await generate('rsa', { modulusLength: Number(kind.slice(3)) })).privateKey;
  return (await generate('ec', { namedCurve: CURVES[kind] })).privateKey;
}

/**
 * A directory of keys. The same kind, scope and entity always get the same key.
 * @param {string} directory created when missing
 * @returns {(kind: KeyKind, scope: string, entity: string) => Promise<KeyObject>}
 */
export function keyStore(directory) {
  /** @type {Map<string, Promise<KeyObject>>} */
  const known = new Map();
  return (kind, scope, entity) => {
    const name = kind.startsWith('rsa') ? `${kind}.${entity}` : `${kind}.${scope}.${entity}`;
    const key = known.get(name) ?? storedKey(join(directory, `${name}.pem`), kind);
    known.set(name, key);
    return key;
  };
}

/** @param {string} file @param {KeyKind} kind @returns {Promise<KeyObject>} */
async function storedKey(file, kind) {
  const stored = await readFile(file, 'utf8').catch(() => null);
  if (stored !== null) return createPrivateKey(stored);
  const key = await generateKey(kind);
  await mkdir(join(file, '..'), { recursive: true });
  await writeFile(file, privateKeyPem(key), { mode: 0o600 });
  return key;
}

/** @param {KeyObject} key private @returns {string} PKCS#8 */
export function privateKeyPem(key) {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}
