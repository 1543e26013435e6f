#define MBEDTLS_ALLOW_PRIVATE_ACCESS /* the record buffer and its contents */
#include "mbedtls/message_buffer.h"

#include <string.h>

#include "host/heap.h"
#include "mbedtls/platform_util.h"
#include "ssl_misc.h"

int pagetls_message_needs_larger_buffer(const mbedtls_ssl_context *ssl)
{
    /* in_hsfraglen: part of the message has arrived, and more of it will. */
    return ssl->in_hslen > MBEDTLS_SSL_IN_CONTENT_LEN && ssl->badmac_seen_or_in_hsfraglen != 0 &&
        ssl->in_buf_len < ssl->in_hslen + MBEDTLS_SSL_IN_BUFFER_LEN;
}

int pagetls_message_is_too_long(const mbedtls_ssl_context *ssl)
{
    /* Includes other messages in the last record. */
    return ssl->in_hslen > PAGETLS_MESSAGE_MAX || ssl->badmac_seen_or_in_hsfraglen > PAGETLS_MESSAGE_MAX ||
        (ssl->in_hslen > MBEDTLS_SSL_IN_CONTENT_LEN && mbedtls_ssl_is_handshake_over((mbedtls_ssl_context *) ssl));
}

int pagetls_message_enlarge_buffer(mbedtls_ssl_context *ssl)
{
    /* The whole message, plus one record behind what has arrived of it. */
    size_t len = ssl->in_hslen + MBEDTLS_SSL_IN_BUFFER_LEN;
    unsigned char *from = ssl->in_buf;
    unsigned char *to = pagetls_heap_calloc(1, len);
    if (to == NULL) {
        return MBEDTLS_ERR_SSL_ALLOC_FAILED;
    }
    memcpy(to, from, ssl->in_buf_len);
    unsigned char **pointers[] = { &ssl->in_ctr, &ssl->in_hdr, &ssl->in_len, &ssl->in_iv, &ssl->in_msg };
    for (size_t i = 0; i < sizeof(pointers) / sizeof(pointers[0]); i++) {
        *pointers[i] = to + (*pointers[i] - from);
    }
    mbedtls_zeroize_and_free(from, ssl->in_buf_len);
    ssl->in_buf = to;
    ssl->in_buf_len = len;
    return 0;
}
