#define MBEDTLS_ALLOW_PRIVATE_ACCESS /* the transcript of the handshake, and the configuration */
#include "mbedtls/post_handshake_auth.h"

#include <string.h>

#include "host/heap.h"
#include "mbedtls/client_auth.h"
#include "mbedtls/digest_mbedtls.h"
#include "mbedtls/extension_checks.h"
#include "mbedtls/platform_util.h"
#include "mbedtls/protocol_hooks.h"
#include "mbedtls/traffic_keys.h"
#include "pagetls.h"
#include "ssl_misc.h"
#include "ssl_tls13_keys.h"

enum { HEADER = 4, CERTIFICATE = 11, CERTIFICATE_VERIFY = 15, FINISHED = 20 }; /* RFC 8446, section 4 */

/* The linker calls this instead of the function without __wrap_. */
int __real_mbedtls_ssl_tls13_write_client_hello_exts(mbedtls_ssl_context *, unsigned char *, unsigned char *, size_t *);
int __wrap_mbedtls_ssl_tls13_write_client_hello_exts(mbedtls_ssl_context *, unsigned char *, unsigned char *, size_t *);

/* Section 4.2.6: "The "extension_data" field of the "post_handshake_auth" extension is zero length." */
int __wrap_mbedtls_ssl_tls13_write_client_hello_exts(mbedtls_ssl_context *ssl, unsigned char *buf, unsigned char *end,
                                                     size_t *out_len)
{
    enum { EXTENSION_LEN = 4 };
    int ret = __real_mbedtls_ssl_tls13_write_client_hello_exts(ssl, buf, end, out_len);
    const pagetls_protocol *protocol = pagetls_protocol_active();
    if (ret == 0 && protocol != NULL && protocol->requests_left > 0) {
        unsigned char *p = buf + *out_len;
        MBEDTLS_SSL_CHK_BUF_PTR(p, end, EXTENSION_LEN);
        MBEDTLS_PUT_UINT32_BE((uint32_t) MBEDTLS_TLS_EXT_POST_HANDSHAKE_AUTH << 16, p, 0);
        *out_len += EXTENSION_LEN;
    }
    return ret;
}

int pagetls_post_handshake_auth_begin(pagetls_post_handshake_auth *auth, mbedtls_ssl_context *ssl)
{
    mbedtls_ssl_handshake_params *handshake = ssl->handshake;
    auth->transcript = pagetls_begun_digest_take(
        pagetls_traffic_hash(ssl) == MBEDTLS_MD_SHA384 ? &handshake->fin_sha384 : &handshake->fin_sha256);
    return auth->transcript == NULL ? MBEDTLS_ERR_SSL_ALLOC_FAILED : 0;
}

void pagetls_post_handshake_auth_free(pagetls_post_handshake_auth *auth)
{
    pagetls_begun_digest_free(auth->transcript);
    pagetls_heap_free(auth->contexts);
}

/* --- the request ---------------------------------------------------------------------------- */

static pagetls_violation check(const pagetls_post_handshake_auth *auth, const uint8_t *message, size_t len)
{
    const pagetls_slice used = { auth->contexts, auth->contexts_len };
    const pagetls_server_message request = {
        .type = message[0],
        .tls13 = 1,
        .body = message + HEADER,
        .len = len - HEADER,
        .used_contexts = &used,
    };
    return pagetls_server_message_check(&request);
}

/* Remembers the context of a request: its octets, after their number. */
static int remember(pagetls_post_handshake_auth *auth, const uint8_t *context)
{
    const size_t len = 1u + context[0];
    uint8_t *all = pagetls_heap_calloc(1, auth->contexts_len + len);
    if (all == NULL) {
        return MBEDTLS_ERR_SSL_ALLOC_FAILED;
    }
    if (auth->contexts_len > 0) {
        memcpy(all, auth->contexts, auth->contexts_len);
    }
    memcpy(all + auth->contexts_len, context, len);
    pagetls_heap_free(auth->contexts);
    auth->contexts = all;
    auth->contexts_len += len;
    return 0;
}

/* --- the answer ----------------------------------------------------------------------------- */

static uint8_t *put_uint(uint8_t *to, size_t value, size_t octets)
{
    for (size_t i = octets; i > 0; i--) {
        to[i - 1] = (uint8_t) value;
        value >>= 8;
    }
    return to + octets;
}

/* Writes the header of the message from \p begin to \p end, and returns its end. */
static uint8_t *put_header(uint8_t *begin, uint8_t type, uint8_t *end)
{
    begin[0] = type;
    put_uint(begin + 1, (size_t) (end - begin) - HEADER, 3);
    return end;
}

/* Section 4.4.2. Without an identity, the list is empty. */
static uint8_t *put_certificate(uint8_t *begin, const uint8_t *context, const mbedtls_ssl_key_cert *identity)
{
    uint8_t *list = begin + HEADER + 1 + context[0];
    uint8_t *p = list + 3;
    memcpy(begin + HEADER, context, 1u + context[0]);
    for (const mbedtls_x509_crt *crt = identity == NULL ? NULL : identity->cert; crt != NULL; crt = crt->next) {
        p = put_uint(p, crt->raw.len, 3);
        memcpy(p, crt->raw.p, crt->raw.len);
        p = put_uint(p + crt->raw.len, 0, 2); /* no extensions */
    }
    put_uint(list, (size_t) (p - list) - 3, 3);
    return put_header(begin, CERTIFICATE, p);
}

