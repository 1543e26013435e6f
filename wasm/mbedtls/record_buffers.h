/**
 * \file record_buffers.h
 * \brief The two record buffers of a connection, which has them only while there is something in them.
 *
 * Mbed TLS allocates both in mbedtls_ssl_setup() and keeps them: 33 kB, most of what an open connection held. When the
 * handshake is over, and all that came has been read and all that was written has been sent, the only thing that they
 * still say is the number of the next record to be read. They are given back then, to the spare blocks of the heap
 * (host/heap.h), where they cost nothing to take again, and nothing that reads or writes is called without them.
 * mbedtls_ssl_free() takes a context without buffers; exporting keying material does not look at them.
 */
#ifndef PAGETLS_RECORD_BUFFERS_H
#define PAGETLS_RECORD_BUFFERS_H

#include "mbedtls/ssl.h"

typedef struct {
    unsigned char in_ctr[8]; /**< that number, while there is no buffer */
    size_t in_used;          /**< of each buffer the bytes that may have been written to, */
    size_t out_used;         /**< from its start; SIZE_MAX when that is not known, as in a handshake */
} pagetls_record_buffers;

void pagetls_record_buffers_init(pagetls_record_buffers *buffers);
/** For the BIO: the buffer that is read into may have been written to up to \p end. */
void pagetls_record_buffers_mark_in_used(pagetls_record_buffers *buffers, const mbedtls_ssl_context *ssl,
                                         const unsigned char *end);
/** The same of the buffer that is sent from. */
void pagetls_record_buffers_mark_out_used(pagetls_record_buffers *buffers, const mbedtls_ssl_context *ssl,
                                          const unsigned char *end);
/** 1 when \p ssl has none. */
int pagetls_record_buffers_released(const mbedtls_ssl_context *ssl);
/** Takes them again. 0, or MBEDTLS_ERR_SSL_ALLOC_FAILED with none taken. */
int pagetls_record_buffers_acquire(pagetls_record_buffers *buffers, mbedtls_ssl_context *ssl);
/** Gives them back, zeroized, unless something is in them. Only after the handshake. */
void pagetls_record_buffers_release(pagetls_record_buffers *buffers, mbedtls_ssl_context *ssl);

#endif
