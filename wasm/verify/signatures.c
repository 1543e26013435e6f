#define MBEDTLS_ALLOW_PRIVATE_ACCESS /* sig_md, sig_pk, sig_opts and sig of a certificate, E of a key */
#include "verify/signatures.h"

#include "mbedtls/md.h"
#include "mbedtls/pk.h"

pagetls_signed pagetls_signed_certificate(const mbedtls_x509_crt *crt)
{
    return (pagetls_signed) {
        .tbs = { crt->tbs.p, crt->tbs.len },
        .md = crt->sig_md,
        .pk = crt->sig_pk,
        .options = crt->sig_opts,
        .signature = { crt->sig.p, crt->sig.len },
    };
}

int pagetls_signed_md_is_allowed(const pagetls_signed *document, const mbedtls_x509_crt_profile *profile)
{
    const mbedtls_pk_rsassa_pss_options *pss = document->pk == MBEDTLS_PK_RSASSA_PSS ? document->options : NULL;
    return (profile->allowed_mds & MBEDTLS_X509_ID_FLAG(document->md)) != 0 &&
        (pss == NULL || (profile->allowed_mds & MBEDTLS_X509_ID_FLAG(pss->mgf1_hash_id)) != 0);
}

size_t pagetls_rsa_exponent_bits(const mbedtls_pk_context *key)
{
    return mbedtls_pk_get_type(key) == MBEDTLS_PK_RSA ? mbedtls_mpi_bitlen(&mbedtls_pk_rsa(*key)->E) : 0;
}

static int verify(const pagetls_signed *document, mbedtls_pk_context *key)
{
    uint8_t hash[MBEDTLS_MD_MAX_SIZE];
    const mbedtls_md_info_t *info = mbedtls_md_info_from_type(document->md);
    return info != NULL && mbedtls_pk_can_do(key, document->pk) &&
        pagetls_rsa_exponent_bits(key) <= PAGETLS_RSA_EXPONENT_BITS &&
        mbedtls_md(info, document->tbs.p, document->tbs.len, hash) == 0 &&
        mbedtls_pk_verify_ext(document->pk, document->options, key, document->md, hash, mbedtls_md_get_size(info),
                              document->signature.p, document->signature.len) == 0;
}

static size_t cost_of(const mbedtls_pk_context *key)
{
    size_t bits = mbedtls_pk_get_bitlen(key);
    return bits > 4096 || (bits > 384 && mbedtls_pk_get_type(key) != MBEDTLS_PK_RSA) ? 2 : 1;
}

int pagetls_signatures_check(pagetls_signatures *signatures, const pagetls_signed *document, mbedtls_x509_crt *signer)
{
    for (size_t i = 0; i < signatures->count; i++) {
        const mbedtls_x509_buf *key = &signatures->known[i].signer->pk_raw;
        if (signatures->known[i].document == document->tbs.p &&
            pagetls_slice_equal((pagetls_slice) { key->p, key->len }, signer->pk_raw.p, signer->pk_raw.len)) {
            return signatures->known[i].good;
        }
    }
    signatures->spent += cost_of(&signer->pk);
    if (signatures->spent > PAGETLS_SIGNATURES_MAX) {
        signatures->exhausted = 1;
        return 0;
    }
    int good = verify(document, &signer->pk);
    signatures->known[signatures->count].document = document->tbs.p;
    signatures->known[signatures->count].signer = signer;
    signatures->known[signatures->count++].good = good;
    return good;
}
