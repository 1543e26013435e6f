/** Common terms that the lab's search finds a case by although its texts do not use them. */

/** By flag. @type {Record<string, string[]>} */
const BY_FLAG = {
  BADCERT_CN_MISMATCH: ['hostname', 'SAN', 'subject alternative name', 'common name'],
  BADCERT_EXT_KEY_USAGE: ['EKU'],
};

/** By id. @type {Record<string, string[]>} */
const BY_ID = {
  alert: ['SNI', 'hostname'],
  'address-of-five': ['SAN', 'subject alternative name'],
  'ca-without-ca-true': ['basicConstraints'],
  client: ['mTLS', 'mutual TLS'],
  'client-certificate': ['mTLS', 'mutual TLS'],
  'client-certificate-13': ['mTLS', 'mutual TLS'],
  'copied-certificate': ['impersonation'],
  'extension-malformed': ['AIA'],
  'extension-twice': ['SAN', 'subject alternative name'],
  'good-idn': ['IDN', 'punycode'],
  'good-ip': ['SAN', 'subject alternative name'],
  'good-rich': ['SAN', 'subject alternative name'],
  'good-wildcard': ['SAN', 'subject alternative name'],
  'good-zone': ['SAN', 'subject alternative name'],
  'key-identifier-mismatch': ['AKI'],
  'missing-intermediate': ['incomplete chain'],
};

/** @param {{ id: string, flags: string[], tampered: boolean }} one `tampered`: in transit, by a relay */
export function keywordsOf({ id, flags, tampered }) {
  const keywords = [...flags.flatMap((flag) => BY_FLAG[flag] ?? []), ...(BY_ID[id] ?? [])];
  return tampered ? [...keywords, 'MITM', 'man in the middle'] : keywords;
}
