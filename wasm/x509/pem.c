#include "x509/pem.h"

#include <string.h>

#include "host/format.h"
#include "host/heap.h"

/* Mbed TLS's decoder takes the same time for every digit, as private keys need: forty times as long, 17 ms for a
 * browser's roots. What comes here is public. */

/* The six bits of a digit (RFC 4648, section 4), or 64. */
static unsigned digit_of(char c)
{
    /* From '+' on; 64 where there is none. */
    static const uint8_t digits[] = {
        62, 64, 64, 64, 63, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 64, 64, 64, 64, 64, 64, 64, 0,  1,  2,  3,  4,
        5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 64, 64, 64, 64, 64, 64,
        26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51,
    };
    const unsigned index = (unsigned char) c - (unsigned) '+';
    return index < sizeof(digits) ? digits[index] : 64;
}

static int is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Decodes base64, blanks within it passed over, up to the footer. \p out has room for three quarters of the text. Returns
 * how many characters that were, without the footer; 0: it is not base64, or nothing. */
static size_t decode(const char *text, const char *footer, uint8_t *out, size_t *out_len)
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
        } else if (!is_blank(*p)) {
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
        for (; is_blank(*p) || (*p == '=' && count % 4 != 0); p++) {
            count += *p == '=';
        }
    }
    *out_len = len;
    return count % 4 == 0 && len > 0 && strncmp(p, footer, strlen(footer)) == 0 ? (size_t) (p - text) : 0;
}

int pagetls_pem_walk(const uint8_t *input, size_t len, const char *label, pagetls_pem_visitor *visit, void *context,
                     int *index)
{
    int count = 0;
    int ret = 0;
    char header[64];
    char footer[64];
    char *text = NULL;
    uint8_t *room = NULL; /* for a document, which is shorter than its text */

    /* 0x30 is also the digit 0, but no document is so short that the next octet is ASCII. */
    if (len > 1 && input[0] == 0x30 && input[1] >= 0x80) {
        ret = visit(context, input, len);
        count = ret == 0 ? 1 : 0;
        goto done;
    }
    if (len > 0 && memchr(input, 0, len) != NULL) { /* a NUL would hide the rest of the text */
        ret = PAGETLS_PEM_MALFORMED;
        goto done;
    }
    text = pagetls_heap_copy(input, len);
    room = pagetls_heap_calloc(1, len + 1);
    if (text == NULL || room == NULL) {
        ret = PAGETLS_PEM_OUT_OF_MEMORY;
        goto done;
    }
    pagetls_format(header, sizeof(header), "-----BEGIN %s-----", label);
    pagetls_format(footer, sizeof(footer), "-----END %s-----", label);

    const char *at = text;
    while ((at = strstr(at, header)) != NULL) {
        size_t document;
        at += strlen(header);
        size_t used = decode(at, footer, room, &document);
        ret = used == 0 ? PAGETLS_PEM_MALFORMED : visit(context, room, document);
        if (ret != 0) {
            goto done;
        }
        count++;
        at += used + strlen(footer);
    }

done:
    pagetls_heap_free(text);
    pagetls_heap_free(room);
    if (index != NULL) {
        *index = count;
    }
    return ret != 0 ? ret : count;
}
