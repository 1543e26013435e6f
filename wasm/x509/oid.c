#include "x509/oid.h"

#include <string.h>

/* From RFC 5280, 4055, 5758, 5639, 8410, 9881, 4519, 4491 and 6962, and the CA/Browser Forum's policies. */
static const struct {
    const char *dotted;
    const char *name;
} names[] = {
    { "2.5.4.3", "CN" },
    { "2.5.4.4", "SN" },
    { "2.5.4.5", "serialNumber" },
    { "2.5.4.6", "C" },
    { "2.5.4.7", "L" },
    { "2.5.4.8", "ST" },
    { "2.5.4.9", "street" },
    { "2.5.4.10", "O" },
    { "2.5.4.11", "OU" },
    { "2.5.4.12", "title" },
    { "2.5.4.15", "businessCategory" },
    { "2.5.4.17", "postalCode" },
    { "2.5.4.42", "GN" },
    { "2.5.4.46", "dnQualifier" },
    { "2.5.4.97", "organizationIdentifier" },
    { "0.9.2342.19200300.100.1.25", "DC" },
    { "0.9.2342.19200300.100.1.1", "UID" },
    { "1.2.840.113549.1.9.1", "emailAddress" },
    { "1.3.6.1.4.1.311.60.2.1.1", "jurisdictionL" },
    { "1.3.6.1.4.1.311.60.2.1.2", "jurisdictionST" },
    { "1.3.6.1.4.1.311.60.2.1.3", "jurisdictionC" },
    { "1.2.840.113549.1.1.1", "rsaEncryption" },
    { "1.2.840.113549.1.1.4", "md5WithRSAEncryption" },
    { "1.2.840.113549.1.1.5", "sha1WithRSAEncryption" },
    { "1.2.840.113549.1.1.14", "sha224WithRSAEncryption" },
    { "1.2.840.113549.1.1.11", "sha256WithRSAEncryption" },
    { "1.2.840.113549.1.1.12", "sha384WithRSAEncryption" },
    { "1.2.840.113549.1.1.13", "sha512WithRSAEncryption" },
    { "1.2.840.113549.1.1.10", "RSASSA-PSS" },
    { "1.2.840.10045.2.1", "id-ecPublicKey" },
    { "1.2.840.10045.4.1", "ecdsa-with-SHA1" },
    { "1.2.840.10045.4.3.1", "ecdsa-with-SHA224" },
    { "1.2.840.10045.4.3.2", "ecdsa-with-SHA256" },
    { "1.2.840.10045.4.3.3", "ecdsa-with-SHA384" },
    { "1.2.840.10045.4.3.4", "ecdsa-with-SHA512" },
    { "1.3.101.110", "X25519" },
    { "1.3.101.112", "Ed25519" },
    { "1.3.101.113", "Ed448" },
    { "1.2.840.10040.4.1", "DSA" },
    { "1.2.840.10045.3.1.7", "P-256" },
    { "1.3.132.0.34", "P-384" },
    { "1.3.132.0.35", "P-521" },
    { "1.3.132.0.33", "P-224" },
    { "1.2.840.10045.3.1.1", "P-192" },
    { "1.3.132.0.10", "secp256k1" },
    { "1.3.36.3.3.2.8.1.1.7", "brainpoolP256r1" },
    { "1.3.36.3.3.2.8.1.1.11", "brainpoolP384r1" },
    { "1.3.36.3.3.2.8.1.1.13", "brainpoolP512r1" },
    { "1.3.36.3.3.2.8.1.1.5", "brainpoolP224r1" },
    { "1.3.36.3.3.2.8.1.1.6", "brainpoolP224t1" },
    { "1.3.36.3.3.2.8.1.1.8", "brainpoolP256t1" },
    { "1.3.36.3.3.2.8.1.1.9", "brainpoolP320r1" },
    { "1.3.36.3.3.2.8.1.1.10", "brainpoolP320t1" },
    { "1.3.36.3.3.2.8.1.1.12", "brainpoolP384t1" },
    { "1.3.36.3.3.2.8.1.1.14", "brainpoolP512t1" },
    { "1.2.156.10197.1.301", "SM2" },
    { "1.2.156.10197.1.501", "SM2-with-SM3" },
    { "1.3.101.111", "X448" },
    { "1.3.132.1.12", "id-ecDH" },
    { "1.2.840.10046.2.1", "DH" },
    { "1.2.840.113549.1.3.1", "DH" },
    { "1.2.840.10040.4.3", "dsa-with-SHA1" },
    { "2.16.840.1.101.3.4.3.1", "dsa-with-SHA224" },
    { "2.16.840.1.101.3.4.3.2", "dsa-with-SHA256" },
    { "1.3.14.3.2.29", "sha1WithRSAEncryption" },
    { "2.16.840.1.101.3.4.3.17", "ML-DSA-44" },
    { "2.16.840.1.101.3.4.3.18", "ML-DSA-65" },
    { "2.16.840.1.101.3.4.3.19", "ML-DSA-87" },
    { "1.2.643.7.1.1.1.1", "GOST-2012-256" },
    { "1.2.643.7.1.1.1.2", "GOST-2012-512" },
    { "1.2.643.2.2.19", "GOST-2001" },
    { "1.2.643.7.1.1.3.2", "GOST-2012-256-with-Streebog" },
    { "1.2.643.7.1.1.3.3", "GOST-2012-512-with-Streebog" },
    { "1.3.14.3.2.26", "SHA-1" },
    { "2.16.840.1.101.3.4.2.1", "SHA-256" },
    { "2.16.840.1.101.3.4.2.2", "SHA-384" },
    { "2.16.840.1.101.3.4.2.3", "SHA-512" },
    { "2.16.840.1.101.3.4.2.4", "SHA-224" },
    { "2.5.29.9", "subjectDirectoryAttributes" },
    { "2.5.29.14", "subjectKeyIdentifier" },
    { "2.5.29.15", "keyUsage" },
    { "2.5.29.16", "privateKeyUsagePeriod" },
    { "2.5.29.17", "subjectAltName" },
    { "2.5.29.18", "issuerAltName" },
    { "2.5.29.19", "basicConstraints" },
    { "2.5.29.30", "nameConstraints" },
    { "2.5.29.31", "cRLDistributionPoints" },
    { "2.5.29.32", "certificatePolicies" },
    { "2.5.29.33", "policyMappings" },
    { "2.5.29.35", "authorityKeyIdentifier" },
    { "2.5.29.36", "policyConstraints" },
    { "2.5.29.37", "extKeyUsage" },
    { "2.5.29.46", "freshestCRL" },
    { "2.5.29.54", "inhibitAnyPolicy" },
    { "1.3.6.1.5.5.7.1.1", "authorityInfoAccess" },
    { "1.3.6.1.5.5.7.1.11", "subjectInfoAccess" },
    { "1.3.6.1.5.5.7.1.24", "tlsFeature" },
    { "1.3.6.1.5.5.7.1.3", "qcStatements" },
    { "1.3.6.1.4.1.11129.2.4.2", "signedCertificateTimestamps" },
    { "1.3.6.1.4.1.11129.2.4.3", "precertificatePoison" },
    { "2.16.840.1.113730.1.1", "nsCertType" },
    { "2.16.840.1.113730.1.13", "nsComment" },
    { "2.5.29.37.0", "anyExtendedKeyUsage" },
    { "1.3.6.1.5.5.7.3.1", "serverAuth" },
    { "1.3.6.1.5.5.7.3.2", "clientAuth" },
    { "1.3.6.1.5.5.7.3.3", "codeSigning" },
    { "1.3.6.1.5.5.7.3.4", "emailProtection" },
    { "1.3.6.1.5.5.7.3.8", "timeStamping" },
    { "1.3.6.1.5.5.7.3.9", "OCSPSigning" },
    { "2.5.29.32.0", "anyPolicy" },
    { "2.23.140.1.1", "extended-validation" },
    { "2.23.140.1.2.1", "domain-validated" },
    { "2.23.140.1.2.2", "organization-validated" },
    { "2.23.140.1.2.3", "individual-validated" },
    { "1.3.6.1.5.5.7.48.1", "ocsp" },
    { "1.3.6.1.5.5.7.48.2", "caIssuers" },
};

