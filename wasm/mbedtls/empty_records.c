#define MBEDTLS_ALLOW_PRIVATE_ACCESS /* nb_zero, in_left and in_msgtype */
#include "mbedtls/empty_records.h"

#include "host/limits.h"
#include "ssl_misc.h"

/* A value of nb_zero. Mbed TLS sets it to 0 for a record with data and increments it for an empty one. */
enum { NO_RECORD_SINCE = -2, EMPTY_RECORD_SINCE };

int pagetls_empty_records_check(mbedtls_ssl_context *ssl, int *count)
{
    if (ssl->in_left > 0 || ssl->nb_zero == NO_RECORD_SINCE) { /* within a record, or waiting for the next one */
        return 0;
    }
    int empty = ssl->nb_zero == EMPTY_RECORD_SINCE;
    *count = empty ? *count + 1 : 0;
    ssl->nb_zero = NO_RECORD_SINCE;
    /* RFC 8446, section 5.4: "MUST NOT send Handshake and Alert records that have a zero-length
     * TLSInnerPlaintext.content". Mbed TLS rejects all but those between the fragments of a message. */
    if (*count <= PAGETLS_EMPTY_RECORDS_MAX && !(empty && ssl->in_msgtype == MBEDTLS_SSL_MSG_HANDSHAKE)) {
        return 0;
    }
    MBEDTLS_SSL_PEND_FATAL_ALERT(MBEDTLS_SSL_ALERT_MSG_UNEXPECTED_MESSAGE, MBEDTLS_ERR_SSL_UNEXPECTED_MESSAGE);
    return MBEDTLS_ERR_SSL_UNEXPECTED_MESSAGE;
}
