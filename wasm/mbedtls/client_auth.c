#define MBEDTLS_ALLOW_PRIVATE_ACCESS /* the handshake, and the message that is written */
#include "mbedtls/client_auth.h"

#include "host/heap.h"
#include "mbedtls/certificate_request.h"
#include "mbedtls/errors.h"
#include "mbedtls/identity.h"
#include "mbedtls/sha512.h"
#include "pagetls.h"
#include "ssl_misc.h"

typedef struct own_identity {
    struct own_identity *next;
    pagetls_identity identity;
    mbedtls_ssl_key_cert pair; /* for Mbed TLS: points to the identity */
} own_identity;

struct pagetls_client_auth {
    own_identity *first;
    mbedtls_sha512_context sha512; /* of the handshake: Mbed TLS has SHA-256 and SHA-384 */
    int (*update_checksum)(mbedtls_ssl_context *, const unsigned char *, size_t); /* Mbed TLS's, for these two */
    uint16_t scheme;                                                              /* of the identity that is sent */
    uint32_t rejection;
};

static pagetls_client_auth *active;

void pagetls_client_auth_set_active(pagetls_client_auth *auth)
{
    active = auth;
}

pagetls_client_auth *pagetls_client_auth_new(void)
{
    return pagetls_heap_calloc(1, sizeof(pagetls_client_auth));
}

void pagetls_client_auth_free(pagetls_client_auth *auth)
{
    while (auth != NULL && auth->first != NULL) {
        own_identity *next = auth->first->next;
        pagetls_identity_free(&auth->first->identity);
        pagetls_heap_free(auth->first);
        auth->first = next;
    }
    pagetls_heap_free(auth);
}

int pagetls_client_auth_add(pagetls_client_auth *auth, pagetls_slice chain, pagetls_slice key, pagetls_slice passphrase)
{
    own_identity **end = &auth->first;
    while (*end != NULL) {
        end = &(*end)->next;
    }
    own_identity *own = pagetls_heap_calloc(1, sizeof(*own));
    if (own == NULL) {
        return PAGETLS_ERR_OUT_OF_MEMORY;
    }
    pagetls_identity_init(&own->identity);
    int code = pagetls_identity_read(&own->identity, chain, key, passphrase);
    if (code != 0) {
        pagetls_heap_free(own);
        return code;
    }
    own->pair.cert = &own->identity.chain;
    own->pair.key = &own->identity.key;
    *end = own;
    return 0;
}

/* --- the choice ---------------------------------------------------------------------------- */

static pagetls_client_key key_of(const own_identity *own)
{
    const mbedtls_pk_context *pk = &own->identity.key;
    return (pagetls_client_key) { mbedtls_pk_get_type(pk) == MBEDTLS_PK_RSA, mbedtls_pk_get_bitlen(pk) };
}

static int has_named_issuer(const pagetls_identity *identity, const pagetls_certificate_request *request)
{
    for (const mbedtls_x509_crt *crt = &identity->chain; crt != NULL; crt = crt->next) {
        if (pagetls_certificate_request_names(request, (pagetls_slice) { crt->issuer_raw.p, crt->issuer_raw.len })) {
            return 1;
        }
    }
    return 0;
}

void pagetls_client_auth_choose(mbedtls_ssl_context *ssl, pagetls_slice body)
{
    pagetls_certificate_request request;
    own_identity *chosen = NULL;
    int is_named = 0;
    if (active == NULL) {
        return;
    }
    pagetls_certificate_request_read(&request, body, ssl->tls_version == MBEDTLS_SSL_VERSION_TLS1_3);
    active->scheme = 0;
    for (own_identity *own = active->first; own != NULL && !is_named; own = own->next) {
        const pagetls_client_key key = key_of(own);
        const uint16_t scheme = pagetls_certificate_request_scheme(&request, &key, ssl->conf->sig_algs);
        is_named = scheme != 0 && has_named_issuer(&own->identity, &request);
        if (scheme != 0 && (chosen == NULL || is_named)) {
            chosen = own;
            active->scheme = scheme;
        }
    }
    ssl->handshake->key_cert = chosen == NULL ? NULL : &chosen->pair;
    active->rejection = chosen != NULL
        ? 0
        : PAGETLS_REJECTED_CERTIFICATE | pagetls_certificate_request_accepts(&request) << PAGETLS_ACCEPTS_SHIFT;
}

void pagetls_client_auth_set_scheme(mbedtls_ssl_context *ssl)
{
    if (active != NULL && active->scheme != 0) {
        /* Otherwise Mbed TLS takes the first of the server's that the key can do, with a salt as long as it can be. */
        ssl->handshake->received_sig_algs[0] = active->scheme;
        ssl->handshake->received_sig_algs[1] = MBEDTLS_TLS_SIG_NONE;
    }
}

uint32_t pagetls_client_auth_rejection(void)
{
    return active == NULL ? 0 : active->rejection;
}

/* --- the signature in TLS 1.2 ------------------------------------------------------------------ */

enum { SHA512_BYTES = 64 };

static int update_checksum(mbedtls_ssl_context *ssl, const unsigned char *bytes, size_t len)
{
    int ret = mbedtls_sha512_update(&active->sha512, bytes, len);
    return ret != 0 ? ret : active->update_checksum(ssl, bytes, len);
}

void pagetls_client_auth_begin(pagetls_client_auth *auth, mbedtls_ssl_context *ssl)
{
    (void) mbedtls_sha512_starts(&auth->sha512, 0); /* cannot fail: 0 is SHA-512 */
    auth->update_checksum = ssl->handshake->update_checksum;
    ssl->handshake->update_checksum = update_checksum;
}

void pagetls_tls12_keep_checksums(mbedtls_ssl_context *ssl, const mbedtls_ssl_ciphersuite_t *suite);
void pagetls_tls12_keep_checksums(mbedtls_ssl_context *ssl, const mbedtls_ssl_ciphersuite_t *suite)
{
    if (active == NULL) {
        mbedtls_ssl_optimize_checksum(ssl, suite);
    }
}

static int transcript(mbedtls_ssl_context *ssl, mbedtls_md_type_t md, uint8_t *out, size_t *len)
{
    ssl->handshake->update_checksum = active->update_checksum; /* only Finished follows, with the others */
    if (md != MBEDTLS_MD_SHA512) {
        return mbedtls_ssl_get_handshake_transcript(ssl, md, out, MBEDTLS_MD_MAX_SIZE, len);
    }
    *len = SHA512_BYTES;
    return mbedtls_sha512_finish(&active->sha512, out);
}

int pagetls_tls12_sign(mbedtls_ssl_context *ssl, unsigned char *signature, size_t size, size_t *len);
int pagetls_tls12_sign(mbedtls_ssl_context *ssl, unsigned char *signature, size_t size, size_t *len)
{
    mbedtls_pk_type_t type;
    mbedtls_md_type_t md;
    uint8_t hash[MBEDTLS_MD_MAX_SIZE];
    size_t hash_len;
    int ret = mbedtls_ssl_get_pk_type_and_md_alg_from_sig_alg(active->scheme, &type, &md);
    ret = ret != 0 ? ret : transcript(ssl, md, hash, &hash_len);
    if (ret != 0) {
        return ret;
    }
    MBEDTLS_PUT_UINT16_BE(active->scheme, ssl->out_msg, 4);
    return mbedtls_pk_sign_ext(type, mbedtls_ssl_own_key(ssl), md, hash, hash_len, signature, size, len,
                               ssl->conf->f_rng, ssl->conf->p_rng);
}
