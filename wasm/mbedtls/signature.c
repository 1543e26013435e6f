/* Implements verify/signature_check.h with Mbed TLS's public keys, and loads such keys. */
#include "verify/signature_check.h"

#include "mbedtls/bignum.h"
#include "mbedtls/ed25519_key.h"
#include "mbedtls/errors.h"
#include "mbedtls/md.h"
#include "mbedtls/peer_key.h"

_Static_assert(PAGETLS_RSA_BITS_MAX == MBEDTLS_MPI_MAX_BITS, "Mbed TLS supports no longer keys");

/* Returns 0, or Mbed TLS's error code. */
static int load(mbedtls_pk_context *pk, const pagetls_public_key *key)
{
    if (key->type == PAGETLS_KEY_ED25519) {
        return pagetls_ed25519_key_load(pk, pagetls_public_key_ed25519(key));
    }
    unsigned char *p = (unsigned char *) key->spki.p; /* not written to */
    const unsigned char *end = key->spki.p + key->spki.len;
    const int ret = mbedtls_pk_parse_subpubkey(&p, end, pk);
    return ret == 0 && p != end ? MBEDTLS_ERR_PK_INVALID_PUBKEY : ret;
}

int pagetls_peer_key_load(mbedtls_pk_context *pk, pagetls_public_key *key)
{
    if (key->state == PAGETLS_KEY_UNUSABLE || key->malformed || !pagetls_public_key_is_supported(key)) {
        key->state = PAGETLS_KEY_UNUSABLE;
        return PAGETLS_PEER_KEY_UNUSABLE;
    }
    const int ret = load(pk, key);
    if (ret == 0) {
        key->state = PAGETLS_KEY_USABLE;
        return PAGETLS_PEER_KEY_LOADED;
    }
    mbedtls_pk_free(pk);
    mbedtls_pk_init(pk);
    if (pagetls_error_is_out_of_memory(ret)) {
        return PAGETLS_PEER_KEY_OUT_OF_MEMORY;
    }
    key->state = PAGETLS_KEY_UNUSABLE;
    return PAGETLS_PEER_KEY_UNUSABLE;
}

int pagetls_public_key_is_usable(pagetls_public_key *key)
{
    if (key->state == PAGETLS_KEY_UNTESTED) {
        mbedtls_pk_context pk;
        mbedtls_pk_init(&pk);
        (void) pagetls_peer_key_load(&pk, key);
        mbedtls_pk_free(&pk);
    }
    return key->state == PAGETLS_KEY_USABLE;
}

static mbedtls_md_type_t md_of(pagetls_hash hash)
{
    switch (hash) {
        case PAGETLS_HASH_SHA1: return MBEDTLS_MD_SHA1;
        case PAGETLS_HASH_SHA224: return MBEDTLS_MD_SHA224;
        case PAGETLS_HASH_SHA256: return MBEDTLS_MD_SHA256;
        case PAGETLS_HASH_SHA384: return MBEDTLS_MD_SHA384;
        case PAGETLS_HASH_SHA512: return MBEDTLS_MD_SHA512;
        default: return MBEDTLS_MD_NONE;
    }
}

static mbedtls_pk_type_t pk_of(pagetls_signature_kind kind)
{
    switch (kind) {
        case PAGETLS_SIGNATURE_RSA_PKCS1: return MBEDTLS_PK_RSA;
        case PAGETLS_SIGNATURE_RSA_PSS: return MBEDTLS_PK_RSASSA_PSS;
        case PAGETLS_SIGNATURE_ECDSA: return MBEDTLS_PK_ECDSA;
        case PAGETLS_SIGNATURE_ED25519: return PAGETLS_PK_ED25519;
        default: return MBEDTLS_PK_NONE;
    }
}

int pagetls_signature_verify(const pagetls_signature_algorithm *algorithm, pagetls_slice tbs, pagetls_slice signature,
                             pagetls_public_key *key)
{
    uint8_t hash[MBEDTLS_MD_MAX_SIZE];
    const mbedtls_pk_type_t kind = pk_of(algorithm->kind);
    const mbedtls_md_type_t md = md_of(algorithm->hash);
    const mbedtls_pk_rsassa_pss_options pss = { md_of(algorithm->mgf1_hash), algorithm->salt_length };
    pagetls_slice input = tbs; /* Ed25519 takes the signed part itself, everything else its hash */
    if (!pagetls_signature_algorithm_is_supported(algorithm)) {
        return 0;
    }
    if (kind != PAGETLS_PK_ED25519) {
        const mbedtls_md_info_t *info = mbedtls_md_info_from_type(md);
        if (info == NULL || mbedtls_md(info, tbs.p, tbs.len, hash) != 0) {
            return 0;
        }
        input = (pagetls_slice) { hash, mbedtls_md_get_size(info) };
    }
    mbedtls_pk_context pk;
    mbedtls_pk_init(&pk);
    int valid = pagetls_peer_key_load(&pk, key) == PAGETLS_PEER_KEY_LOADED && mbedtls_pk_can_do(&pk, kind) &&
        mbedtls_pk_verify_ext(kind, kind == MBEDTLS_PK_RSASSA_PSS ? &pss : NULL, &pk, md, input.p, input.len,
                              signature.p, signature.len) == 0;
    mbedtls_pk_free(&pk);
    return valid;
}
