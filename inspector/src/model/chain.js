/** A verified chain, prepared for display: the path, the other paths tried, and the certificates sent. */
import { revocationText } from '../../../messages/revocation.js';
import { count, reachesAnchor, role, shortName } from './format.js';

/** @typedef {import('../types.js').Certificate} Certificate */
/** @typedef {import('../types.js').Problem} Problem */
/** @typedef {import('../types.js').Verification} Verification */

/**
 * A certificate of the path.
 * @typedef {object} Step
 * @property {Certificate} certificate
 * @property {number} depth
 * @property {'Leaf' | 'Intermediate' | 'Trust anchor'} role
 * @property {string} origin such as "sent as number 2"
 * @property {boolean} sent
 * @property {Problem[]} problems of this certificate
 * @property {string | null} revocation null for the last certificate: no CRL covers a trust anchor
 * @property {Branch[]} branches
 */

/**
 * Another path that was tried, from the point where it differs from the chosen one.
 * @typedef {object} Branch
 * @property {{ certificate: Certificate, depth: number, origin: string }[]} steps empty if the path ended at that point
 * @property {{ certificate: Certificate, problem: Problem }[]} reasons why it was not chosen: its problems, without those
 *   that the chosen path has too
 */

/** @param {Certificate} one @param {Certificate} other */
export function sameCertificate(one, other) {
  return one.pem === null ? one.fingerprints.sha256 === other.fingerprints?.sha256 : one.pem === other.pem;
}

/** An unreadable certificate is not in the path: the depth of its problem is its index among the certificates sent. */
const PARSE_ERROR = 'ERR_TLS_CERT_PARSE';

/**
 * The certificate that has a problem.
 * @param {Problem} problem
 * @param {Verification} verification
 * @param {boolean} [inFile] the chain is from a file, not from a server
 * @returns {{ certificate: Certificate | undefined, inPath: boolean, where: string }}
 */
export function locateProblem({ code, depth }, verification, inFile = false) {
  if (code === PARSE_ERROR) {
    return { certificate: verification.sent[depth], inPath: false, where: numbered([depth + 1], inFile) };
  }
  const certificate = verification.path[depth];
  if (certificate === undefined) return { certificate, inPath: false, where: `certificate ${depth}` };
  return { certificate, inPath: true, where: `certificate ${depth}, ${role(depth, verification).toLowerCase()}` };
}

/**
 * @param {Verification} verification
 * @param {boolean} [inFile] the chain is from a file, not from a server
 * @returns {Step[]}
 */
export function pathSteps(verification, inFile = false) {
  const { path, problems } = verification;
  const branches = branchesOf(verification, inFile);
  return path.map((certificate, depth) => ({
    certificate,
    depth,
    role: role(depth, verification),
    ...originOf(certificate, verification, inFile),
    problems: problems.filter((problem) => problem.depth === depth && problem.code !== PARSE_ERROR),
    revocation: depth + 1 < path.length ? revocationText(verification, depth) : null,
    branches: branches.filter(({ from }) => from === depth).map(({ branch }) => branch),
  }));
}

/** @param {number[]} numbers @param {boolean} inFile */
function numbered(numbers, inFile) {
  const where = inFile ? 'in the file' : 'sent';
  if (numbers.length === 1) return `${where} as number ${numbers[0]}`;
  const times = numbers.length === 2 ? 'twice' : `${numbers.length} times`;
  return `${where} ${times}, as numbers ${numbers.slice(0, -1).join(', ')} and ${numbers[numbers.length - 1]}`;
}

/**
 * @param {Certificate} certificate
 * @param {Verification} verification
 * @param {boolean} inFile
 * @returns {{ origin: string, sent: boolean }}
 */
function originOf(certificate, { sent }, inFile) {
  const numbers = sent.flatMap((other, i) => (sameCertificate(certificate, other) ? [i + 1] : []));
  if (numbers.length > 0) return { origin: numbered(numbers, inFile), sent: true };
  return { origin: `from the trust store, not ${inFile ? 'in the file' : 'sent'}`, sent: false };
}

/** @param {Verification} verification @param {boolean} inFile @returns {{ from: number, branch: Branch }[]} `from`: the last common depth */
function branchesOf(verification, inFile) {
  const { path, problems, others } = verification;
  return others.map((other) => {
    let common = 0;
    while (common < other.path.length && common < path.length && sameCertificate(other.path[common], path[common]))
      common++;
    const own = other.problems.filter(
      ({ depth, code, message }) =>
        !problems.some((one) => one.depth === depth && one.code === code && one.message === message),
    );
    const reasons = (own.length > 0 ? own : other.problems).flatMap((problem) => {
      const certificate = other.path[problem.depth];
      return certificate ? [{ certificate, problem }] : [];
    });
    const steps = other.path.slice(common).map((certificate, i) => ({
      certificate,
      depth: common + i,
      origin: originOf(certificate, verification, inFile).origin,
    }));
    return { from: Math.max(0, common - 1), branch: { steps, reasons } };
  });
}

