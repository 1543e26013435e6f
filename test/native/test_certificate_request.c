/* What a CertificateRequest accepts (wasm/mbedtls/certificate_request.h): bodies as bytes, each in a block of exactly its
 * size. test/tls/certificate-request.test.js has the same over connections. */
#include <stdlib.h>

#include "build.h"
#include "check.h"
#include "groups.h"
#include "mbedtls/certificate_request.h"

static const uint16_t ours[] = { 0x0403, 0x0503, 0x0603, 0x0806, 0x0805, 0x0804, 0x0601, 0x0501, 0x0401, 0x0807, 0 };
static const pagetls_client_key rsa_2048 = { 1, 2048 };
static const pagetls_client_key p256 = { 0, 256 };
static const pagetls_client_key p384 = { 0, 384 };

/* Of the request in TLS 1.2 with these octets; of that in TLS 1.3 with the schemes, if there are no types. */
static unsigned scheme_of(pagetls_slice types, pagetls_slice schemes, pagetls_client_key key)
{
    const pagetls_certificate_request request = { .types = types, .schemes = schemes, .tls13 = types.len == 0 };
    return pagetls_certificate_request_scheme(&request, &key, ours);
}

static void chooses_scheme_in_tls12(void)
{
    const pagetls_slice both = OCTETS("\1\x40");
    CHECK_INT(scheme_of(both, OCTETS("\4\1\4\3"), rsa_2048), 0x0401);
    CHECK_INT(scheme_of(both, OCTETS("\4\1\4\3"), p256), 0x0403);
    CHECK_INT(scheme_of(both, OCTETS("\6\3\4\3"), p384), 0x0403);
    CHECK_INT(scheme_of(both, OCTETS("\4\3\5\3"), p384), 0x0503);
    CHECK_INT(scheme_of(both, OCTETS("\4\1\6\1\x8\4"), rsa_2048), 0x0804);
    CHECK_INT(scheme_of(OCTETS("\x40"), OCTETS("\4\1"), rsa_2048), 0);
    CHECK_INT(scheme_of(OCTETS("\1\2"), OCTETS("\4\3"), p256), 0);
    /* SHA-1, SHA-224, DSA, "anonymous", Ed25519, RSASSA-PSS keys, half a scheme, none */
    CHECK_INT(scheme_of(both, OCTETS("\2\1\2\3\3\1\3\3\4\2\4\0\x8\7\x8\x9"), rsa_2048), 0);
    CHECK_INT(scheme_of(both, OCTETS("\2\1\2\3\3\1\3\3\4\2\4\0\x8\7\x8\x9"), p256), 0);
    CHECK_INT(scheme_of(both, OCTETS("\4"), rsa_2048), 0);
    CHECK_INT(scheme_of(both, EMPTY, rsa_2048), 0);
}

static void chooses_scheme_in_tls13(void)
{
    CHECK_INT(scheme_of(EMPTY, OCTETS("\4\3\5\3"), p384), 0x0503);
    CHECK_INT(scheme_of(EMPTY, OCTETS("\4\3\6\3"), p384), 0);
    CHECK_INT(scheme_of(EMPTY, OCTETS("\4\1\5\1\6\1"), rsa_2048), 0);
    CHECK_INT(scheme_of(EMPTY, OCTETS("\x8\4\x8\6"), rsa_2048), 0x0806);
    CHECK_INT(scheme_of(EMPTY, OCTETS("\x8\6"), (pagetls_client_key) { 1, 1024 }), 0);
    CHECK_INT(scheme_of(EMPTY, OCTETS("\x8\6"), (pagetls_client_key) { 1, 1040 }), 0x0806);
}

#define BODY_12 "\2\1\x40\0\4\4\3\x8\4\0\x6\0\2\x30\0\0\0"
#define BODY_13 "\3ctx\0\x22\0\xD\0\4\0\2\4\3\0\x32\0\4\0\2\4\1\0\x2F\0\x6\0\4\0\2\x30\0\xFF\xFF\0\0\0\x5\0\0"

/* Every shorter body is malformed, and so fits nothing. */
static void check_cuts(pagetls_slice body, int tls13)
{
    for (size_t len = 0; len <= body.len; len++) {
        pagetls_certificate_request request;
        uint8_t *exact = check_exact_copy(body.p, len);
        pagetls_certificate_request_read(&request, (pagetls_slice) { exact, len }, tls13);
        CHECK_INT(request.schemes.len != 0, len == body.len);
        CHECK_INT(request.authorities.len != 0, len == body.len);
        CHECK_INT(pagetls_certificate_request_scheme(&request, &p256, ours) != 0, len == body.len);
        free(exact);
    }
}

static void reads_bodies(void)
{
    pagetls_certificate_request request;
    check_cuts(OCTETS(BODY_12), 0);
    check_cuts(OCTETS(BODY_13), 1);
    pagetls_certificate_request_read(&request, OCTETS(BODY_12), 0);
    CHECK_INT(request.types.len, 2);
    CHECK(request.cert_schemes.p == request.schemes.p);
    pagetls_certificate_request_read(&request, OCTETS(BODY_13), 1);
    CHECK(pagetls_slices_equal(request.context, OCTETS("ctx")));
    CHECK(pagetls_slices_equal(request.cert_schemes, OCTETS("\4\1")));
    pagetls_certificate_request_read(&request, OCTETS(BODY_12 "\0"), 0);
    CHECK_INT(request.schemes.len, 0);
    pagetls_certificate_request_read(&request, OCTETS("\0\0\3\4\3\4\0\0"), 0); /* half a scheme */
    CHECK_INT(request.schemes.len, 0);
}

