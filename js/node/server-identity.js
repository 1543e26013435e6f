/** The check of the server's name that Node's tls makes by default. Unlike RFC 9525, it falls back to the common name. */
import { canonicalIP, isIP } from './ip.js';
import { nodeError } from './node-error.js';

/** @typedef {import('./peer-certificate.js').PeerCertificate} PeerCertificate */

/**
 * @param {string} hostname
 * @param {PeerCertificate} certificate as getPeerCertificate() returns it
 * @returns {Error | undefined} ERR_TLS_CERT_ALTNAME_INVALID
 */
export function checkServerIdentity(hostname, certificate) {
  const host = withoutDot(`${hostname}`);
  const reason = mismatch(host, certificate);
  if (reason === undefined) {
    return undefined;
  }
  const message = `Hostname/IP does not match certificate's altnames: ${reason}`;
  const fields = { reason, host, cert: certificate };
  return Object.assign(nodeError(Error, 'ERR_TLS_CERT_ALTNAME_INVALID', message), fields);
}

/**
 * @param {string} host
 * @param {PeerCertificate} certificate
 * @returns {string | undefined} why it is not for the host
 */
function mismatch(host, { subject, subjectaltname }) {
  const names = subjectaltname ? splitNames(subjectaltname) : [];
  const ofKind = (/** @type {string} */ kind) =>
    names.filter((name) => name.startsWith(kind)).map((name) => name.slice(kind.length));
  if (isIP(host) !== 0) {
    const addresses = ofKind('IP Address:').map((address) => canonicalIP(address) ?? '');
    const wanted = canonicalIP(host);
    return wanted !== undefined && addresses.includes(wanted)
      ? undefined
      : `IP: ${host} is not in the cert's list: ${addresses.join(', ')}`;
  }
  const dnsNames = ofKind('DNS:');
  if (dnsNames.length > 0) {
    return dnsNames.some((name) => matches(host, name))
      ? undefined
      : `Host: ${host}. is not in the cert's altnames: ${subjectaltname}`;
  }
  const commonNames = [subject?.CN || []].flat(); // '' is none
  if (commonNames.length === 0) {
    return 'Cert does not contain a DNS name';
  }
  return commonNames.some((name) => matches(host, name))
    ? undefined
    : `Host: ${host}. is not cert's CN: ${subject?.CN}`;
}

const QUOTED = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*"/y;

/**
 * Texts that could be mistaken for several names are in quotes, as JSON.
 * @param {string} text
 * @returns {string[]}
 * @throws {Error} ERR_TLS_CERT_ALTNAME_FORMAT
 */
function splitNames(text) {
  const names = [''];
  for (let at = 0; at < text.length;) {
    const rest = names.length - 1;
    if (text.startsWith(', ', at)) {
      names.push('');
      at += 2;
    } else if (text[at] === '"') {
      QUOTED.lastIndex = at;
      const quoted = QUOTED.exec(text)?.[0];
      if (quoted === undefined) {
        throw nodeError(Error, 'ERR_TLS_CERT_ALTNAME_FORMAT', 'Invalid subject alternative name string');
      }
      names[rest] += JSON.parse(quoted);
      at += quoted.length;
    } else {
      names[rest] += text[at++];
    }
  }
  return names;
}

/** @param {string} name */
const withoutDot = (name) => name.replace(/\.$/, '');

/** @param {string} name */
const labelsOf = (name) => withoutDot(name).toLowerCase().split('.');

/** @param {string} label */
const isBad = (label) => label === '' || /[^\x21-\x7f]/.test(label);

/**
 * @param {string} host
 * @param {string} pattern may have one `*` in its first label
 */
function matches(host, pattern) {
  const [hostLabel, ...hostRest] = labelsOf(host);
  const [first, ...rest] = labelsOf(pattern);
  if (pattern === '' || [first, ...rest].some(isBad) || rest.length !== hostRest.length) {
    return false;
  }
  if (!rest.every((label, i) => label === hostRest[i])) {
    return false;
  }
  const parts = first.split('*');
  if (parts.length === 1 || first.includes('xn--')) {
    return first === hostLabel; // no wildcard in an A-label
  }
  const [prefix, suffix] = parts;
  return (
    parts.length === 2 &&
    rest.length >= 2 && // not for a whole top-level domain
    hostLabel.length >= prefix.length + suffix.length &&
    hostLabel.startsWith(prefix) &&
    hostLabel.endsWith(suffix)
  );
}
