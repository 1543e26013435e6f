/* The input itself, PEM or DER or anything, wherever a caller may give such a text. */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "mbedtls/pem.h"
#include "pagetls.h"
#include "x509/pem.h"

typedef struct {
    uint8_t *p;
    size_t len;
} pem_document;

static int take_first(void *context, const uint8_t *der, size_t len)
{
    pem_document *first = context;
    first->p = malloc(len);
    FUZZ_MUST(len > 0 && first->p != NULL);
    memcpy(first->p, der, len);
    first->len = len;
    return 1;
}

/* What Mbed TLS decodes, ours decodes to the same. */
static void must_decode_alike(const uint8_t *data, size_t size)
{
    static const char header[] = "-----BEGIN CERTIFICATE-----";
    static const char footer[] = "-----END CERTIFICATE-----";
    mbedtls_pem_context theirs;
    pem_document ours = { NULL, 0 };
    size_t used = 0;
    size_t len = 0;
    if (size == 0 || memchr(data, 0, size) != NULL || (size > 1 && data[0] == 0x30 && data[1] >= 0x80)) {
        return; /* no text */
    }
    uint8_t *text = malloc(size + 1);
    FUZZ_MUST(text != NULL);
    memcpy(text, data, size);
    text[size] = '\0';
    mbedtls_pem_init(&theirs);
    int ret = mbedtls_pem_read_buffer(&theirs, header, footer, text, NULL, 0, &used);
    const uint8_t *der = ret == 0 ? mbedtls_pem_get_buffer(&theirs, &len) : NULL;
    if (len > 0) {
        FUZZ_MUST(pagetls_pem_walk(data, size, "CERTIFICATE", take_first, &ours, NULL) == 1);
        FUZZ_MUST(ours.len == len && memcmp(ours.p, der, len) == 0);
    }
    mbedtls_pem_free(&theirs);
    free(ours.p);
    free(text);
}

void fuzz_pem(const uint8_t *data, size_t size)
{
    size_t before = fuzz_start();
    pagetls_trust_store *trust = pagetls_trust_store_new();
    pagetls_verification *v = pagetls_verification_new();
    int added = -1;
    int count = pagetls_trust_store_add(trust, data, size, &added);
    FUZZ_MUST(added >= 0 && (size_t) added == pagetls_trust_store_count(trust) && (count < 0 || count == added));
    FUZZ_MUST(pagetls_verification_add_crls(v, data, size) != 0);
    FUZZ_MUST(pagetls_verification_add_chain(v, data, size) != 0);
    pagetls_verification_set_trust(v, trust);
    FUZZ_MUST(fuzz_is_json(pagetls_verification_run(v)));
    must_decode_alike(data, size);
    pagetls_verification_free(v);
    pagetls_trust_store_free(trust);
    FUZZ_MUST(pagetls_heap_in_use() == before);
}
