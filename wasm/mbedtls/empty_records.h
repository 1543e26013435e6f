/**
 * \file empty_records.h
 * \brief Limits records in a row that bring nothing. Mbed TLS accepts three empty ones, which correct servers exceed, and
 *        calls a fourth one forged; of warning alerts and ChangeCipherSpec it accepts any number.
 *
 * A server may send records without data, as a protection from traffic analysis (RFC 8446, section 5.4), or, in TLS 1.2,
 * to randomize what follows. Each costs more to process than to send, so there must be a limit.
 */
#ifndef PAGETLS_EMPTY_RECORDS_H
#define PAGETLS_EMPTY_RECORDS_H

#include "mbedtls/ssl.h"

/** Since the last record with data or a handshake message; 0 at first. */
typedef struct {
    uint8_t empty;  /**< and ChangeCipherSpec */
    uint8_t alerts; /**< warnings */
} pagetls_record_counts;

/**
 * For the BIO, which calls this before it reads: counts the records.
 * \return 0, or the error to return instead of reading
 */
int pagetls_empty_records_check(mbedtls_ssl_context *ssl, pagetls_record_counts *counts);
/** 1 if there were too many. */
int pagetls_empty_records_exceeded(const pagetls_record_counts *counts);

#endif
