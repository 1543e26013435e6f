/** The seeds of fuzz_identity: keys and PKCS#12, whose passphrases take no more iterations than the target runs. */
import { createCipheriv, generateKeyPairSync, pbkdf2Sync } from 'node:crypto';
import * as der from '../../certs/der.js';
import { bag, bmp, DIGESTS, oldMac, pbes2, pbkdf2, pbmac1, pkcs12, pkcs12Key } from '../helpers/identity-files.js';

const PASSPHRASE = 'sécret';
const RSADSI = '1.2.840.113549';

/** @param {Uint8Array} algorithm @param {Uint8Array} data encrypted */
const encryptedData = (algorithm, data) => {
  const info = der.sequence(der.oid(`${RSADSI}.1.7.1`), algorithm, der.primitive(0, data));
  return der.sequence(der.oid(`${RSADSI}.1.7.6`), der.constructed(0, der.sequence(der.integer(0), info)));
};

/** By Triple DES, as in old PKCS#12. @param {Uint8Array} data @returns {[algorithm: Uint8Array, encrypted: Uint8Array]} */
function tripleDes(data) {
  const salt = Buffer.from('12345678');
  const [key, iv] = [1, 2].map((purpose) =>
    pkcs12Key('sha1', purpose, bmp(PASSPHRASE), salt, 2, purpose === 1 ? 24 : 8),
  );
  const cipher = createCipheriv('des-ede3-cbc', key, iv);
  const parameters = der.sequence(der.octetString(salt), der.integer(2));
  return [
    der.sequence(der.oid(`${RSADSI}.1.12.1.3`), parameters),
    Buffer.concat([cipher.update(data), cipher.final()]),
  ];
}

/** @param {Uint8Array} certificate @returns {[name: string, input: Uint8Array][]} in the format of fuzz_identity.c */
export function identityInputs(certificate) {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const key = privateKey.export({ type: 'pkcs8', format: 'der' });
  const pem = (/** @type {'pkcs8' | 'sec1'} */ type, /** @type {object} */ more = {}) =>
    Buffer.from(/** @type {string} */ (privateKey.export({ type, format: 'pem', ...more })));
  const salt = Buffer.from('salt');
  const encrypted = (/** @type {number} */ digest) =>
    pbes2(pbkdf2(digest, salt, 2, 32), pbkdf2Sync(PASSPHRASE, salt, 2, 32, DIGESTS[digest]), Buffer.alloc(16), key);
  const certificateBag = bag(
    3,
    der.sequence(der.oid(`${RSADSI}.1.9.22.1`), der.constructed(0, der.octetString(certificate))),
  );
  const shrouded = (/** @type {Uint8Array} */ data) => {
    const [algorithm, content] = tripleDes(data);
    return bag(2, der.sequence(algorithm, der.octetString(content)));
  };
  const bags = [bag(1, key), certificateBag, bag(6, der.sequence(bag(1, key)))];
  /** @type {[string, Uint8Array][]} */
  const files = [
    ['pkcs8', pem('pkcs8')],
    ['sec1', pem('sec1')],
    ['dek-info', pem('sec1', { cipher: 'aes-128-cbc', passphrase: PASSPHRASE })],
    ['dek-info-des', pem('sec1', { cipher: 'des-ede3-cbc', passphrase: PASSPHRASE })],
    ['several', Buffer.concat([pem('pkcs8'), Buffer.from(der.pem('CERTIFICATE', certificate)), pem('sec1')])],
    ['der', key],
    ['base64', Buffer.from(key.toString('base64'))],
    ['encrypted-1', encrypted(1)],
    ['encrypted-3', Buffer.from(der.pem('ENCRYPTED PRIVATE KEY', encrypted(3)))],
    ['pkcs12-plain', pkcs12({ mac: () => null, bags })],
    ['pkcs12-ber', pkcs12({ mac: () => null, bags, ber: true })],
    ['pkcs12-mac', pkcs12({ mac: oldMac(1, bmp(PASSPHRASE), 2), bags: [shrouded(key), certificateBag] })],
    ['pkcs12-pbmac1', pkcs12({ mac: pbmac1(3, PASSPHRASE, 2), bags, ber: true })],
    ['pkcs12-no-mac', pkcs12({ mac: () => null, bags: [shrouded(key), bag(2, encrypted(5))] })],
    ['pkcs12-encrypted', pkcs12({ mac: () => null, bags, encrypt: (content) => encryptedData(...tripleDes(content)) })],
  ];
  const passphrase = Buffer.from(PASSPHRASE);
  return files.flatMap(([name, file], i) => [
    [name, Buffer.concat([Buffer.of(1, passphrase.length), passphrase, file])],
    [`${name}-fails`, Buffer.concat([Buffer.of(3 | (i << 2), passphrase.length), passphrase, file])],
  ]);
}
