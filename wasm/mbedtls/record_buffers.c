#define MBEDTLS_ALLOW_PRIVATE_ACCESS /* the buffers and their contents */
#include "mbedtls/record_buffers.h"

#include <string.h>

#include "host/heap.h"
#include "ssl_misc.h"

_Static_assert(MBEDTLS_SSL_IN_BUFFER_LEN == PAGETLS_HEAP_RECORD_BYTES &&
                   MBEDTLS_SSL_OUT_BUFFER_LEN == PAGETLS_HEAP_RECORD_BYTES,
               "the heap keeps a free list of blocks of this length");
_Static_assert(sizeof(((pagetls_record_buffers *) 0)->in_ctr) == MBEDTLS_SSL_SEQUENCE_NUMBER_LEN,
               "RFC 8446, section 5.3");

void pagetls_record_buffers_init(pagetls_record_buffers *buffers)
{
    buffers->in_used = buffers->out_used = SIZE_MAX;
}

static void extend_used(size_t *used, const unsigned char *buffer, const unsigned char *end)
{
    size_t len = (size_t) (end - buffer);
    *used = len > *used ? len : *used;
}

void pagetls_record_buffers_mark_in_used(pagetls_record_buffers *buffers, const mbedtls_ssl_context *ssl,
                                         const unsigned char *end)
{
    extend_used(&buffers->in_used, ssl->in_buf, end);
}

void pagetls_record_buffers_mark_out_used(pagetls_record_buffers *buffers, const mbedtls_ssl_context *ssl,
                                          const unsigned char *end)
{
    extend_used(&buffers->out_used, ssl->out_buf, end);
}

int pagetls_record_buffers_released(const mbedtls_ssl_context *ssl)
{
    return ssl->in_buf == NULL;
}

int pagetls_record_buffers_acquire(pagetls_record_buffers *buffers, mbedtls_ssl_context *ssl)
{
    unsigned char *in = pagetls_heap_calloc(1, PAGETLS_HEAP_RECORD_BYTES);
    unsigned char *out = pagetls_heap_calloc(1, PAGETLS_HEAP_RECORD_BYTES);
    if (in == NULL || out == NULL) {
        pagetls_heap_free(in);
        pagetls_heap_free(out);
        return MBEDTLS_ERR_SSL_ALLOC_FAILED;
    }
    ssl->in_buf = in;
    ssl->out_buf = out;
    ssl->in_buf_len = ssl->out_buf_len = PAGETLS_HEAP_RECORD_BYTES;
    mbedtls_ssl_reset_in_pointers(ssl);
    mbedtls_ssl_reset_out_pointers(ssl);
    mbedtls_ssl_update_out_pointers(ssl, ssl->transform_out); /* room for the nonce of TLS 1.2 */
    memcpy(ssl->in_ctr, buffers->in_ctr, sizeof(buffers->in_ctr));
    buffers->in_used = sizeof(buffers->in_ctr);
    buffers->out_used = 0;
    return 0;
}

static int are_empty(const mbedtls_ssl_context *ssl)
{
    return ssl->in_left == 0 &&                                   /* part of a record */
        ssl->in_msglen == 0 && ssl->in_hslen == 0 &&              /* a message that Mbed TLS is still processing */
        ssl->badmac_seen_or_in_hsfraglen == 0 &&                  /* part of a handshake message */
        ssl->in_offt == NULL && ssl->keep_current_message == 0 && /* unread data */
        ssl->out_left == 0 && ssl->send_alert == 0;               /* unsent data */
}

void pagetls_record_buffers_release(pagetls_record_buffers *buffers, mbedtls_ssl_context *ssl)
{
    if (pagetls_record_buffers_released(ssl) || !are_empty(ssl)) {
        return;
    }
    memcpy(buffers->in_ctr, ssl->in_ctr, sizeof(buffers->in_ctr)); /* out_ctr is rewritten for each record */
    pagetls_heap_free_used(ssl->in_buf, buffers->in_used);
    pagetls_heap_free_used(ssl->out_buf, buffers->out_used);
    ssl->in_buf = ssl->in_ctr = ssl->in_hdr = ssl->in_len = ssl->in_iv = ssl->in_msg = NULL;
    ssl->out_buf = ssl->out_ctr = ssl->out_hdr = ssl->out_len = ssl->out_iv = ssl->out_msg = NULL;
}
