/**
 * Names of object identifiers in certificates and CRLs. A test checks that they are those of the TLS client, where it has
 * one.
 */

/**
 * By parent OID: pairs of last arc and name, separated by spaces. RFC 3279, 4055, 4519, 5280, 5480, 5652, 5755, 5758,
 * 5912, 6962, 6960, 7633, 8410, 9608; FIPS 186 and the register of NIST; X.520; ETSI EN 319 412-5; the CA/Browser Forum.
 */
const ARCS = {
  // Attributes of names
  '2.5.4':
    '3 CN 4 SN 5 serialNumber 6 C 7 L 8 ST 9 street 10 O 11 OU 12 title 13 description 15 businessCategory 16 postalAddress ' +
    '17 postalCode 18 postOfficeBox 20 telephoneNumber 41 name 42 GN 43 initials 44 generationQualifier 45 x500UniqueIdentifier ' +
    '46 dnQualifier 51 houseIdentifier 65 pseudonym 97 organizationIdentifier',
  '0.9.2342.19200300.100.1': '1 UID 3 mail 25 DC',
  '1.2.840.113549.1.9':
    '1 emailAddress 2 unstructuredName 3 contentType 4 messageDigest 5 signingTime 7 challengePassword 8 unstructuredAddress ' +
    '14 extensionRequest 15 smimeCapabilities 20 friendlyName 21 localKeyID',
  '1.3.6.1.4.1.311.60.2.1': '1 jurisdictionL 2 jurisdictionST 3 jurisdictionC',
  '1.3.6.1.5.5.7.9': '1 dateOfBirth 2 placeOfBirth 3 gender 4 countryOfCitizenship 5 countryOfResidence',
  // Keys, signatures and hashes
  '1.2.840.113549.1.1':
    '1 rsaEncryption 2 md2WithRSAEncryption 4 md5WithRSAEncryption 5 sha1WithRSAEncryption 7 RSAES-OAEP 8 mgf1 9 pSpecified ' +
    '10 RSASSA-PSS 11 sha256WithRSAEncryption 12 sha384WithRSAEncryption 13 sha512WithRSAEncryption ' +
    '14 sha224WithRSAEncryption 15 sha512-224WithRSAEncryption 16 sha512-256WithRSAEncryption',
  '1.2.840.113549.2': '2 MD2 5 MD5',
  '1.2.840.113549.3': '7 des-ede3-cbc',
  '1.2.840.113549.1.5': '12 PBKDF2 13 PBES2',
  '1.2.840.10040.4': '1 DSA 3 dsa-with-SHA1',
  '1.2.840.10045.1': '1 prime-field 2 characteristic-two-field',
  '1.2.840.10045.2': '1 id-ecPublicKey',
  '1.2.840.10045.3.1': '1 P-192 7 P-256',
  '1.2.840.10045.4': '1 ecdsa-with-SHA1 2 ecdsa-with-Recommended',
  '1.2.840.10045.4.3': '1 ecdsa-with-SHA224 2 ecdsa-with-SHA256 3 ecdsa-with-SHA384 4 ecdsa-with-SHA512',
  '1.3.132.0': '10 secp256k1 31 secp192k1 32 secp224k1 33 P-224 34 P-384 35 P-521',
  '1.3.132.1': '12 id-ecDH 13 id-ecMQV',
  '1.3.36.3.3.2.8.1.1':
    '3 brainpoolP192r1 5 brainpoolP224r1 6 brainpoolP224t1 7 brainpoolP256r1 8 brainpoolP256t1 9 brainpoolP320r1 ' +
    '10 brainpoolP320t1 11 brainpoolP384r1 12 brainpoolP384t1 13 brainpoolP512r1 14 brainpoolP512t1',
  '1.3.101': '110 X25519 111 X448 112 Ed25519 113 Ed448',
  '1.3.14.3.2': '26 SHA-1 29 sha1WithRSAEncryption',
  '1.2.840.10046.2': '1 DH',
  '1.2.840.113549.1.3': '1 DH',
  '1.2.156.10197.1': '301 SM2 501 SM2-with-SM3',
  '1.2.643.2.2': '19 GOST-2001',
  '1.2.643.7.1.1.1': '1 GOST-2012-256 2 GOST-2012-512',
  '1.2.643.7.1.1.3': '2 GOST-2012-256-with-Streebog 3 GOST-2012-512-with-Streebog',
  '2.16.840.1.101.3.4.1': '2 aes128-CBC 22 aes192-CBC 42 aes256-CBC',
  '2.16.840.1.101.3.4.2':
    '1 SHA-256 2 SHA-384 3 SHA-512 4 SHA-224 5 SHA-512/224 6 SHA-512/256 7 SHA3-224 8 SHA3-256 9 SHA3-384 10 SHA3-512 ' +
    '11 SHAKE128 12 SHAKE256',
  '2.16.840.1.101.3.4.3':
    '1 dsa-with-SHA224 2 dsa-with-SHA256 9 ecdsa-with-SHA3-224 10 ecdsa-with-SHA3-256 11 ecdsa-with-SHA3-384 ' +
    '12 ecdsa-with-SHA3-512 13 rsa-with-SHA3-224 14 rsa-with-SHA3-256 15 rsa-with-SHA3-384 16 rsa-with-SHA3-512 ' +
    '17 ML-DSA-44 18 ML-DSA-65 19 ML-DSA-87',
  // Extensions of certificates and CRLs
  '2.5.29':
    '9 subjectDirectoryAttributes 14 subjectKeyIdentifier 15 keyUsage 16 privateKeyUsagePeriod 17 subjectAltName ' +
    '18 issuerAltName 19 basicConstraints 20 cRLNumber 21 reasonCode 24 invalidityDate 27 deltaCRLIndicator ' +
    '28 issuingDistributionPoint 29 certificateIssuer 30 nameConstraints 31 cRLDistributionPoints 32 certificatePolicies ' +
    '33 policyMappings 35 authorityKeyIdentifier 36 policyConstraints 37 extKeyUsage 46 freshestCRL 54 inhibitAnyPolicy ' +
    '55 targetInformation 56 noRevAvail 60 expiredCertsOnCRL',
  '1.3.6.1.5.5.7.1':
    '1 authorityInfoAccess 2 biometricInfo 3 qcStatements 7 ipAddrBlocks 8 autonomousSysIds 11 subjectInfoAccess ' +
    '12 logotype 24 tlsFeature 26 tnAuthList 31 acmeIdentifier',
  '1.3.6.1.5.5.7.2': '1 cps 2 userNotice',
  '1.3.6.1.5.5.7.3':
    '1 serverAuth 2 clientAuth 3 codeSigning 4 emailProtection 5 ipsecEndSystem 6 ipsecTunnel 7 ipsecUser 8 timeStamping ' +
    '9 OCSPSigning 13 eapOverPPP 14 eapOverLAN 17 ipsecIKE 21 sshClient 22 sshServer 31 BrandIndicatorforMessageIdentification ' +
    '36 documentSigning',
  // Other names: RFC 4043, 4108, 6120, 4683, 4985, 7585, 8398, 8994, 9174, 4556
  '1.3.6.1.5.5.7.8':
    '3 permanentIdentifier 4 hardwareModuleName 5 xmppAddr 6 sIM 7 dnsSRV 8 NAIRealm 9 SmtpUTF8Mailbox 10 AcpNodeName 11 bundleEID',
  '1.3.6.1.5.2': '2 kerberosPrincipalName',
  '1.3.6.1.5.5.7.11': '1 qcSyntax-v1 2 qcSyntax-v2',
  '1.3.6.1.5.5.7.48': '1 ocsp 2 caIssuers 3 timeStampingAccess 5 caRepository',
  '1.3.6.1.5.5.7.48.1': '1 ocspBasic 2 ocspNonce 5 ocspNoCheck',
  '1.3.6.1.4.1.11129.2.4':
    '2 signedCertificateTimestamps 3 precertificatePoison 4 precertificateSigning 5 ocspSignedCertificateTimestamps',
  '2.5.29.37': '0 anyExtendedKeyUsage',
  '0.4.0.1862.1': '1 QcCompliance 2 QcLimitValue 3 QcRetentionPeriod 4 QcSSCD 5 QcPDS 6 QcType 7 QcCClegislation',
  '0.4.0.1862.1.6': '1 electronicSignature 2 electronicSeal 3 websiteAuthentication',
  '0.4.0.194121.1': '1 naturalPerson 2 legalPerson',
  // Policies
  '2.5.29.32': '0 anyPolicy',
  '2.23.140.1': '1 extended-validation 3 extended-validation-code-signing',
  '2.23.140.1.2': '1 domain-validated 2 organization-validated 3 individual-validated',
  '2.23.140.1.4': '1 code-signing 2 timestamping',
  '2.23.140.1.5.1': '1 mailbox-validated-legacy 2 mailbox-validated-multipurpose 3 mailbox-validated-strict',
  '2.23.140.3': '1 cabfOrganizationIdentifier',
  '0.4.0.2042.1': '1 NCP 2 NCP+ 3 LCP 4 EVCP 5 EVCP+ 6 DVCP 7 OVCP',
  '0.4.0.194112.1': '0 QCP-n 1 QCP-l 2 QCP-n-qscd 3 QCP-l-qscd 4 QEVCP-w 5 QNCP-w',
  // Vendors
  '2.16.840.1.113730.1':
    '1 nsCertType 2 nsBaseUrl 3 nsRevocationUrl 4 nsCaRevocationUrl 7 nsRenewalUrl 8 nsCaPolicyUrl 12 nsSslServerName 13 nsComment',
  '2.16.840.1.113730.4': '1 nsServerGatedCrypto',
  '1.3.6.1.4.1.311.10.3': '3 msServerGatedCrypto 4 msEncryptingFileSystem 12 msDocumentSigning',
  '1.3.6.1.4.1.311.20': '2 msCertificateTemplateName',
  '1.3.6.1.4.1.311.20.2': '2 msSmartcardLogon 3 msUserPrincipalName',
  '1.3.6.1.4.1.311.21': '1 msCaVersion 2 msPreviousCaCertificateHash 7 msCertificateTemplate 10 msApplicationPolicies',
  '1.3.6.1.4.1.311.25': '1 msReplicationGuid 2 msSecurityIdentifier',
  '1.3.6.1.4.1.311.2.1': '21 msIndividualCodeSigning 22 msCommercialCodeSigning',
  '1.2.840.113533.7.65': '0 entrustVersionInfo',
  '1.3.6.1.5.2.3': '4 kerberosClientAuth 5 kerberosKDC',
  '1.3.6.1.4.1.44363': '44 delegatedCredential',
  // Containers
  '1.2.840.113549.1.7': '1 data 2 signedData 3 envelopedData 5 digestedData 6 encryptedData',
  '1.2.840.113549.1.12.10.1': '1 keyBag 2 shroudedKeyBag 3 certBag 4 crlBag',
};

