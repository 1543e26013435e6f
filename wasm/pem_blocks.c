#include "pem_blocks.h"

#include <string.h>

#include "format.h"
#include "mbedtls/pem.h"
#include "platform.h"

int pagetls_pem_walk(const uint8_t *input, size_t len, const char *label,
                     pagetls_pem_visitor *visit, void *context, int *index)
{
    int count = 0;
    int ret = 0;
    char header[64];
    char footer[64];
    char *text = NULL;

    /* 0x30 is also the digit 0, but no document is so short that the next octet is ASCII. */
    if (len > 1 && input[0] == 0x30 && input[1] >= 0x80) {
        ret = visit(context, input, len);
        count = ret == 0 ? 1 : 0;
        goto done;
    }
    /* mbedtls_pem_read_buffer() wants a terminated string. A NUL within would hide the rest of the text. */
    if (len > 0 && memchr(input, 0, len) != NULL) {
        ret = MBEDTLS_ERR_PEM_NO_HEADER_FOOTER_PRESENT;
        goto done;
    }
    text = pagetls_heap_copy(input, len);
    if (text == NULL) {
        ret = MBEDTLS_ERR_PEM_ALLOC_FAILED;
        goto done;
    }
    pagetls_format(header, sizeof(header), "-----BEGIN %s-----", label);
    pagetls_format(footer, sizeof(footer), "-----END %s-----", label);

    const char *at = text;
    while ((at = strstr(at, header)) != NULL) {
        mbedtls_pem_context pem;
        size_t used = 0;
        mbedtls_pem_init(&pem);
        ret = mbedtls_pem_read_buffer(&pem, header, footer, (const unsigned char *) at, NULL, 0, &used);
        if (ret == 0) {
            size_t der_len = 0;
            const unsigned char *der = mbedtls_pem_get_buffer(&pem, &der_len);
            ret = visit(context, der, der_len);
        }
        mbedtls_pem_free(&pem);
        if (ret != 0) {
            goto done;
        }
        count++;
        at += used;
    }

done:
    pagetls_heap_free(text);
    if (index != NULL) {
        *index = count;
    }
    return ret != 0 ? ret : count;
}
