/** A judged chain as a picture needs it: what was sent, what became of it, and where the ways part. */
import { revocationText } from '../../../messages/revocation.js';
import { reachesAnchor, role, shortName } from './format.js';

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
 * @property {Problem[]} problems its own
 * @property {string | null} revocation null for the last, which nobody can revoke
 * @property {Branch[]} branches
 */

/**
 * Another path that was tried, from where it leaves the chosen one.
 * @typedef {object} Branch
 * @property {{ certificate: Certificate, depth: number, origin: string }[]} steps none: it ended where it left
 * @property {{ certificate: Certificate, problem: Problem }[]} reasons why it was not taken: those that the chosen path
 *   does not have, too
 */

/** @param {Certificate} one @param {Certificate} other */
export function sameCertificate(one, other) {
  return one.pem === other.pem;
}

/** A certificate that cannot be read has no place in a path: its problem's depth is its place among those sent. */
const PARSE_ERROR = 'ERR_TLS_CERT_PARSE';

/**
 * Which certificate a problem is of.
 * @param {Problem} problem
 * @param {Verification} verification
 * @returns {{ certificate: Certificate | undefined, inPath: boolean, where: string }}
 */
export function locateProblem({ code, depth }, verification) {
  if (code === PARSE_ERROR) {
    return { certificate: verification.sent[depth], inPath: false, where: `sent as number ${depth + 1}` };
  }
  const certificate = verification.path[depth];
  if (certificate === undefined) return { certificate, inPath: false, where: `certificate ${depth}` };
  return { certificate, inPath: true, where: `certificate ${depth}, ${role(depth, verification).toLowerCase()}` };
}

/**
 * @param {Verification} verification
 * @returns {Step[]}
 */
export function pathSteps(verification) {
  const { path, problems } = verification;
  const branches = branchesOf(verification);
  return path.map((certificate, depth) => ({
    certificate,
    depth,
    role: role(depth, verification),
    ...originOf(certificate, verification),
    problems: problems.filter((problem) => problem.depth === depth && problem.code !== PARSE_ERROR),
    revocation: depth + 1 < path.length ? revocationText(verification, depth) : null,
    branches: branches.filter(({ from }) => from === depth).map(({ branch }) => branch),
  }));
}

/** @param {number[]} numbers */
function numbered(numbers) {
  if (numbers.length === 1) return `sent as number ${numbers[0]}`;
  const times = numbers.length === 2 ? 'twice' : `${numbers.length} times`;
  return `sent ${times}, as numbers ${numbers.slice(0, -1).join(', ')} and ${numbers[numbers.length - 1]}`;
}

/** @param {Certificate} certificate @param {Verification} verification @returns {{ origin: string, sent: boolean }} */
function originOf(certificate, { sent }) {
  const numbers = sent.flatMap((other, i) => (sameCertificate(certificate, other) ? [i + 1] : []));
  if (numbers.length === 0) return { origin: 'not sent: came from the trust store', sent: false };
  return { origin: numbered(numbers), sent: true };
}

/** @param {Verification} verification @returns {{ from: number, branch: Branch }[]} `from`: the last depth in common */
function branchesOf(verification) {
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
      origin: originOf(certificate, verification).origin,
    }));
    return { from: Math.max(0, common - 1), branch: { steps, reasons } };
  });
}

/**
 * @typedef {object} Gap
 * @property {boolean} selfIssued the last certificate vouches for itself
 * @property {string} issuer who is missing, else
 * @property {boolean} sameNameSent a certificate of that name was sent, but is not the issuer's
 * @property {boolean} unreadableSent a certificate was sent that cannot be read: it may be the one
 * @property {string[]} urls where the issuer's certificate is published
 */

/**
 * Why the path ends without an anchor; null where it ends at one, or where nothing can be said.
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
 * @property {Problem | null} problem that it cannot be read
 */

/** @param {Verification} verification @returns {SentCertificate[]} */
export function sentCertificates(verification) {
  const { path, sent, problems } = verification;
  return sent.map((certificate, i) => {
    const twin = sent.findIndex((other) => sameCertificate(other, certificate));
    const place = path.findIndex((other) => sameCertificate(other, certificate));
    const depth = place < 0 ? null : place;
    const used = depth !== null && twin === i;
    const problem = problems.find((one) => one.code === PARSE_ERROR && one.depth === i) ?? null;
    let use = path.length > 0 ? 'not used' : 'not judged';
    if (twin < i) use = `sent twice: the same as number ${twin + 1}`;
    else if (depth !== null) use = `certificate ${depth} of the path`;
    else if (problem !== null || certificate.subject === undefined) use = 'not used: it cannot be read';
    return { certificate, number: i + 1, depth, use, used, problem };
  });
}

/**
 * What a server's administrator may want to know of what it sends, in sentences.
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
      'They are not in the order of the path. TLS 1.2 asks for it (RFC 5246, section 7.4.2), and clients that do not sort ' +
        'them find no path.',
    );
  }
  const extra = sent.filter(({ depth, problem }) => depth === null && problem === null).length;
  if (extra > 0 && reachesAnchor(verification)) {
    notes.push(
      `${extra} of them ${extra === 1 ? 'has' : 'have'} no part in the path: this client does without, though another ` +
        'with other trust anchors may not.',
    );
  }
  if (sent.some(({ depth, used: counts }) => depth !== null && !counts))
    notes.push('What is sent twice could be sent once.');
  const anchor = path.length - 1;
  if (anchor > 0 && reachesAnchor(verification) && used.some(({ depth }) => depth === anchor)) {
    notes.push('The trust anchor need not be sent: a client takes it from its own store, or not at all.');
  }
  const gap = pathGap(verification);
  if (gap && !gap.selfIssued && !gap.sameNameSent) {
    const perhaps = gap.unreadableSent ? ', or is the one that cannot be read' : '';
    notes.push(`A certificate of ${gap.issuer} is missing${perhaps}.`);
  }
  return notes;
}
