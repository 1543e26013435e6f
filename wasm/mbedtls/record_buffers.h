/**
 * \file record_buffers.h
 * \brief Releases the two record buffers of a connection while they are empty.
 *
 * Mbed TLS allocates both in mbedtls_ssl_setup() and keeps them: 33 kB, most of the memory of an open connection. After
 * the handshake, when everything received has been read and everything written has been sent, their only information is
 * the sequence number of the next record to read. They are then released to the free list of the heap (host/heap.h),
 * from where it is cheap to acquire them again, and no function that reads or writes is called without them.
 * mbedtls_ssl_free() accepts a context without buffers; exporting keying material does not use them.
 */
#ifndef PAGETLS_RECORD_BUFFERS_H
#define PAGETLS_RECORD_BUFFERS_H

#include "mbedtls/ssl.h"

typedef struct {
    unsigned char in_ctr[8]; /**< that sequence number, while the buffers are released */
    size_t in_used;          /**< bytes from the start of each buffer that may have been written to; */
    size_t out_used;         /**< SIZE_MAX when unknown, as during a handshake */
} pagetls_record_buffers;

void pagetls_record_buffers_init(pagetls_record_buffers *buffers);
/** For the BIO: Mbed TLS may have written to the input buffer up to \p end. */
void pagetls_record_buffers_mark_in_used(pagetls_record_buffers *buffers, const mbedtls_ssl_context *ssl,
                                         const unsigned char *end);
/** The same for the output buffer. */
void pagetls_record_buffers_mark_out_used(pagetls_record_buffers *buffers, const mbedtls_ssl_context *ssl,
                                          const unsigned char *end);
/** 1 when \p ssl has no buffers. */
int pagetls_record_buffers_released(const mbedtls_ssl_context *ssl);
/** Allocates both buffers. 0, or MBEDTLS_ERR_SSL_ALLOC_FAILED with neither allocated. */
int pagetls_record_buffers_acquire(pagetls_record_buffers *buffers, mbedtls_ssl_context *ssl);
/** Zeroizes and frees both buffers if they are empty. Only after the handshake. */
void pagetls_record_buffers_release(pagetls_record_buffers *buffers, mbedtls_ssl_context *ssl);

#endif