/* An arc in decimal, least significant digit first. An arc can be of any size: X.667 puts 128 bits into one. */
typedef struct {
    uint8_t digit[PAGETLS_OID_TEXT_SIZE];
    size_t len;
} decimal;

static void append_seven_bits(decimal *arc, unsigned bits)
{
    unsigned carry = bits;
    for (size_t i = 0; i < arc->len || carry > 0; i++) {
        if (i == arc->len) {
            arc->digit[arc->len++] = 0;
        }
        carry += arc->digit[i] * 128u;
        arc->digit[i] = (uint8_t) (carry % 10);
        carry /= 10;
    }
}

/* The first two arcs are one number, X * 40 + Y (X.690, section 8.19.4). Returns X, and leaves Y in \p arc. */
static unsigned split_first_arc(decimal *arc)
{
    unsigned tens = arc->len > 2 ? 10 : arc->len > 1 ? arc->digit[1] : 0;
    unsigned first = tens < 4 ? 0 : tens < 8 ? 1 : 2;
    unsigned borrow = first * 4;
    for (size_t i = 1; i < arc->len && borrow > 0; i++) {
        unsigned digit = arc->digit[i];
        arc->digit[i] = (uint8_t) (digit < borrow ? digit + 10 - borrow : digit - borrow);
        borrow = digit < borrow;
    }
    return first;
}

static size_t write_arc(char *text, decimal *arc)
{
    size_t at = 0;
    while (arc->len > 1 && arc->digit[arc->len - 1] == 0) {
        arc->len--;
    }
    while (arc->len > 0) {
        text[at++] = (char) ('0' + arc->digit[--arc->len]);
    }
    if (at == 0) {
        text[at++] = '0';
    }
    text[at] = '\0';
    return at;
}

void pagetls_oid_text(char text[PAGETLS_OID_TEXT_SIZE], pagetls_slice oid)
{
    decimal arc = { .len = 0 };
    size_t at = 0;
    text[0] = '\0';
    if (oid.len == 0 || oid.len > PAGETLS_OID_MAX || (oid.p[oid.len - 1] & 0x80)) {
        return;
    }
    for (size_t i = 0; i < oid.len; i++) {
        if (oid.p[i] == 0x80 && (i == 0 || !(oid.p[i - 1] & 0x80))) { /* X.690, section 8.19.2 */
            text[0] = '\0';
            return;
        }
        append_seven_bits(&arc, oid.p[i] & 0x7Fu);
        if (oid.p[i] & 0x80) {
            continue;
        }
        if (at == 0) {
            text[at++] = (char) ('0' + split_first_arc(&arc));
        }
        text[at++] = '.';
        at += write_arc(text + at, &arc);
    }
}

const char *pagetls_oid_name(const char *dotted)
{
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (strcmp(names[i].dotted, dotted) == 0) {
            return names[i].name;
        }
    }
    return NULL;
}
