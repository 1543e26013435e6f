#define MBEDTLS_ALLOW_PRIVATE_ACCESS /* own_buffer of a certificate */
#include "mbedtls/identity.h"

#include "host/heap.h"
#include "host/last_error.h"
#include "mbedtls/errors.h"
#include "mbedtls/peer_key.h"
#include "mbedtls/psa_util.h"
#include "pagetls.h"
#include "verify/input_errors.h"
#include "verify/inputs.h"
#include "x509/certificate.h"

void pagetls_identity_init(pagetls_identity *identity)
{
    mbedtls_x509_crt_init(&identity->chain);
    mbedtls_pk_init(&identity->key);
}

void pagetls_identity_free(pagetls_identity *identity)
{
    mbedtls_x509_crt_free(&identity->chain);
    mbedtls_pk_free(&identity->key);
}

/* The node for the next certificate: the head of an empty chain, otherwise a new node at the end. */
static mbedtls_x509_crt *append_node(mbedtls_x509_crt *chain)
{
    while (chain->next != NULL) {
        chain = chain->next;
    }
    if (chain->raw.p == NULL) {
        return chain;
    }
    chain->next = pagetls_heap_calloc(1, sizeof(*chain));
    if (chain->next != NULL) {
        mbedtls_x509_crt_init(chain->next);
    }
    return chain->next;
}

static int add_certificate(void *context, const pagetls_document *document)
{
    pagetls_identity *identity = context;
    pagetls_certificate certificate;
    pagetls_read_error error;
    if (pagetls_certificate_read(&certificate, document->der.p, document->der.len, &error) != 0) {
        return pagetls_input_error_set(PAGETLS_ERR_CERTIFICATE, &error);
    }
    mbedtls_x509_crt *crt = append_node(&identity->chain);
    if (crt == NULL || (crt->raw.p = pagetls_heap_copy(document->der.p, document->der.len)) == NULL) {
        return PAGETLS_ERR_OUT_OF_MEMORY;
    }
    crt->raw.len = document->der.len;
    crt->own_buffer = 1;
    crt->version = 3;
    if (crt == &identity->chain && certificate.key.type == PAGETLS_KEY_ED25519) { /* only verified with */
        pagetls_last_error_set(PAGETLS_ERR_CERTIFICATE, 0, "client certificates with Ed25519 keys are not supported");
        return PAGETLS_ERR_CERTIFICATE;
    }
    if (crt == &identity->chain) {
        switch (pagetls_peer_key_load(&crt->pk, &certificate.key)) {
            case PAGETLS_PEER_KEY_LOADED: break;
            case PAGETLS_PEER_KEY_OUT_OF_MEMORY: return PAGETLS_ERR_OUT_OF_MEMORY;
            default:
                pagetls_last_error_set(PAGETLS_ERR_CERTIFICATE, 0, "the certificate's key is not supported");
                return PAGETLS_ERR_CERTIFICATE;
        }
    }
    return 0;
}

static int read_key(mbedtls_pk_context *pk, const uint8_t *key, size_t len)
{
    /* Mbed TLS requires the length of a PEM key to include a terminator, and that of a DER key not to. */
    uint8_t *copy = pagetls_heap_copy(key, len);
    if (copy == NULL) {
        return PAGETLS_ERR_OUT_OF_MEMORY;
    }
    size_t parse_len = len > 0 && key[0] == DER_SEQUENCE ? len : len + 1;
    int ret = mbedtls_pk_parse_key(pk, copy, parse_len, NULL, 0, mbedtls_psa_get_random, MBEDTLS_PSA_RANDOM_STATE);
    pagetls_heap_free(copy);
    return ret == 0 ? 0 : pagetls_error_from_native(ret, PAGETLS_ERR_KEY);
}

static int read_chain_and_key(pagetls_identity *identity, const uint8_t *chain, size_t chain_len, const uint8_t *key,
                              size_t key_len)
{
    int ret = pagetls_input_read(chain, chain_len, PAGETLS_DOCUMENT_CERTIFICATE, add_certificate, identity, NULL);
    if (ret < 0) {
        return ret;
    }
    ret = read_key(&identity->key, key, key_len);
    if (ret != 0) {
        return ret;
    }
    ret = mbedtls_pk_check_pair(&identity->chain.pk, &identity->key, mbedtls_psa_get_random, MBEDTLS_PSA_RANDOM_STATE);
    return ret == 0 ? 0 : pagetls_error_from_native(ret, PAGETLS_ERR_KEY_MISMATCH);
}

int pagetls_identity_read(pagetls_identity *identity, const uint8_t *chain, size_t chain_len, const uint8_t *key,
                          size_t key_len)
{
    int ret = read_chain_and_key(identity, chain, chain_len, key, key_len);
    if (ret != 0) { /* do not keep a chain without its key */
        pagetls_identity_free(identity);
        pagetls_identity_init(identity);
    }
    return ret;
}
