#define MBEDTLS_ALLOW_PRIVATE_ACCESS /* the record buffer and its contents */
#include "mbedtls/message_buffer.h"

#include <string.h>

#include "host/heap.h"
#include "mbedtls/error.h"
#include "mbedtls/platform_util.h"
#include "ssl_misc.h"

enum {
    HEADER = 4,                                                   /* msg_type and length (RFC 8446, section 4) */
    RECORD_HEADER = 5,                                            /* RFC 8446, section 5.1 */
    CONTENT_AT = MBEDTLS_SSL_SEQUENCE_NUMBER_LEN + RECORD_HEADER, /* where Mbed TLS assembles, in the buffer */
    RECORD_MAX = MBEDTLS_SSL_IN_PAYLOAD_LEN
};

/* in_hslen while the header of a message is incomplete */
#define UNKNOWN SIZE_MAX

/* What has arrived of a message that is not complete (in_hsfraglen), at CONTENT_AT. */
static size_t fragments_len(const mbedtls_ssl_context *ssl)
{
    return ssl->badmac_seen_or_in_hsfraglen;
}

static int has_got_header(const mbedtls_ssl_context *ssl)
{
    return ssl->in_hslen == UNKNOWN && fragments_len(ssl) >= HEADER;
}

int pagetls_message_is_too_long(const mbedtls_ssl_context *ssl)
{
    if (ssl->in_hslen == UNKNOWN) {
        return 0;
    }
    /* in_msglen: with other messages in its last record, which Mbed TLS counts too */
    return ssl->in_hslen > PAGETLS_MESSAGE_MAX || ssl->in_msglen > PAGETLS_MESSAGE_MAX ||
        (ssl->in_hslen > MBEDTLS_SSL_IN_CONTENT_LEN && mbedtls_ssl_is_handshake_over((mbedtls_ssl_context *) ssl));
}

const uint8_t *pagetls_message_received(const mbedtls_ssl_context *ssl, size_t *len)
{
    *len = 0;
    if (ssl->in_buf == NULL || ssl->in_msg == NULL || ssl->in_msgtype != MBEDTLS_SSL_MSG_HANDSHAKE) {
        return NULL;
    }
    size_t fragments = fragments_len(ssl);
    const uint8_t *begin = fragments > 0 ? ssl->in_buf + CONTENT_AT : ssl->in_msg;
    size_t arrived = fragments > 0 ? fragments : ssl->in_msglen;
    size_t space = ssl->in_buf_len - (size_t) (begin - ssl->in_buf);
    arrived = arrived < space ? arrived : space;
    *len = arrived < ssl->in_hslen ? arrived : ssl->in_hslen;
    return begin;
}

int pagetls_message_is_complete(const mbedtls_ssl_context *ssl, uint8_t type)
{
    return ssl->in_msgtype == MBEDTLS_SSL_MSG_HANDSHAKE && fragments_len(ssl) == 0 && ssl->in_hslen >= HEADER &&
        ssl->in_hslen <= ssl->in_msglen && ssl->in_msg[0] == type;
}

int pagetls_message_check(const mbedtls_ssl_context *ssl, const pagetls_message_rest *rest)
{
    if (has_got_header(ssl) || (rest != NULL && rest->len > 0)) {
        return MBEDTLS_ERR_SSL_WANT_READ;
    }
    return fragments_len(ssl) > 0 && pagetls_message_is_too_long(ssl) ? MBEDTLS_ERR_SSL_BUFFER_TOO_SMALL : 0;
}

/* Sets where Mbed TLS reads the next record to. */
static void set_record_at(mbedtls_ssl_context *ssl, size_t at)
{
    ssl->in_hdr = ssl->in_buf + at;
    mbedtls_ssl_update_in_pointers(ssl);
}

/* Turns less than a header, at the end of a record, into fragments of a message of unknown length. */
static void begin_header(mbedtls_ssl_context *ssl)
{
    memmove(ssl->in_buf + CONTENT_AT, ssl->in_msg, ssl->in_msglen);
    ssl->badmac_seen_or_in_hsfraglen = (unsigned) ssl->in_msglen;
    ssl->in_hslen = UNKNOWN;
    set_record_at(ssl, CONTENT_AT + ssl->in_msglen);
    ssl->in_msglen = 0;
}

/* Lets Mbed TLS read \p len bytes of \p content as one record: behind a message of HEADER bytes, which it takes for
 * processed and removes. */
