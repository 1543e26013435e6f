#include "mbedtls/certificate_request.h"

#include <string.h>

#include "mbedtls/extension_checks.h"
#include "x509/name.h"

enum { RSA_SIGN = 1, ECDSA_SIGN = 64 };                         /* RFC 5246, 7.4.4; RFC 8422, 5.5 */
enum { SCHEME_RSA = 1, SCHEME_ECDSA = 3, SCHEME_NEW = 8 };      /* octets of a scheme, RFC 8446, section 4.2.3 */
enum { ED25519 = 0x0807, PSS_RSAE = 0x0800, PSS_PSS = 0x0805 }; /* the next two plus the number of a hash */

/* RFC 8446, section 4.2 */
enum { SIGNATURE_ALGORITHMS = 13, CERTIFICATE_AUTHORITIES = 47, SIGNATURE_ALGORITHMS_CERT = 50 };

static int read_tls12(pagetls_certificate_request *request, pagetls_slice body)
{
    return pagetls_vector_next(&body, 1, &request->types) && pagetls_vector_next(&body, 2, &request->schemes) &&
        pagetls_vector_next(&body, 2, &request->authorities) && body.len == 0;
}

static int read_tls13(pagetls_certificate_request *request, pagetls_slice body)
{
    pagetls_slice extensions;
    if (!pagetls_vector_next(&body, 1, &request->context) || !pagetls_vector_next(&body, 2, &extensions) ||
        body.len != 0) {
        return 0;
    }
    while (extensions.len > 0) {
        size_t type;
        pagetls_slice data;
        if (!pagetls_tls_extension_next(&extensions, &type, &data)) {
            return 0;
        }
        pagetls_slice *list = type == SIGNATURE_ALGORITHMS ? &request->schemes
            : type == SIGNATURE_ALGORITHMS_CERT            ? &request->cert_schemes
            : type == CERTIFICATE_AUTHORITIES              ? &request->authorities
                                                           : NULL;
        if (list != NULL && (!pagetls_vector_next(&data, 2, list) || data.len != 0)) {
            return 0;
        }
    }
    return 1;
}

void pagetls_certificate_request_read(pagetls_certificate_request *request, pagetls_slice body, int tls13)
{
    const pagetls_certificate_request empty = { .tls13 = tls13 };
    *request = empty;
    if (!(tls13 ? read_tls13(request, body) : read_tls12(request, body)) || request->schemes.len % 2 != 0) {
        *request = empty;
    }
    if (request->cert_schemes.p == NULL) { /* RFC 8446, section 4.2.3 */
        request->cert_schemes = request->schemes;
    }
}

static int lists(pagetls_slice schemes, unsigned scheme)
{
    for (size_t i = 0; i + 1 < schemes.len; i += 2) {
        if (((unsigned) schemes.p[i] << 8 | schemes.p[i + 1]) == scheme) {
            return 1;
        }
    }
    return 0;
}

/* 1 if \p key can sign with \p scheme. TLS 1.2 does not bind ECDSA to a curve (RFC 8446, section 4.2.3, note). */
static int fits(uint16_t scheme, const pagetls_client_key *key, int is_bound)
{
    static const uint16_t curves[] = { 256, 384, 521 };
    const unsigned is_pss = scheme >> 8 == SCHEME_NEW;
    const unsigned hash = (is_pss ? scheme & 0xFF : scheme >> 8) - 4u; /* 0: SHA-256, 1: SHA-384, 2: SHA-512 */
    if (hash > 2) {
        return 0;
    }
    if (is_pss) { /* RFC 8446: the salt is as long as the hash; RFC 8017, 9.1.1, step 3: both fit into the modulus */
        return key->is_rsa && (key->bits + 6) / 8 >= 2 * (size_t) (32 + 16 * hash) + 2;
    }
    return (scheme & 0xFF) == SCHEME_RSA ? key->is_rsa && !is_bound
                                         : !key->is_rsa && (!is_bound || key->bits == curves[hash]);
}

uint16_t pagetls_certificate_request_scheme(const pagetls_certificate_request *request, const pagetls_client_key *key,
                                            const uint16_t *ours)
{
    if (!request->tls13 &&
        (request->types.len == 0 ||
         memchr(request->types.p, key->is_rsa ? RSA_SIGN : ECDSA_SIGN, request->types.len) == NULL)) {
        return 0;
    }
    /* In TLS 1.2 the hash that belongs to the curve is preferred, as in TLS 1.3. */
    for (int is_bound = request->tls13 || !key->is_rsa; is_bound >= request->tls13; is_bound--) {
        for (const uint16_t *scheme = ours; *scheme != 0; scheme++) {
            if (fits(*scheme, key, is_bound) && lists(request->schemes, *scheme)) {
                return *scheme;
            }
        }
    }
    return 0;
}

/* 1 if the server lists the algorithm, or if this is not known. */
static int lists_signature(pagetls_slice schemes, const pagetls_signature_algorithm *algorithm)
{
    _Static_assert(PAGETLS_HASH_SHA1 == 2 && PAGETLS_HASH_SHA512 == 6, "numbers of RFC 5246, section 7.4.1.4.1");
    const unsigned hash = algorithm->hash;
    switch (algorithm->kind) {
        case PAGETLS_SIGNATURE_RSA_PKCS1: return lists(schemes, hash << 8 | SCHEME_RSA);
        case PAGETLS_SIGNATURE_ECDSA: return lists(schemes, hash << 8 | SCHEME_ECDSA);
        case PAGETLS_SIGNATURE_RSA_PSS: return lists(schemes, PSS_RSAE + hash) || lists(schemes, PSS_PSS + hash);
        case PAGETLS_SIGNATURE_ED25519: return lists(schemes, ED25519);
        default: return 1;
    }
}

unsigned pagetls_certificate_request_fits(const pagetls_certificate_request *request,
                                          const pagetls_certificate *certificate)
{
    /* Nobody verifies the signature of a trust anchor. */
    const int is_listed = certificate->self_issued || lists_signature(request->cert_schemes, &certificate->algorithm);
    int is_named = request->authorities.len == 0;
    pagetls_slice authorities = request->authorities;
    pagetls_slice name;
    size_t cost = 0;
    while (!is_named && pagetls_vector_next(&authorities, 2, &name)) {
        is_named = pagetls_name_equal(name, certificate->issuer, &cost);
    }
    return (is_listed ? PAGETLS_FITS_SIGNATURES : 0u) | (is_named ? PAGETLS_FITS_AUTHORITIES : 0u);
}
