#include "pem_blocks.h"

#include <string.h>

#include "format.h"
#include "mbedtls/pem.h"
#include "platform.h"

/* Mbed TLS's decoder takes the same time for every digit, for private keys: forty times as long, 17 ms for a browser's
 * roots. What comes here is public. Whatever is not plain goes to Mbed TLS's after all. */

/* The six bits of a digit (RFC 4648, section 4), or 64. */
static unsigned digit_of(char c)
{
    /* From '+' on; 64 where there is none. */
    static const uint8_t digits[] = {
        62, 64, 64, 64, 63, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 64, 64, 64, 64, 64,
        64, 64, 0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15, 16, 17,
        18, 19, 20, 21, 22, 23, 24, 25, 64, 64, 64, 64, 64, 64, 26, 27, 28, 29, 30, 31,
        32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51,
    };
    const unsigned index = (unsigned char) c - (unsigned) '+';
    return index < sizeof(digits) ? digits[index] : 64;
}

/* Lines of digits alone from text on, and then the footer. The bytes are written to out, which has room for three
 * quarters of the text. Returns how many characters that were, without the footer; 0: it is not so. */
static size_t decode_plain(const char *text, const char *footer, uint8_t *out, size_t *out_len)
{
    const char *p = text;
    uint32_t bits = 0;
    unsigned count = 0;
    size_t len = 0;
    for (;; p++) {
        const unsigned digit = digit_of(*p);
        if (digit < 64) {
            bits = bits << 6 | digit;
            if (++count % 4 == 0) {
                out[len++] = (uint8_t) (bits >> 16);
                out[len++] = (uint8_t) (bits >> 8);
                out[len++] = (uint8_t) bits;
            }
        } else if (*p != '\n' && (*p != '\r' || p[1] != '\n')) {
            break;
        }
    }
    if (*p == '=' && count % 4 >= 2) {
        const unsigned missing = 4 - count % 4;
        bits <<= 6 * missing;
        out[len++] = (uint8_t) (bits >> 16);
        if (missing == 1) {
            out[len++] = (uint8_t) (bits >> 8);
        }
        for (unsigned i = 0; i < missing && *p == '='; i++, p++) {
            count++;
        }
        p += *p == '\r';
        p += *p == '\n';
    }
    *out_len = len;
    return count % 4 == 0 && len > 0 && strncmp(p, footer, strlen(footer)) == 0 ? (size_t) (p - text) : 0;
}

/* Reads the block that begins at the header, and visits it. *used is how long it is. */
static int read_block(const char *block, const char *header, const char *footer, pagetls_pem_visitor *visit,
                      void *context, uint8_t *room, size_t *used)
{
    const char *text = block + strlen(header);
    const size_t head = (size_t) (text - block) + (*text == '\r') + 1;
    size_t len = 0;
    if (block[head - 1] == '\n') {
        const size_t body = decode_plain(block + head, footer, room, &len);
        if (body > 0) {
            *used = head + body + strlen(footer);
            return visit(context, room, len);
        }
    }
    mbedtls_pem_context pem;
    mbedtls_pem_init(&pem);
    int ret = mbedtls_pem_read_buffer(&pem, header, footer, (const unsigned char *) block, NULL, 0, used);
    if (ret == 0) {
        const unsigned char *der = mbedtls_pem_get_buffer(&pem, &len);
        ret = visit(context, der, len);
    }
    mbedtls_pem_free(&pem);
    return ret;
}

int pagetls_pem_walk(const uint8_t *input, size_t len, const char *label, pagetls_pem_visitor *visit,
                     void *context, int *index)
{
    int count = 0;
    int ret = 0;
    char header[64];
    char footer[64];
    char *text = NULL;
    uint8_t *room = NULL; /* for what a block has, which is less than its text */

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
    room = pagetls_heap_calloc(1, len + 1);
    if (text == NULL || room == NULL) {
        ret = MBEDTLS_ERR_PEM_ALLOC_FAILED;
        goto done;
    }
    pagetls_format(header, sizeof(header), "-----BEGIN %s-----", label);
    pagetls_format(footer, sizeof(footer), "-----END %s-----", label);

    const char *at = text;
    while ((at = strstr(at, header)) != NULL) {
        size_t used = 0;
        ret = read_block(at, header, footer, visit, context, room, &used);
        if (ret != 0) {
            goto done;
        }
        count++;
        at += used;
    }

done:
    pagetls_heap_free(text);
    pagetls_heap_free(room);
    if (index != NULL) {
        *index = count;
    }
    return ret != 0 ? ret : count;
}
