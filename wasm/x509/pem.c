#include "x509/pem.h"

#include <string.h>

#include "host/format.h"
#include "host/heap.h"

/* Mbed TLS's decoder is constant-time, as private keys require, and forty times as slow: 17 ms for a browser's roots.
 * Only public data is decoded here. */

enum { NOT_BASE64 = 64 };

/* The six bits of a base64 digit (RFC 4648, section 4), or NOT_BASE64. */
static unsigned base64_value(char c)
{
    /* Starts at '+'; 64 is NOT_BASE64. */
    static const uint8_t values[] = {
        62, 64, 64, 64, 63, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 64, 64, 64, 64, 64, 64, 64, 0,  1,  2,  3,  4,
        5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 64, 64, 64, 64, 64, 64,
        26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51,
    };
    const unsigned index = (unsigned char) c - (unsigned) '+';
    return index < sizeof(values) ? values[index] : NOT_BASE64;
}

static int is_white_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Decodes base64 up to the footer, ignoring white space. \p out must hold three quarters of the length of the text.
 * Returns the number of characters before the footer, or 0 if there are none or they are not base64. */
static size_t decode(const char *text, const char *footer, uint8_t *out, size_t *out_len)
{
    const char *p = text;
    uint32_t bits = 0;
    unsigned count = 0;
    size_t len = 0;
    for (;; p++) {
        const unsigned digit = base64_value(*p);
        if (digit < NOT_BASE64) {
            bits = bits << 6 | digit;
            if (++count % 4 == 0) {
                out[len++] = (uint8_t) (bits >> 16);
                out[len++] = (uint8_t) (bits >> 8);
                out[len++] = (uint8_t) bits;
            }
        } else if (!is_white_space(*p)) {
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
        for (; is_white_space(*p) || (*p == '=' && count % 4 != 0); p++) {
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
    uint8_t *der = NULL; /* holds each document in turn, which is shorter than its text */

    /* 0x30 is also the digit 0, but in any real document the next octet is a long-form length, which is not ASCII. */
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
    der = pagetls_heap_calloc(1, len + 1);
    if (text == NULL || der == NULL) {
        ret = PAGETLS_PEM_OUT_OF_MEMORY;
        goto done;
    }
    pagetls_format(header, sizeof(header), "-----BEGIN %s-----", label);
    pagetls_format(footer, sizeof(footer), "-----END %s-----", label);

    const char *at = text;
    while ((at = strstr(at, header)) != NULL) {
        size_t der_len;
        at += strlen(header);
        size_t used = decode(at, footer, der, &der_len);
        ret = used == 0 ? PAGETLS_PEM_MALFORMED : visit(context, der, der_len);
        if (ret != 0) {
            goto done;
        }
        count++;
        at += used + strlen(footer);
    }

done:
    pagetls_heap_free(text);
    pagetls_heap_free(der);
    if (index != NULL) {
        *index = count;
    }
    return ret != 0 ? ret : count;
}
