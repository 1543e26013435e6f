#define MBEDTLS_ALLOW_PRIVATE_ACCESS /* own_buffer of a certificate */
#include "mbedtls/hooks.h"

#include "host/heap.h"
#include "mbedtls/peer_key.h"
#include "mbedtls/protocol_hooks.h"
#include "mbedtls/ssl.h"
#include "mbedtls/x509_crt.h"

/* The linker calls these instead of the functions without __wrap_. */
int __wrap_mbedtls_x509_crt_verify_restartable(mbedtls_x509_crt *, mbedtls_x509_crt *, mbedtls_x509_crl *,
                                               const mbedtls_x509_crt_profile *, const char *, uint32_t *,
                                               int (*)(void *, mbedtls_x509_crt *, int, uint32_t *), void *,
                                               mbedtls_x509_crt_restart_ctx *);
int __wrap_mbedtls_x509_crt_parse_der(mbedtls_x509_crt *, const unsigned char *, size_t);

#define FLAG(name, bit, text) _Static_assert(MBEDTLS_X509_##name == (bit), "flags.def must have Mbed TLS's bits");
#include "verify/flags.def"
#undef FLAG

static pagetls_verification *active;

void pagetls_hooks_set_active(pagetls_verification *verification)
{
    active = verification;
}

int __wrap_mbedtls_x509_crt_verify_restartable(mbedtls_x509_crt *crt, mbedtls_x509_crt *trust_ca,
                                               mbedtls_x509_crl *ca_crl, const mbedtls_x509_crt_profile *profile,
                                               const char *cn, uint32_t *flags,
                                               int (*f_vrfy)(void *, mbedtls_x509_crt *, int, uint32_t *), void *p_vrfy,
                                               mbedtls_x509_crt_restart_ctx *rs_ctx)
{
    (void) crt, (void) trust_ca, (void) ca_crl, (void) profile, (void) cn, (void) f_vrfy, (void) p_vrfy, (void) rs_ctx;
    *flags = UINT32_MAX;
    if (active == NULL) { /* not called from one of our handshakes: reject to be safe */
        return MBEDTLS_ERR_X509_FATAL_ERROR;
    }
    if (active->result.outcome == PAGETLS_NOT_VERIFIED) { /* otherwise it is a renegotiation with the same certificate */
        pagetls_verification_verify(active);
    }
    switch (active->result.outcome) {
        case PAGETLS_GOOD: *flags = 0; return 0;
        case PAGETLS_BAD:
            *flags = active->result.flags != 0 ? active->result.flags : PAGETLS_FLAG_BADCERT_OTHER;
            return MBEDTLS_ERR_X509_CERT_VERIFY_FAILED;
        case PAGETLS_INCOMPLETE: return MBEDTLS_ERR_X509_ALLOC_FAILED;
        default: return MBEDTLS_ERR_X509_FATAL_ERROR;
    }
}

/* Mbed TLS gets only the leaf's DER and its key, to verify that the server has the private key. */
static int load_leaf(mbedtls_x509_crt *chain, const unsigned char *buf, size_t buflen, pagetls_public_key *key)
{
    chain->raw.p = pagetls_heap_copy(buf, buflen);
    if (chain->raw.p == NULL) {
        return MBEDTLS_ERR_X509_ALLOC_FAILED;
    }
    chain->raw.len = buflen;
    chain->own_buffer = 1;
    chain->version = 3;
    /* An unusable key leaves the context empty: the chain is still verified, but the handshake signature cannot be. */
    return pagetls_peer_key_load(&chain->pk, key) == PAGETLS_PEER_KEY_OUT_OF_MEMORY ? MBEDTLS_ERR_X509_ALLOC_FAILED : 0;
}

/* In a renegotiation: the leaf is the one that was verified (renegotiation_checks.h), and the others do not matter. */
static int load_again(mbedtls_x509_crt *chain, const unsigned char *buf, size_t buflen)
{
    pagetls_certificate leaf;
    pagetls_read_error error;
    if (chain->raw.p != NULL) {
        return 0;
    }
    return pagetls_certificate_read(&leaf, buf, buflen, &error) == 0 ? load_leaf(chain, buf, buflen, &leaf.key)
                                                                     : MBEDTLS_ERR_X509_INVALID_FORMAT;
}

/* Stores the certificate in our chain. */
int __wrap_mbedtls_x509_crt_parse_der(mbedtls_x509_crt *chain, const unsigned char *buf, size_t buflen)
{
    const pagetls_protocol *protocol = pagetls_protocol_active();
    if (active != NULL && protocol != NULL && protocol->renegotiates) {
        return load_again(chain, buf, buflen);
    }
    if (active == NULL || active->result.outcome != PAGETLS_NOT_VERIFIED) {
        return MBEDTLS_ERR_X509_FATAL_ERROR;
    }
    int is_leaf = active->chain == NULL && !active->chain_incomplete;
    pagetls_stored_certificate *sent = pagetls_verification_append(active, buf, buflen);
    if (sent == NULL) {
        return active->chain_too_long ? MBEDTLS_ERR_SSL_BAD_CERTIFICATE : MBEDTLS_ERR_X509_ALLOC_FAILED;
    }
    if (!is_leaf) { /* an unreadable intermediate does not end the handshake; it is only excluded from paths */
        return 0;
    }
    if (!pagetls_is_readable(sent)) {
        pagetls_verification_verify(active); /* records the reason */
        return MBEDTLS_ERR_X509_INVALID_FORMAT;
    }
    return load_leaf(chain, buf, buflen, &sent->certificate.key);
}
