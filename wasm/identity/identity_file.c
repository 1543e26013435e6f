#include "identity/identity_file.h"

#include <string.h>

#include "crypto/secret.h"
#include "host/heap.h"
#include "identity/pkcs12.h"
#include "pagetls.h"
#include "x509/document_kind.h"
#include "x509/pem.h"

/* --- DER ------------------------------------------------------------------------------ */

static int walk_der(pagetls_identity_walk *walk, pagetls_element der)
{
    switch (pagetls_document_kind_of_der(der.content)) {
        case PAGETLS_DOCUMENT_PRIVATE_KEY: return pagetls_identity_visit_key(walk, der.whole);
        case PAGETLS_DOCUMENT_ENCRYPTED_KEY: return pagetls_identity_walk_encrypted_key(walk, der.content);
        case PAGETLS_DOCUMENT_PKCS12: walk->is_pkcs12 = 1; return pagetls_identity_walk_pkcs12(walk, der.content);
        default: return 0;
    }
}

/* One structure after another. */
static int walk_all_der(pagetls_identity_walk *walk, pagetls_slice input)
{
    pagetls_element element;
    int ret = 0;
    while (ret == 0 && pagetls_ber_next(&input, &element) == 0 && element.tag == DER_SEQUENCE) {
        ret = walk_der(walk, element);
    }
    return ret;
}

/* --- PEM ------------------------------------------------------------------------------ */

/* All ones if `low` <= `c` <= `high`, otherwise 0. */
static int32_t is_between(int32_t c, int32_t low, int32_t high)
{
    return secret_mask(((low - 1 - c) & (c - high - 1)) >> 31);
}

/* The six bits of a base64 digit (RFC 4648, section 4), or -1. No branch and no address depends on the digit. */
static int32_t base64_value(int32_t c)
{
    return (is_between(c, 'A', 'Z') & (c - 'A' + 1)) + (is_between(c, 'a', 'z') & (c - 'a' + 27)) +
        (is_between(c, '0', '9') & (c - '0' + 53)) + (is_between(c, '+', '+') & 63) + (is_between(c, '/', '/') & 64) - 1;
}

/* Like pagetls_pem_decode(), for secrets. */
static int decode(pagetls_slice text, uint8_t *out, size_t *len)
{
    uint32_t bits = 0;
    unsigned left = 0; /* bits that are not in `out` yet */
    size_t digits = 0;
    *len = 0;
    for (size_t i = 0; i < text.len; i++) {
        const uint8_t c = text.p[i];
        const int32_t value = base64_value(c);
        if (c == '\\') { /* an escaped end of line, in a JSON string */
            i++;
        } else if (value >= 0 || c == '=') {
            digits++;
            bits = bits << 6 | (uint32_t) value;
            left += value >= 0 ? 6 : 0;
            if (left >= 8) {
                left -= 8;
                out[(*len)++] = (uint8_t) (bits >> left);
            }
        } else if (!pagetls_pem_is_blank(c)) {
            return -1;
        }
    }
    return digits % 4 == 0 && left < 6 ? 0 : -1;
}

/* The text after \p word, which \p text may contain anywhere; empty if it does not. */
static pagetls_slice text_after(pagetls_slice text, const char *word)
{
    const uint8_t *p = pagetls_slice_find(text, word, strlen(word));
    const size_t skipped = p == NULL ? text.len : (size_t) (p - text.p) + strlen(word);
    return (pagetls_slice) { text.p + skipped, text.len - skipped };
}

/* A block with a private key. `buffer` has space for what its body decodes to. */
static int walk_key_block(pagetls_identity_walk *walk, pagetls_slice body, uint8_t *buffer)
{
    pagetls_slice dek_info = text_after(body, "DEK-Info: "); /* RFC 1421, section 4.6.1.3: the last header */
    pagetls_slice key = { buffer, 0 };
    pagetls_slice base64 = dek_info.len > 0 ? text_after(dek_info, "\n") : body;
    pagetls_element element;
    if (decode(base64, buffer, &key.len) != 0) {
        return pagetls_damaged_identity();
    }
    if (dek_info.len > 0) {
        dek_info.len = (size_t) (base64.p - dek_info.p);
        const int ret = pagetls_passphrase_decrypt_pem(walk->passphrase, dek_info, buffer, &key.len);
        return ret != 0 ? ret : pagetls_identity_walk_decrypted_key(walk, key);
    }
    pagetls_slice rest = key;
    if (pagetls_ber_next(&rest, &element) != 0 ||
        pagetls_document_kind_of_der(element.content) != PAGETLS_DOCUMENT_ENCRYPTED_KEY) {
        return pagetls_identity_visit_key(walk, key); /* for its reader to reject, if it is none */
    }
    return pagetls_identity_walk_encrypted_key(walk, element.content);
}

static int has_word(pagetls_slice text, const char *word)
{
    return pagetls_slice_find(text, word, strlen(word)) != NULL;
}

static int walk_text(pagetls_identity_walk *walk, pagetls_slice text, uint8_t *buffer)
{
    pagetls_pem_reader reader = { .text = text };
    pagetls_pem_block block;
    int ret = 0;
    while (ret == 0 && pagetls_pem_next(&reader, &block)) {
        if (block.fault != PAGETLS_FAULT_NONE) {
            ret = PAGETLS_ERR_KEY_DOCUMENT;
        } else if (has_word(block.label, "PRIVATE KEY") && !has_word(block.label, "OPENSSH")) {
            ret = walk_key_block(walk, block.body, buffer);
        }
    }
    pagetls_slice der = { buffer, 0 };
    return reader.blocks == 0 && pagetls_base64_decode(text, buffer, &der.len) == 0 ? walk_all_der(walk, der) : ret;
}

int pagetls_identity_file_walk(const uint8_t *input, size_t len, pagetls_passphrase *passphrase,
                               pagetls_identity_visitor *visit, void *context, int *is_pkcs12)
{
    pagetls_identity_walk walk = { visit, context, passphrase, 0, 0 };
    pagetls_slice text = { pagetls_heap_copy(input, len), len };
    uint8_t *buffer = pagetls_heap_calloc(1, len + 1);
    int ret = PAGETLS_ERR_OUT_OF_MEMORY;
    if (text.p != NULL && buffer != NULL) {
        ret = walk_all_der(&walk, text);
        if (ret == 0 && walk.keys == 0 && !walk.is_pkcs12) {
            ret = walk_text(&walk, text, buffer);
        }
        if (ret == 0 && walk.keys == 0) {
            ret = PAGETLS_ERR_KEY_DOCUMENT;
        }
    }
    *is_pkcs12 = walk.is_pkcs12;
    pagetls_heap_free((void *) text.p);
    pagetls_heap_free(buffer);
    return ret;
}
