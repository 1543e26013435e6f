#define MBEDTLS_ALLOW_PRIVATE_ACCESS /* nb_zero, in_left and in_msgtype */
#include "mbedtls/empty_records.h"

#include "host/limits.h"
#include "ssl_misc.h"

/* A value of in_msgtype, which Mbed TLS sets for each record: of no type. */
enum { NO_RECORD_SINCE = 0 };

int pagetls_empty_records_check(mbedtls_ssl_context *ssl, pagetls_record_counts *counts)
{
    int type = ssl->in_msgtype;
    if (ssl->in_left > 0 || type == NO_RECORD_SINCE) { /* within a record, or waiting for the next one */
        return 0;
    }
    /* Mbed TLS increments it for an empty record, and sets it to 0 for one with data. */
    int empty = ssl->nb_zero > 0;
    ssl->nb_zero = 0;
    ssl->in_msgtype = NO_RECORD_SINCE;
    if (empty || type == MBEDTLS_SSL_MSG_CHANGE_CIPHER_SPEC) {
        counts->empty++;
    } else if (type == MBEDTLS_SSL_MSG_ALERT) { /* a warning, as the connection goes on */
        counts->alerts++;
    } else {
        *counts = (pagetls_record_counts) { 0, 0 };
    }
    if (!pagetls_empty_records_exceeded(counts)) {
        return 0;
    }
    MBEDTLS_SSL_PEND_FATAL_ALERT(MBEDTLS_SSL_ALERT_MSG_UNEXPECTED_MESSAGE, MBEDTLS_ERR_SSL_UNEXPECTED_MESSAGE);
    return MBEDTLS_ERR_SSL_UNEXPECTED_MESSAGE;
}

int pagetls_empty_records_exceeded(const pagetls_record_counts *counts)
{
    return counts->empty > PAGETLS_EMPTY_RECORDS_MAX || counts->alerts > PAGETLS_WARNING_ALERTS_MAX;
}