static void read_again(mbedtls_ssl_context *ssl, const unsigned char *content, size_t len)
{
    memmove(ssl->in_buf + CONTENT_AT + HEADER, content, len);
    ssl->badmac_seen_or_in_hsfraglen = 0;
    ssl->in_hslen = HEADER;
    ssl->in_msglen = HEADER + len;
    set_record_at(ssl, CONTENT_AT - RECORD_HEADER);
}

static void complete_header(mbedtls_ssl_context *ssl)
{
    unsigned char *message = ssl->in_buf + CONTENT_AT;
    ssl->in_hslen = HEADER + (size_t) MBEDTLS_GET_UINT24_BE(message, 1);
    if (fragments_len(ssl) >= ssl->in_hslen) {
        read_again(ssl, message, fragments_len(ssl)); /* it has moved up by RECORD_HEADER, so there is space */
    }
}

/* 1 if Mbed TLS has assembled a Certificate, and with what is behind it more than it counts in 16 bits. */
static int is_followed_by_too_much(const mbedtls_ssl_context *ssl)
{
    return ssl->in_msgtype == MBEDTLS_SSL_MSG_HANDSHAKE && fragments_len(ssl) == 0 &&
        ssl->in_hslen <= PAGETLS_MESSAGE_MAX && ssl->in_msglen > PAGETLS_MESSAGE_MAX &&
        ssl->in_msg == ssl->in_buf + CONTENT_AT && ssl->in_msg[0] == MBEDTLS_SSL_HS_CERTIFICATE &&
        ssl->in_msglen + CONTENT_AT + HEADER <= ssl->in_buf_len;
}

static void set_rest_aside(mbedtls_ssl_context *ssl, pagetls_message_rest *rest)
{
    size_t len = ssl->in_hslen;
    rest->at = CONTENT_AT + HEADER + len;
    rest->len = ssl->in_msglen - len;
    read_again(ssl, ssl->in_msg, ssl->in_msglen); /* moves both */
    ssl->in_msglen = HEADER + len;
}

/* 1 if Mbed TLS did not read the record whose header it has because it does not fit behind the fragments. */
static int does_not_fit(const mbedtls_ssl_context *ssl)
{
    return fragments_len(ssl) > 0 && ssl->in_left == RECORD_HEADER &&
        MBEDTLS_GET_UINT16_BE(ssl->in_hdr, 3) <= RECORD_MAX &&
        ssl->in_buf_len < (size_t) (ssl->in_hdr - ssl->in_buf) + RECORD_HEADER + MBEDTLS_GET_UINT16_BE(ssl->in_hdr, 3);
}

/* Makes space for the whole message and one record behind what has arrived of it. */
static int enlarge(mbedtls_ssl_context *ssl)
{
    size_t len = (ssl->in_hslen == UNKNOWN ? HEADER : ssl->in_hslen) + CONTENT_AT + RECORD_HEADER + RECORD_MAX;
    unsigned char *from = ssl->in_buf;
    unsigned char *to = pagetls_heap_calloc(1, len);
    if (to == NULL) {
        return MBEDTLS_ERR_SSL_ALLOC_FAILED;
    }
    size_t record_at = (size_t) (ssl->in_hdr - from);
    memcpy(to, from, ssl->in_buf_len);
    mbedtls_zeroize_and_free(from, ssl->in_buf_len);
    ssl->in_buf = to;
    ssl->in_buf_len = len;
    set_record_at(ssl, record_at);
    return 0;
}

int pagetls_message_continue(mbedtls_ssl_context *ssl, pagetls_message_rest *rest, int *ret)
{
    switch (*ret) {
        case MBEDTLS_ERR_SSL_INVALID_RECORD:
            if (ssl->in_msgtype != MBEDTLS_SSL_MSG_HANDSHAKE || fragments_len(ssl) > 0 || ssl->in_msglen == 0 ||
                ssl->in_msglen >= HEADER) {
                return 0;
            }
            begin_header(ssl);
            return 1;
        case MBEDTLS_ERR_SSL_WANT_READ:
            if (has_got_header(ssl)) {
                complete_header(ssl);
                return 1;
            }
            if (rest == NULL || rest->len == 0) {
                return 0;
            }
            read_again(ssl, ssl->in_buf + rest->at, rest->len);
            rest->len = 0;
            return 1;
        case MBEDTLS_ERR_ERROR_CORRUPTION_DETECTED:
            if (rest == NULL || !is_followed_by_too_much(ssl)) {
                return 0;
            }
            set_rest_aside(ssl, rest);
            return 1;
        case MBEDTLS_ERR_SSL_BAD_INPUT_DATA:
            if (!does_not_fit(ssl)) {
                return 0;
            }
            *ret = enlarge(ssl);
            return *ret == 0;
        default: return 0;
    }
}