/* Section 4.4.3. Moves *end, the end of what has been written. */
static int put_certificate_verify(uint8_t **end, const mbedtls_ssl_context *ssl, const mbedtls_ssl_key_cert *identity,
                                  uint16_t scheme, const uint8_t *transcript, size_t transcript_len)
{
    enum { SPACES = 64, LABEL_LEN = 33, BEFORE_LEN = SPACES + LABEL_LEN + 1, SIGNATURE_AT = HEADER + 4 };
    uint8_t content[BEFORE_LEN + PAGETLS_DIGEST_MAX];
    uint8_t hash[PAGETLS_DIGEST_MAX];
    mbedtls_pk_type_t type;
    mbedtls_md_type_t md;
    size_t len = 0;
    memset(content, ' ', SPACES);
    memcpy(content + SPACES, "TLS 1.3, client CertificateVerify", BEFORE_LEN - SPACES); /* with its NUL */
    memcpy(content + BEFORE_LEN, transcript, transcript_len);
    int ret = mbedtls_ssl_get_pk_type_and_md_alg_from_sig_alg(scheme, &type, &md);
    const mbedtls_md_info_t *info = mbedtls_md_info_from_type(md);
    ret = ret != 0 ? ret : mbedtls_md(info, content, BEFORE_LEN + transcript_len, hash);
    if (ret == 0) {
        ret = mbedtls_pk_sign_ext(type, identity->key, md, hash, mbedtls_md_get_size(info), *end + SIGNATURE_AT,
                                  MBEDTLS_PK_SIGNATURE_MAX_SIZE, &len, ssl->conf->f_rng, ssl->conf->p_rng);
    }
    put_uint(put_uint(*end + HEADER, scheme, 2), len, 2);
    *end = put_header(*end, CERTIFICATE_VERIFY, *end + SIGNATURE_AT + len);
    return ret;
}

/* Section 4.4.4: with the secret that the next record is protected with. */
static int put_finished(uint8_t **end, const mbedtls_ssl_context *ssl, const uint8_t *transcript, size_t transcript_len)
{
    const mbedtls_md_type_t md = pagetls_traffic_hash(ssl);
    uint8_t key[MBEDTLS_TLS1_3_MD_MAX_SIZE];
    size_t len;
    const uint8_t *secret = pagetls_traffic_secret(ssl, PAGETLS_SENDING, &len);
    int ret = mbedtls_ssl_tls13_hkdf_expand_label(mbedtls_md_psa_alg_from_type(md), secret, len,
                                                  MBEDTLS_SSL_TLS1_3_LBL_WITH_LEN(finished), NULL, 0, key, len);
    if (ret == 0 &&
        mbedtls_md_hmac(mbedtls_md_info_from_type(md), key, len, transcript, transcript_len, *end + HEADER) != 0) {
        ret = MBEDTLS_ERR_SSL_ALLOC_FAILED; /* nothing else can fail */
    }
    mbedtls_platform_zeroize(key, sizeof(key));
    *end = put_header(*end, FINISHED, *end + HEADER + len);
    return ret;
}

/* At most: the headers of the three messages, a context, a signature and a hash. */
enum { FIXED_MAX = 3 * HEADER + 1 + 255 + 3 + 4 + MBEDTLS_PK_SIGNATURE_MAX_SIZE + PAGETLS_DIGEST_MAX };

static size_t chain_size(const mbedtls_ssl_key_cert *identity)
{
    size_t size = 0;
    for (const mbedtls_x509_crt *crt = identity == NULL ? NULL : identity->cert; crt != NULL; crt = crt->next) {
        size += crt->raw.len + 5;
    }
    return size;
}

int pagetls_post_handshake_auth_answer(pagetls_post_handshake_auth *auth, const mbedtls_ssl_context *ssl,
                                       const uint8_t *message, size_t len, int is_new, pagetls_answer **answer)
{
    const uint8_t *context = message + HEADER;
    pagetls_client_choice choice;
    uint8_t transcript[PAGETLS_DIGEST_MAX];
    const size_t transcript_len = mbedtls_md_get_size_from_type(pagetls_traffic_hash(ssl));
    int ret = is_new ? pagetls_protocol_fail_if(check(auth, message, len)) : 0;
    ret = ret != 0 || !is_new ? ret : remember(auth, context);
    if (ret == 0) {
        ret = pagetls_client_auth_receive_later(ssl, (pagetls_slice) { context, len - HEADER }, is_new, &choice);
    }
    if (ret != 0) {
        return ret;
    }
    const mbedtls_ssl_key_cert *identity = choice.identity;
    pagetls_answer *p = pagetls_heap_calloc(1, sizeof(*p) + len + chain_size(identity) + FIXED_MAX);
    if (p == NULL) {
        return MBEDTLS_ERR_SSL_ALLOC_FAILED;
    }
    /* The request, of which only the hash is needed, and behind it the answer. */
    memcpy(p->bytes, message, len);
    uint8_t *end = put_certificate(p->bytes + len, context, identity);
    if (identity != NULL) {
        pagetls_begun_digest_finish(auth->transcript, p->bytes, (size_t) (end - p->bytes), transcript);
        ret = put_certificate_verify(&end, ssl, identity, choice.scheme, transcript, transcript_len);
    }
    if (ret == 0) {
        pagetls_begun_digest_finish(auth->transcript, p->bytes, (size_t) (end - p->bytes), transcript);
        ret = put_finished(&end, ssl, transcript, transcript_len);
    }
    if (ret != 0) {
        pagetls_heap_free(p);
        return ret;
    }
    p->has_certificate = identity != NULL;
    p->at = len;
    p->len = (size_t) (end - p->bytes);
    *answer = p;
    return 0;
}
