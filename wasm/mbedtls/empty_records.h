/**
 * \file empty_records.h
 * \brief Limits empty records in a row: Mbed TLS accepts three, which correct servers exceed, and calls a fourth one forged.
 *
 * A server may send records without data, as a protection from traffic analysis (RFC 8446, section 5.4), or, in TLS 1.2,
 * to randomize what follows. Each costs more to process than to send, so there must be a limit.
 */
#ifndef PAGETLS_EMPTY_RECORDS_H
#define PAGETLS_EMPTY_RECORDS_H

#include "mbedtls/ssl.h"

/**
 * For the BIO, which calls this before it reads: counts the empty records in a row.
 * \param count  0 at first; more than #PAGETLS_EMPTY_RECORDS_MAX afterwards if there were too many
 * \return 0, or the error to return instead of reading
 */
int pagetls_empty_records_check(mbedtls_ssl_context *ssl, int *count);

#endif
