/**
 * What private CAs issue and users pin: good by the rules for private CAs, if need be with warnings. `profile: 'auto'`
 * applies them, since the anchors are not on Mozilla's root list.
 */
import { generalizedTime } from '../der.js';
import { basicConstraints, subjectAltName } from '../extensions.js';
import {
  intermediate,
  issuerKeyIdentifier,
  leaf,
  named,
  ordinaryNames,
  ownKeyIdentifier,
  profile,
  rejected,
  root,
} from '../profile.js';

/** @typedef {import('../profile.js').Entity} Entity */

const NO_IDENTIFIERS = { subjectKeyIdentifier: null, authorityKeyIdentifier: null };

/** @param {string} id @returns {Record<string, Entity>} a chain without key identifiers */
function withoutIdentifiers(id) {
  return {
    root: root('root', { subject: named('pagetls Test Plain Root'), extensions: NO_IDENTIFIERS }),
    intermediate: intermediate('intermediate', {
      subject: named('pagetls Test Plain Intermediate'),
      extensions: NO_IDENTIFIERS,
    }),
    leaf: leaf(id, { extensions: NO_IDENTIFIERS }),
  };
}

const IDENTIFIERS_MISSING = ['0: AKI_MISSING', '1: SKI_MISSING', '1: AKI_MISSING', '2: SKI_MISSING'];

/** @param {string} id @returns {Record<string, Entity>} what `openssl req -x509 -addext subjectAltName=…` writes */
function selfSigned(id) {
  return {
    leaf: {
      key: 'p256',
      issuer: 'leaf',
      subject: named(`${id}.pagetls.test`),
      extensions: {
        subjectKeyIdentifier: ownKeyIdentifier,
        authorityKeyIdentifier: issuerKeyIdentifier,
        basicConstraints: basicConstraints({ ca: true }),
        subjectAltName: subjectAltName(ordinaryNames(id)),
      },
    },
  };
}

const PINNED = { server: { chain: ['leaf'] }, trust: ['leaf'] };

export const PRIVATE_CASES = [
  profile({
    id: 'private-ca',
    title: 'Private CA without key identifiers',
    explain: 'No certificate has key identifiers. The user added this root, so that is only worth a warning.',
    profile: 'auto',
    certificates: withoutIdentifiers('private-ca'),
    expected: { ok: true, flags: [], warnings: IDENTIFIERS_MISSING },
  }),
  profile({
    id: 'private-ca-as-public',
    title: 'Private CA under public rules',
    explain: 'The same chain, but the client’s profile, “webpki”, requires of every CA what public CAs must do.',
    certificates: withoutIdentifiers('private-ca-as-public'),
    expected: { ok: false, flags: ['BADCERT_OTHER'], depth: 0, problems: IDENTIFIERS_MISSING },
  }),
  profile({
    id: 'private-forms',
    title: 'Private CA with loose forms',
    explain: 'Serial number 0, a date in the wrong form, no purpose, CA:TRUE not critical: a private CA may do that.',
    profile: 'auto',
    certificates: {
      intermediate: intermediate('intermediate', {
        subject: named('pagetls Test Loose Intermediate'),
        extensions: { basicConstraints: { ...basicConstraints({ ca: true }), critical: false } },
      }),
      leaf: leaf('private-forms', {
        extensions: { basicConstraints: null, extKeyUsage: null },
        fields: { serial: 0n, notAfter: generalizedTime('20491231235959Z') },
      }),
    },
    expected: {
      ok: true,
      flags: [],
      warnings: ['0: SERIAL', '0: GENERALIZED_TIME', '0: EKU_MISSING', '1: BC_NOT_CRITICAL'],
    },
  }),
  profile({
    id: 'private-old-root',
    title: 'Root of version 1',
    explain: 'The root has no extensions, as in 1999. A private root may, since the user trusts it by name and key.',
    profile: 'auto',
    certificates: {
      root: root('root', { subject: named('pagetls Test Old Root'), fields: { version: 1, extensions: [] } }),
      intermediate: intermediate('intermediate', { subject: named('pagetls Test Below Old Root') }),
    },
    expected: { ok: true, flags: [], warnings: ['2: VERSION_1_ANCHOR', '2: SKI_MISSING'] },
  }),
  profile({
    id: 'private-weak',
    title: 'Private CA with SHA-1',
    explain: 'The leaf is signed with SHA-1. That is a question of security, which no private CA may waive.',
    profile: 'auto',
    certificates: { leaf: leaf('private-weak', { fields: { signature: 'ecdsa-sha1' } }) },
    server: { chain: ['leaf', 'intermediate'], ciphers: 'DEFAULT@SECLEVEL=0' },
    expected: rejected('BADCERT_BAD_MD', 0),
    openssl: 'digest algorithm too weak',
  }),
  profile({
    id: 'pinned',
    title: 'Pinned self-signed certificate',
    explain: 'The server’s own certificate, made with “openssl req -x509”, is the client’s trust anchor.',
    profile: 'auto',
    certificates: selfSigned('pinned'),
    ...PINNED,
  }),
  profile({
    id: 'pinned-as-public',
    title: 'Pinned, under public rules',
    explain: 'The client’s profile is “webpki”, whose rules are for what a CA issues: nobody issued this certificate.',
    certificates: selfSigned('pinned-as-public'),
    ...PINNED,
  }),
  profile({
    id: 'pinned-other-name',
    title: 'Pinned, for another name',
    explain: 'The client trusts this very certificate, but only for the names that it has.',
    profile: 'auto',
    certificates: selfSigned('other'),
    ...PINNED,
    expected: rejected('BADCERT_CN_MISMATCH', 0),
    openssl: 'hostname mismatch',
  }),
];
