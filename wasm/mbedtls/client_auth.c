#define MBEDTLS_ALLOW_PRIVATE_ACCESS /* the handshake, and the message that is written */
#include "mbedtls/client_auth.h"

#include "host/heap.h"
#include "mbedtls/errors.h"
#include "mbedtls/identity.h"
#include "mbedtls/sha512.h"
#include "pagetls.h"
#include "ssl_misc.h"

/* The linker calls this instead of the function without __wrap_. */
int __real_mbedtls_ssl_write_client_hello(mbedtls_ssl_context *);
int __wrap_mbedtls_ssl_write_client_hello(mbedtls_ssl_context *);

typedef struct own_identity {
    struct own_identity *next;
    pagetls_identity identity;
    pagetls_client_key key;
    mbedtls_ssl_key_cert pair; /* for Mbed TLS: points to the identity */
} own_identity;

struct pagetls_client_auth {
    own_identity *first;
    uint8_t *request; /* the body of the last CertificateRequest */
    size_t request_len;
    int request_tls13;
    int asks_host;
    int is_answered;
    int is_waiting;
    uint16_t scheme; /* of the identity that is sent */
    uint32_t outcome;
    mbedtls_sha512_context sha512; /* of the handshake: Mbed TLS has SHA-256 and SHA-384 */
    int (*update_checksum)(mbedtls_ssl_context *, const unsigned char *, size_t); /* Mbed TLS's, for these two */
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

static void forget_request(pagetls_client_auth *auth)
{
    pagetls_heap_free(auth->request);
    auth->request = NULL;
}

void pagetls_client_auth_forget(pagetls_client_auth *auth)
{
    for (own_identity *own = auth->first; own != NULL; own = own->next) {
        pagetls_identity_free(&own->identity);
        pagetls_identity_init(&own->identity);
    }
    if (auth->outcome == 0) {
        forget_request(auth);
    }
}

static void forget_identities(pagetls_client_auth *auth)
{
    while (auth->first != NULL) {
        own_identity *next = auth->first->next;
        pagetls_identity_free(&auth->first->identity);
        pagetls_heap_free(auth->first);
        auth->first = next;
    }
}

void pagetls_client_auth_free(pagetls_client_auth *auth)
{
    if (auth == NULL) {
        return;
    }
    forget_identities(auth);
    forget_request(auth);
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
    const mbedtls_pk_context *pk = &own->identity.key;
    own->key = (pagetls_client_key) { mbedtls_pk_get_type(pk) == MBEDTLS_PK_RSA, mbedtls_pk_get_bitlen(pk) };
    own->pair.cert = &own->identity.chain;
    own->pair.key = &own->identity.key;
    *end = own;
    return 0;
}

int pagetls_client_auth_key(const pagetls_client_auth *auth, size_t n, pagetls_client_key *key)
{
    const own_identity *own = auth->first;
    for (; own != NULL && n > 0; n--) {
        own = own->next;
    }
    if (own == NULL) {
        return -1;
    }
    *key = own->key;
    return 0;
}

int pagetls_client_auth_request(const pagetls_client_auth *auth, pagetls_certificate_request *request)
{
    if (auth->request == NULL) {
        return -1;
    }
    pagetls_certificate_request_read(request, (pagetls_slice) { auth->request, auth->request_len }, auth->request_tls13);
    return 0;
}

/* --- the choice ---------------------------------------------------------------------------- */

static unsigned chain_fits(const mbedtls_x509_crt *crt, const pagetls_certificate_request *request)
{
    unsigned all = PAGETLS_FITS_SIGNATURES | PAGETLS_FITS_AUTHORITIES;
    unsigned any = 0;
    for (; crt != NULL; crt = crt->next) {
        pagetls_certificate certificate;
        pagetls_read_error error;
        if (pagetls_certificate_read(&certificate, crt->raw.p, crt->raw.len, &error) == 0) {
            const unsigned fits = pagetls_certificate_request_fits(request, &certificate);
            all &= fits;
            any |= fits;
        }
    }
    return (all & PAGETLS_FITS_SIGNATURES) | (any & PAGETLS_FITS_AUTHORITIES);
}

static pagetls_client_choice choose_best(const pagetls_certificate_request *request, const uint16_t *schemes)
{
    pagetls_client_choice best = { NULL, 0, 0 };
    for (own_identity *own = active->first; own != NULL; own = own->next) {
        const uint16_t scheme = pagetls_certificate_request_scheme(request, &own->key, schemes);
        if (scheme != 0) {
            const unsigned fits = chain_fits(&own->identity.chain, request);
            if (best.identity == NULL || fits > best.fits) { /* authorities are the higher bit */
                best = (pagetls_client_choice) { &own->pair, scheme, fits };
            }
        }
    }
    return best;
}

/* --- in a handshake -------------------------------------------------------------------------- */

void pagetls_client_auth_ask_host(pagetls_client_auth *auth)
{
    auth->asks_host = 1;
}

int pagetls_client_auth_is_waiting(const pagetls_client_auth *auth)
{
    return auth != NULL && auth->is_waiting;
}

void pagetls_client_auth_answer(pagetls_client_auth *auth)
{
    auth->is_answered = 1;
    auth->is_waiting = 0;
}

/* Keeps the request. Mbed TLS may read it several times. */
static int keep_request(pagetls_client_auth *auth, pagetls_slice body, int tls13)
{
    if (auth->request == NULL) {
        auth->request = pagetls_heap_copy(body.p, body.len);
        auth->request_len = body.len;
        auth->request_tls13 = tls13;
    }
    return auth->request == NULL ? MBEDTLS_ERR_SSL_ALLOC_FAILED : 0;
}

/* Before a request: those that the host gave for another one do not count. */
static void begin_request(pagetls_client_auth *auth)
{
    forget_request(auth);
    if (auth->asks_host) {
        forget_identities(auth);
    }
    auth->is_answered = auth->is_waiting = 0;
    auth->scheme = 0;
    auth->outcome = 0;
}

/* The choice for the request that is kept. */
static pagetls_client_choice choose_kept(const mbedtls_ssl_context *ssl)
{
    pagetls_certificate_request request;
    (void) pagetls_client_auth_request(active, &request);
    const pagetls_client_choice choice = choose_best(&request, ssl->conf->sig_algs);
    active->outcome = active->first == NULL             ? 0
        : choice.identity == NULL                       ? PAGETLS_REJECTED_CERTIFICATE
        : (choice.fits & PAGETLS_FITS_AUTHORITIES) == 0 ? PAGETLS_UNNAMED_AUTHORITY
                                                        : 0;
    return choice;
}

/* Tells Mbed TLS what to send and to sign with. */
static void choose(mbedtls_ssl_context *ssl)
{
    const pagetls_client_choice choice = choose_kept(ssl);
    ssl->handshake->key_cert = choice.identity;
    active->scheme = choice.scheme;
    /* In TLS 1.3, it would take the first of the server's that the key can do, with a salt as long as it can be. */
    ssl->handshake->received_sig_algs[0] = choice.scheme;
    ssl->handshake->received_sig_algs[1] = MBEDTLS_TLS_SIG_NONE;
}

int pagetls_client_auth_receive(mbedtls_ssl_context *ssl, uint8_t type, pagetls_slice body)
{
    const int tls13 = ssl->tls_version == MBEDTLS_SSL_VERSION_TLS1_3;
    const int is_request = type == MBEDTLS_SSL_HS_CERTIFICATE_REQUEST;
    if (active != NULL && is_request) {
        const int ret = keep_request(active, body, tls13);
        if (ret != 0) {
            return ret;
        }
    }
    /* In TLS 1.3 the server proves who it is behind its request. */
    if (active == NULL || active->request == NULL || !(tls13 ? type == MBEDTLS_SSL_HS_FINISHED : is_request)) {
        return 0;
    }
    if (active->asks_host && !active->is_answered) {
        active->is_waiting = 1;
        ssl->keep_current_message = 1; /* so that mbedtls_ssl_read_record() returns it again */
        return MBEDTLS_ERR_SSL_WANT_READ;
    }
    choose(ssl);
    return 0;
}

int pagetls_client_auth_receive_later(const mbedtls_ssl_context *ssl, pagetls_slice body, int is_new,
                                      pagetls_client_choice *choice)
{
    *choice = (pagetls_client_choice) { NULL, 0, 0 };
    if (active == NULL) {
        return 0;
    }
    if (is_new) {
        begin_request(active);
    }
    const int ret = keep_request(active, body, 1);
    if (ret == 0 && active->asks_host && !active->is_answered) {
        active->is_waiting = 1;
        return MBEDTLS_ERR_SSL_WANT_READ;
    }
    if (ret == 0) {
        *choice = choose_kept(ssl);
    }
    return ret;
}

uint32_t pagetls_client_auth_outcome(void)
{
    return active == NULL ? 0 : active->outcome;
}

/* --- the signature in TLS 1.2 ------------------------------------------------------------------ */

enum { SHA512_BYTES = 64 };

static int update_checksum(mbedtls_ssl_context *ssl, const unsigned char *bytes, size_t len)
{
    int ret = mbedtls_sha512_update(&active->sha512, bytes, len);
    return ret != 0 ? ret : active->update_checksum(ssl, bytes, len);
}

/* Begins to hash the messages of a handshake with what a signature in TLS 1.2 may need. */
int __wrap_mbedtls_ssl_write_client_hello(mbedtls_ssl_context *ssl)
{
    if (active != NULL && ssl->handshake->update_checksum != update_checksum) { /* not for a second ClientHello */
        begin_request(active);
        (void) mbedtls_sha512_starts(&active->sha512, 0); /* cannot fail: 0 is SHA-512 */
        active->update_checksum = ssl->handshake->update_checksum;
        ssl->handshake->update_checksum = update_checksum;
    }
    return __real_mbedtls_ssl_write_client_hello(ssl);
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
