#include "pagetls.h"
#include "verify/criteria.h"

#define BIT(number) (1u << (number))
#define SHA2 (BIT(PAGETLS_HASH_SHA256) | BIT(PAGETLS_HASH_SHA384) | BIT(PAGETLS_HASH_SHA512))
#define NIST_CURVES (BIT(PAGETLS_CURVE_P256) | BIT(PAGETLS_CURVE_P384) | BIT(PAGETLS_CURVE_P521))

const pagetls_profile *pagetls_profile_get(int number, int from_mozilla)
{
    /* No Ed25519: Baseline Requirements, section 7.1.3. */
    static const pagetls_profile webpki = { "webpki", PAGETLS_RULE_SET_WEBPKI, SHA2, NIST_CURVES, 1, 2048, 0 };
    static const pagetls_profile rfc5280 = {
        "rfc5280", PAGETLS_RULE_SET_RFC5280, SHA2 | BIT(PAGETLS_HASH_SHA224), NIST_CURVES, 1, 2048, 1
    };
    static const pagetls_profile private = {
        "private", PAGETLS_RULE_SET_PRIVATE, SHA2 | BIT(PAGETLS_HASH_SHA224), NIST_CURVES, 1, 2048, 1
    };
    /* RFC 6460, section 3. */
    static const pagetls_profile suiteb = { "suiteb",
                                            PAGETLS_RULE_SET_RFC5280,
                                            BIT(PAGETLS_HASH_SHA256) | BIT(PAGETLS_HASH_SHA384),
                                            BIT(PAGETLS_CURVE_P256) | BIT(PAGETLS_CURVE_P384),
                                            0,
                                            0,
                                            0 };
    switch (number) {
        case PAGETLS_PROFILE_WEBPKI: return &webpki;
        case PAGETLS_PROFILE_RFC5280: return &rfc5280;
        case PAGETLS_PROFILE_SUITEB: return &suiteb;
        case PAGETLS_PROFILE_PRIVATE: return &private;
        case PAGETLS_PROFILE_AUTO: return from_mozilla ? &webpki : &private;
        default: return NULL;
    }
}
