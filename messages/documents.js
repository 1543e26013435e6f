/** What an input is instead of what was asked for, and what is wrong with a PEM block; named as in wasm/x509/documents.def. */
import { visible } from './visible.js';

/**
 * @typedef {object} DocumentText
 * @property {string} is follows "It is"
 * @property {string} [fix] sentences: what to do if a certificate or CRL was needed
 */

/** By kind. @satisfies {Record<string, DocumentText>} */
export const DOCUMENTS = {
  certificate: {
    is: 'a certificate',
    fix: 'Download the CRL from a distribution point of the certificate (crlDistributionPoints).',
  },
  crl: { is: 'a certificate revocation list (CRL)', fix: 'Pass it as a CRL: option `crls`, or `--crl`.' },
  pkcs7: {
    is: 'PKCS#7 without certificates or CRLs',
    fix: 'Show what it contains: openssl cms -cmsout -print -inform DER -in FILE',
  },
  der: { is: 'DER of an unknown structure, or damaged' },
  pkcs12: {
    is: 'a PKCS#12 file',
    fix: 'Extract its certificates: openssl pkcs12 -in FILE -nokeys -out certificates.pem',
  },
  'private-key': {
    is: 'a private key',
    fix: 'Pass the certificate that was issued for it.',
  },
  'encrypted-private-key': {
    is: 'an encrypted private key',
    fix: 'Pass the certificate that was issued for it.',
  },
  'openssh-private-key': {
    is: 'a private key of OpenSSH',
    fix: 'SSH keys have no certificate of this kind: pass an X.509 certificate.',
  },
  'putty-private-key': {
    is: 'a private key of PuTTY',
    fix: 'SSH keys have no certificate of this kind: pass an X.509 certificate.',
  },
  'public-key': {
    is: 'a public key',
    fix: 'A certificate also has a name, a validity period and a signature: pass the one for this key.',
  },
  'ssh-public-key': {
    is: 'a public key for SSH',
    fix: 'SSH keys have no certificate of this kind: pass an X.509 certificate.',
  },
  'certificate-request': {
    is: 'a certificate signing request (CSR)',
    fix: 'Send it to a CA and pass the certificate that the CA issues. For a self-signed one: openssl x509 -req -in FILE -signkey KEY',
  },
  'ocsp-response': { is: 'an OCSP response', fix: 'Show what it says: openssl ocsp -respin FILE -text -noverify' },
  parameters: { is: 'a set of parameters for keys' },
  openpgp: {
    is: 'an OpenPGP message or key',
    fix: 'OpenPGP keys are no certificates of this kind: pass an X.509 certificate.',
  },
  'java-key-store': {
    is: 'a Java key store (JKS)',
    fix: 'Export a certificate: keytool -exportcert -rfc -keystore FILE -alias NAME',
  },
  'wrong-label': {
    is: 'a certificate or CRL with a label that is not known',
    fix: 'Correct its BEGIN and END lines, for example to -----BEGIN CERTIFICATE-----.',
  },
  'unknown-block': { is: 'of an unknown kind' },
  'utf-16': { is: 'text in UTF-16', fix: 'Convert it to UTF-8: iconv -f UTF-16 -t UTF-8 FILE' },
  'decoded-bytes': { is: 'binary data that was decoded as text', fix: 'Pass the bytes of the file, not a string.' },
  'web-page': { is: 'a web page', fix: 'Check the address that it was downloaded from.' },
  xml: { is: 'XML', fix: 'Copy the certificate out of it.' },
  archive: { is: 'a compressed file', fix: 'Extract it first.' },
  pdf: { is: 'a PDF document' },
  image: { is: 'an image' },
  text: {
    is: 'text without a PEM block',
    fix: 'A PEM block starts with a BEGIN line, such as -----BEGIN CERTIFICATE-----, and ends with an END line.',
  },
  binary: { is: 'binary data of an unknown kind' },
  empty: { is: 'empty' },
};

/** @typedef {keyof typeof DOCUMENTS} DocumentKind */

/** By fault of a PEM block. `is` follows its number. @satisfies {Record<string, {is: string, fix: string}>} */
export const FAULTS = {
  'begin-line': { is: 'has a damaged BEGIN line, or none', fix: 'Restore the line, or copy the block again.' },
  'end-line': { is: 'has a damaged END line, or none', fix: 'Restore the line, or copy the block again.' },
  label: { is: 'has an END line that differs from its BEGIN line', fix: 'Correct the line, or copy the block again.' },
  header: {
    is: 'has header lines, which certificates and CRLs must not have',
    fix: 'Remove the lines between the BEGIN line and the base64.',
  },
  encrypted: { is: 'is encrypted', fix: 'Decrypt it first.' },
  base64: { is: 'is not valid base64', fix: 'Copy the block, or download the file, again.' },
  'no-content': { is: 'is empty', fix: 'Copy the block, or download the file, again.' },
  'trust-settings': {
    is: 'has malformed trust settings',
    fix: 'Remove the settings: openssl x509 -in FILE -out certificate.pem',
  },
};

/** @typedef {keyof typeof FAULTS} DocumentFault */

/** @typedef {{kind: string, fault?: string, block?: number, line?: number, label?: string}} Document as in js/documents.js */

/** Texts for what was asked for. */
const WANTED = { certificate: 'a certificate', crl: 'a CRL', key: 'a private key' };

/**
 * Why a document is not what was asked for.
 * @param {Document} document
 * @param {keyof typeof WANTED} wanted
 * @returns {{sentence: string, fix: string}} `fix` is empty if there is no advice
 */
export function documentText({ kind, fault, block, line, label }, wanted) {
  const place = block ? `PEM block ${block}${label ? ` (${visible(label)})` : ''} at line ${line}` : 'This';
  if (fault !== undefined) {
    const { is, fix } = FAULTS[/** @type {DocumentFault} */ (fault)];
    return { sentence: `${place} ${is}.`, fix };
  }
  /** @type {DocumentText} */
  const { is, fix = '' } = DOCUMENTS[/** @type {DocumentKind} */ (kind)];
  return { sentence: kind === 'empty' ? `${place} is empty.` : `${place} is ${is}, not ${WANTED[wanted]}.`, fix };
}

/** The same in one text. @param {Document} document @param {keyof typeof WANTED} wanted */
export function documentMessage(document, wanted) {
  const { sentence, fix } = documentText(document, wanted);
  return fix === '' ? sentence : `${sentence} ${fix}`;
}
