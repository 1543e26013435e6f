/* Passes the input, which may be PEM, DER, a list of roots or anything else, to every function that reads one of these. */
#include <stdlib.h>
#include <string.h>

#include "../helpers/add_crls.h"
#include "fuzz.h"
#include "mbedtls/pem.h"
#include "pagetls.h"
#include "verify/trust_store.h"
#include "x509/document.h"

static const char header[] = "-----BEGIN CERTIFICATE-----";
static const char footer[] = "-----END CERTIFICATE-----";

/* Whether one of our blocks decodes to \p der. */
static int has_block(const uint8_t *data, size_t size, const uint8_t *der, size_t len)
{
    pagetls_pem_reader reader = { .text = { data, size } };
    pagetls_pem_block block;
    uint8_t *out = malloc(size);
    int found = 0;
    FUZZ_ASSERT(out != NULL);
    while (!found && pagetls_pem_next(&reader, &block)) {
        size_t decoded = 0;
        found = block.fault == PAGETLS_FAULT_NONE && pagetls_slice_is(block.label, "CERTIFICATE", 11) &&
            pagetls_pem_decode(block.body, out, &decoded) == PAGETLS_FAULT_NONE && decoded == len &&
            memcmp(out, der, len) == 0;
    }
    free(out);
    return found;
}

/* Whether the first BEGIN line has anything before it: then ours may take it for a comment. */
static int is_own_line(const char *text)
{
    const char *begin = strstr(text, header);
    while (begin != NULL && begin > text && begin[-1] != '\n' && begin[-1] != '\r') {
        begin--;
        if (*begin != '-' && !pagetls_pem_is_blank((uint8_t) *begin)) {
            return 0;
        }
    }
    return begin != NULL;
}

/* What Mbed TLS decodes, ours decodes to the same. */
static void compare_pem_decoders(const uint8_t *data, size_t size)
{
    mbedtls_pem_context theirs;
    size_t used = 0;
    size_t len = 0;
    if (size == 0 || memchr(data, 0, size) != NULL) {
        return; /* no text */
    }
    char *text = malloc(size + 1);
    FUZZ_ASSERT(text != NULL);
    memcpy(text, data, size);
    text[size] = '\0';
    mbedtls_pem_init(&theirs);
    int ret = mbedtls_pem_read_buffer(&theirs, header, footer, (const uint8_t *) text, NULL, 0, &used);
    const uint8_t *der = ret == 0 ? mbedtls_pem_get_buffer(&theirs, &len) : NULL;
    FUZZ_ASSERT(len == 0 || !is_own_line(text) || has_block(data, size, der, len));
    mbedtls_pem_free(&theirs);
    free(text);
}

/* A whole list marks exactly the anchors that it adds. */
static void read_roots(const uint8_t *data, size_t size)
{
    pagetls_trust_store *trust = pagetls_trust_store_new();
    const int ret = pagetls_trust_store_add_mozilla(trust, data, size);
    for (pagetls_stored_certificate *anchor = trust->first; anchor != NULL; anchor = anchor->next) {
        FUZZ_ASSERT(pagetls_is_mozillas(anchor) && anchor->distrust_after >= 0);
        anchor->origin = PAGETLS_ORIGIN_USER;
    }
    FUZZ_ASSERT(ret <= 0 && (ret != 0 || pagetls_trust_store_compare_mozilla(trust, data, size) == 0));
    for (const pagetls_stored_certificate *anchor = trust->first; anchor != NULL; anchor = anchor->next) {
        FUZZ_ASSERT(ret != 0 || pagetls_is_mozillas(anchor));
    }
    pagetls_trust_store_free(trust);
}

typedef struct {
    size_t count;
    size_t block;
    size_t line;
    size_t size;
    uint32_t checksum;
} places;

static int check_document(void *context, const pagetls_document *document)
{
    places *last = context;
    FUZZ_ASSERT(document->index == last->count++);
    FUZZ_ASSERT(document->block >= last->block && document->line >= last->line);
    FUZZ_ASSERT(document->block - last->block <= 1 && document->line <= last->size + 1);
    FUZZ_ASSERT(document->label.len <= PAGETLS_PEM_LABEL_MAX && document->der.len <= last->size);
    for (size_t i = 0; i < document->der.len; i++) {
        last->checksum = last->checksum * 31 + document->der.p[i];
    }
    for (size_t i = 0; i < document->label.len; i++) {
        last->checksum = last->checksum * 31 + document->label.p[i];
    }
    last->checksum = last->checksum * 31 + document->kind * 16u + document->fault;
    FUZZ_ASSERT(document->fault == PAGETLS_FAULT_NONE || (document->der.len == 0 && document->block > 0));
    FUZZ_ASSERT(pagetls_document_kind_name(document->kind) != NULL);
    last->block = document->block;
    last->line = document->line;
    return 0;
}

/* Decoding in place finds the same. */
static void check_in_place(const uint8_t *data, size_t size, const places *expected)
{
    places all = { .size = size };
    uint8_t *copy = malloc(size + 1);
    FUZZ_ASSERT(copy != NULL);
    if (size > 0) {
        memcpy(copy, data, size);
    }
    FUZZ_ASSERT(pagetls_documents_walk_in_place(copy, size, check_document, &all) == 0);
    FUZZ_ASSERT(all.count == expected->count && all.line == expected->line && all.checksum == expected->checksum);
    free(copy);
}

void fuzz_pem(const uint8_t *data, size_t size)
{
    size_t before = fuzz_start();
    pagetls_trust_store *trust = pagetls_trust_store_new();
    pagetls_verification *v = pagetls_verification_new();
    places all = { .size = size };
    FUZZ_ASSERT(pagetls_documents_walk(data, size, check_document, &all) == 0 && all.count > 0);
    check_in_place(data, size, &all);
    int added = pagetls_trust_store_add(trust, data, size);
    const size_t usable = pagetls_trust_store_count(trust);
    FUZZ_ASSERT(added >= 0 && (size_t) added >= usable);
    FUZZ_ASSERT(usable + trust->skipped.count == all.count); /* nothing is dropped */
    FUZZ_ASSERT(add_crls(v, data, size) != 0);
    FUZZ_ASSERT(pagetls_verification_add_chain(v, data, size) != 0);
    pagetls_verification_set_trust(v, trust);
    FUZZ_ASSERT(fuzz_is_json(pagetls_verification_run(v)));
    char *texts[] = { pagetls_trust_store_skipped(trust), pagetls_verification_skipped(v),
                      pagetls_describe_input(data, size, 0, 100), pagetls_describe_input(data, size, 1, 0) };
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        FUZZ_ASSERT(fuzz_is_json(texts[i]));
        pagetls_free(texts[i]);
    }
    compare_pem_decoders(data, size);
    read_roots(data, size);
    pagetls_verification_free(v);
    pagetls_trust_store_free(trust);
    FUZZ_ASSERT(pagetls_heap_in_use() == before);
}