/** @type {Map<string, string>} */
const NAMES = new Map(
  Object.entries(ARCS).flatMap(([arc, list]) => {
    const words = list.split(' ');
    return Array.from(
      { length: words.length / 2 },
      (_, i) => /** @type {[string, string]} */ ([`${arc}.${words[2 * i]}`, words[2 * i + 1]]),
    );
  }),
);

/** @param {string} dotted @returns {string | null} */
export function oidNameOf(dotted) {
  return NAMES.get(dotted) ?? null;
}

/** Longer than any OID in use. */
const MAX_OID_BYTES = 128;

/**
 * @param {Uint8Array} content of an OBJECT IDENTIFIER
 * @param {boolean} [relative] a RELATIVE-OID, whose first subidentifier is a single arc (X.690, section 8.20)
 * @returns {string | null} dotted; null when it is malformed (X.690, section 8.19)
 */
export function dottedOid(content, relative = false) {
  if (content.length === 0 || content.length > MAX_OID_BYTES || (content[content.length - 1] & 0x80) !== 0) return null;
  /** @type {bigint[]} */
  const arcs = [];
  let arc = 0n;
  let start = true;
  for (const octet of content) {
    if (start && octet === 0x80) return null; // not in the fewest octets
    arc = (arc << 7n) | BigInt(octet & 0x7f);
    start = (octet & 0x80) === 0;
    if (!start) continue;
    if (arcs.length > 0 || relative) {
      arcs.push(arc);
    } else {
      const root = arc < 80n ? arc / 40n : 2n;
      arcs.push(root, arc - root * 40n);
    }
    arc = 0n;
  }
  return arcs.join('.');
}