/* The bits for an ordinary certificate of build.h, whose algorithm has this OID, and whose issuer is other than itself. */
static unsigned fits(pagetls_slice oid, pagetls_slice issuer, pagetls_slice schemes, pagetls_slice authorities)
{
    const pagetls_certificate_request request = { .cert_schemes = schemes, .authorities = authorities };
    pagetls_slice parts[BUILD_PARTS];
    pagetls_certificate certificate;
    pagetls_read_error error;
    build_certificate_parts(parts);
    parts[BUILD_ALGORITHM] = parts[BUILD_INNER_ALGORITHM] = BUILD_SEQUENCE(BUILD(DER_OID, oid));
    parts[BUILD_ISSUER] = issuer;
    const pagetls_slice der = build_certificate(parts);
    CHECK_INT(pagetls_certificate_read(&certificate, der.p, der.len, &error), 0);
    return pagetls_certificate_request_fits(&request, &certificate);
}

#define ECDSA_SHA256 OCTETS("\x2A\x86\x48\xCE\x3D\4\3\2")
#define ECDSA_SHA1 OCTETS("\x2A\x86\x48\xCE\x3D\4\1")
#define ED25519 OCTETS("\x2B\x65\x70")
#define UNKNOWN OCTETS("\x2A\3\4")

static void compares_signatures(void)
{
    const pagetls_slice issuer = build_name(DER_UTF8_STRING, OCTETS("the issuer"));
    CHECK_INT(fits(ECDSA_SHA256, issuer, OCTETS("\2\3\4\3"), EMPTY) & PAGETLS_FITS_SIGNATURES, 1);
    CHECK_INT(fits(ECDSA_SHA256, issuer, OCTETS("\4\1\x8\4"), EMPTY) & PAGETLS_FITS_SIGNATURES, 0);
    CHECK_INT(fits(ECDSA_SHA1, issuer, OCTETS("\4\3"), EMPTY) & PAGETLS_FITS_SIGNATURES, 0);
    CHECK_INT(fits(ECDSA_SHA1, issuer, OCTETS("\2\3"), EMPTY) & PAGETLS_FITS_SIGNATURES, 1);
    CHECK_INT(fits(ED25519, issuer, OCTETS("\x8\7"), EMPTY) & PAGETLS_FITS_SIGNATURES, 1);
    CHECK_INT(fits(ED25519, issuer, OCTETS("\4\3"), EMPTY) & PAGETLS_FITS_SIGNATURES, 0);
    CHECK_INT(fits(UNKNOWN, issuer, OCTETS("\4\3"), EMPTY) & PAGETLS_FITS_SIGNATURES, 1);
    pagetls_slice parts[BUILD_PARTS];
    build_certificate_parts(parts); /* nobody verifies the signature of a root */
    CHECK_INT(fits(ECDSA_SHA1, parts[BUILD_SUBJECT], OCTETS("\4\3"), EMPTY) & PAGETLS_FITS_SIGNATURES, 1);
    build_free();
}

static unsigned is_named(pagetls_slice issuer, pagetls_slice authorities)
{
    return fits(UNKNOWN, issuer, EMPTY, authorities) & PAGETLS_FITS_AUTHORITIES;
}

static pagetls_slice vector(pagetls_slice name)
{
    const uint8_t len[] = { 0, (uint8_t) name.len };
    const pagetls_slice parts[] = { { len, 2 }, name };
    return build_join(parts, 2);
}

static void compares_authorities(void)
{
    const pagetls_slice issuer = build_name(DER_UTF8_STRING, OCTETS("the issuer"));
    const pagetls_slice same = vector(build_name(DER_PRINTABLE_STRING, OCTETS("The Issuer")));
    const pagetls_slice other = vector(build_name(DER_UTF8_STRING, OCTETS("other")));
    const pagetls_slice both[] = { other, same };
    const pagetls_slice damaged[] = { OCTETS("\0\0\0\1\x30\0\2\x30\x80"), same };
    const pagetls_slice cut = { same.p, same.len - 1 };
    CHECK_INT(is_named(issuer, EMPTY), PAGETLS_FITS_AUTHORITIES);
    CHECK_INT(is_named(issuer, vector(issuer)), PAGETLS_FITS_AUTHORITIES);
    CHECK_INT(is_named(issuer, same), PAGETLS_FITS_AUTHORITIES);
    CHECK_INT(is_named(issuer, other), 0);
    CHECK_INT(is_named(issuer, build_join(both, 2)), PAGETLS_FITS_AUTHORITIES);
    CHECK_INT(is_named(issuer, build_join(damaged, 2)), PAGETLS_FITS_AUTHORITIES);
    CHECK_INT(is_named(issuer, cut), 0);
    CHECK_INT(is_named(issuer, OCTETS("\0")), 0);
    build_free();
}

const native_test certificate_request_tests[] = {
    { "a key of TLS 1.2 signs with our first scheme that fits it and is listed, after that of its curve",
      chooses_scheme_in_tls12 },
    { "a key of TLS 1.3 signs with the scheme of its curve, or RSASSA-PSS with a salt as long as the hash",
      chooses_scheme_in_tls13 },
    { "a request is read to its end, and fits nothing if it is malformed", reads_bodies },
    { "a chain fits the signature algorithms that are listed for certificates", compares_signatures },
    { "a chain fits the authorities by the name of an issuer", compares_authorities },
    { NULL, NULL },
};