/**
 * @typedef {object} Gap
 * @property {boolean} selfIssued whether the last certificate is its own issuer
 * @property {string} issuer name of the missing issuer, otherwise
 * @property {boolean} sameNameSent a certificate with the issuer's name was sent, but does not belong to the issuer
 * @property {boolean} unreadableSent a certificate was sent that cannot be read: it may be the issuer's
 * @property {string[]} urls of the issuer's certificate
 */

/**
 * Why the path does not end at a trust anchor; null if it does, or if there is no readable path.
 * @param {Verification} verification
 * @returns {Gap | null}
 */
export function pathGap(verification) {
  const { path, sent } = verification;
  const last = path[path.length - 1];
  if (last === undefined || last.subject === undefined || reachesAnchor(verification)) return null;
  const access = last.authorityInfoAccess?.filter(({ oid }) => oid === CA_ISSUERS) ?? [];
  const urls = access.flatMap(({ location }) =>
    location.flatMap(({ type, value }) =>
      type === 'uniformResourceIdentifier' && typeof value === 'string' ? [value] : [],
    ),
  );
  const sameNameSent = sent.some((one) => one.subject?.text === last.issuer.text && !sameCertificate(one, last));
  const unreadableSent = sent.some((one) => one.subject === undefined);
  return { selfIssued: last.selfIssued, issuer: shortName(last.issuer), sameNameSent, unreadableSent, urls };
}

const CA_ISSUERS = '1.3.6.1.5.5.7.48.2';

/**
 * @typedef {object} SentCertificate
 * @property {Certificate} certificate
 * @property {number} number from 1
 * @property {number | null} depth in the path
 * @property {string} use
 * @property {boolean} used
 * @property {Problem | null} problem if it cannot be read
 */

/** @param {Verification} verification @returns {SentCertificate[]} */
export function sentCertificates(verification) {
  const { path, sent, problems } = verification;
  return sent.map((certificate, i) => {
    const first = sent.findIndex((other) => sameCertificate(other, certificate));
    const place = path.findIndex((other) => sameCertificate(other, certificate));
    const depth = place < 0 ? null : place;
    const used = depth !== null && first === i;
    const problem = problems.find((one) => one.code === PARSE_ERROR && one.depth === i) ?? null;
    let use = path.length > 0 ? 'not used' : 'not verified';
    if (first < i) use = `duplicate of number ${first + 1}`;
    else if (depth !== null) use = `certificate ${depth} of the path`;
    else if (problem !== null || certificate.subject === undefined) use = 'not used: cannot be read';
    return { certificate, number: i + 1, depth, use, used, problem };
  });
}

/**
 * Advice for the server's administrator about the certificates it sends, in sentences.
 * @param {Verification} verification
 * @returns {string[]}
 */
export function remarksOnSent(verification) {
  const { path } = verification;
  if (path.length === 0) return [];
  const sent = sentCertificates(verification);
  const used = sent.filter((one) => one.used);
  const notes = [];
  if (sent.length > 0 && sent[0].depth !== 0) notes.push('The first certificate is not the leaf.');
  if (used.some(({ depth }, i) => i > 0 && Number(depth) < Number(used[i - 1].depth))) {
    notes.push(
      'The certificates are not in path order. TLS 1.2 requires it (RFC 5246, section 7.4.2), and clients that do not sort ' +
        'them find no path.',
    );
  }
  const extra = sent.filter(({ depth, problem }) => depth === null && problem === null).length;
  if (extra > 0 && reachesAnchor(verification)) {
    notes.push(
      `${count(extra, 'certificate')} ${extra === 1 ? 'is' : 'are'} not part of the path: this client does not need ` +
        `${extra === 1 ? 'it' : 'them'}, but one with other trust anchors may.`,
    );
  }
  if (sent.some(({ depth, used: counts }) => depth !== null && !counts))
    notes.push('Duplicate certificates need not be sent.');
  const anchor = path.length - 1;
  if (anchor > 0 && reachesAnchor(verification) && used.some(({ depth }) => depth === anchor)) {
    notes.push('The trust anchor need not be sent: clients trust only the copy in their own store.');
  }
  const gap = pathGap(verification);
  if (gap && !gap.selfIssued && !gap.sameNameSent) {
    const perhaps = gap.unreadableSent ? ', or it is the one that cannot be read' : '';
    notes.push(`The certificate of ${gap.issuer} is missing${perhaps}.`);
  }
  return notes;
}
