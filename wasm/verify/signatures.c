#include "verify/signatures.h"

#include "verify/signature_check.h"

unsigned pagetls_algorithm_check(const pagetls_signature_algorithm *algorithm, const pagetls_profile *profile)
{
    unsigned unsupported = pagetls_signature_algorithm_is_supported(algorithm) ? 0 : PAGETLS_ALGORITHM_UNSUPPORTED;
    if (algorithm->kind == PAGETLS_SIGNATURE_UNKNOWN || algorithm->invalid_parameters) {
        return unsupported;
    }
    if (algorithm->kind == PAGETLS_SIGNATURE_ED25519) { /* it has no hash of its own */
        return unsupported | (profile->ed25519 ? 0u : PAGETLS_ALGORITHM_BAD_KIND);
    }
    int bad_hash = !(profile->hashes >> algorithm->hash & 1) ||
        (algorithm->kind == PAGETLS_SIGNATURE_RSA_PSS && !(profile->hashes >> algorithm->mgf1_hash & 1));
    int bad_kind = algorithm->kind != PAGETLS_SIGNATURE_ECDSA && !profile->rsa;
    return unsupported | (bad_hash ? PAGETLS_ALGORITHM_BAD_HASH : 0u) | (bad_kind ? PAGETLS_ALGORITHM_BAD_KIND : 0u);
}

/* Keys above these lengths in bits cost twice as much (PAGETLS_SIGNATURES_MAX). */
#define CHEAP_RSA_MAX_BITS 4096
#define CHEAP_CURVE_MAX_BITS 384

static size_t signature_cost(const pagetls_public_key *key)
{
    return key->bits > (key->type == PAGETLS_KEY_RSA ? CHEAP_RSA_MAX_BITS : CHEAP_CURVE_MAX_BITS) ? 2 : 1;
}

int pagetls_signatures_check(pagetls_signatures *signatures, const pagetls_signature_algorithm *algorithm,
                             pagetls_slice tbs, pagetls_slice signature, pagetls_public_key *key)
{
    for (size_t i = 0; i < signatures->count; i++) {
        if (signatures->known[i].tbs == tbs.p && pagetls_slices_equal(signatures->known[i].key->spki, key->spki)) {
            return signatures->known[i].valid;
        }
    }
    signatures->spent += signature_cost(key);
    if (signatures->spent > PAGETLS_SIGNATURES_MAX) {
        signatures->exhausted = 1;
        return 0;
    }
    int valid = pagetls_public_key_exponent_bits(key) <= PAGETLS_RSA_EXPONENT_BITS &&
        pagetls_signature_verify(algorithm, tbs, signature, key);
    signatures->known[signatures->count].tbs = tbs.p;
    signatures->known[signatures->count].key = key;
    signatures->known[signatures->count++].valid = valid;
    return valid;
}
