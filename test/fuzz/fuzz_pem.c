/* Passes the input, which may be PEM, DER, a list of roots or anything else, to every function that reads one of these. */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "mbedtls/pem.h"
#include "pagetls.h"
#include "verify/trust_store.h"
#include "x509/pem.h"

typedef struct {
    uint8_t *p;
    size_t len;
} pem_document;

static int copy_first(void *context, const uint8_t *der, size_t len)
{
    pem_document *first = context;
    first->p = malloc(len);
    FUZZ_ASSERT(len > 0 && first->p != NULL);
    memcpy(first->p, der, len);
    first->len = len;
    return 1;
}

/* If Mbed TLS decodes the text, our decoder gives the same DER. */
static void compare_pem_decoders(const uint8_t *data, size_t size)
{
    static const char header[] = "-----BEGIN CERTIFICATE-----";
    static const char footer[] = "-----END CERTIFICATE-----";
    mbedtls_pem_context theirs;
    pem_document ours = { NULL, 0 };
    size_t used = 0;
    size_t len = 0;
    if (size == 0 || memchr(data, 0, size) != NULL || (size > 1 && data[0] == 0x30 && data[1] >= 0x80)) {
        return; /* not a text */
    }
    uint8_t *text = malloc(size + 1);
    FUZZ_ASSERT(text != NULL);
    memcpy(text, data, size);
    text[size] = '\0';
    mbedtls_pem_init(&theirs);
    int ret = mbedtls_pem_read_buffer(&theirs, header, footer, text, NULL, 0, &used);
    const uint8_t *der = ret == 0 ? mbedtls_pem_get_buffer(&theirs, &len) : NULL;
    if (len > 0) {
        FUZZ_ASSERT(pagetls_pem_walk(data, size, "CERTIFICATE", copy_first, &ours, NULL) == 1);
        FUZZ_ASSERT(ours.len == len && memcmp(ours.p, der, len) == 0);
    }
    mbedtls_pem_free(&theirs);
    free(ours.p);
    free(text);
}

/* A whole list marks exactly the anchors that it adds. */
static void read_roots(const uint8_t *data, size_t size)
{
    pagetls_trust_store *trust = pagetls_trust_store_new();
    const int ret = pagetls_trust_store_add_mozilla(trust, data, size);
    for (pagetls_stored_certificate *anchor = trust->first; anchor != NULL; anchor = anchor->next) {
        FUZZ_ASSERT(anchor->from_mozilla == 1 && anchor->distrust_after >= 0);
        anchor->from_mozilla = 0;
    }
    FUZZ_ASSERT(ret <= 0 && (ret != 0 || pagetls_trust_store_compare_mozilla(trust, data, size) == 0));
    for (const pagetls_stored_certificate *anchor = trust->first; anchor != NULL; anchor = anchor->next) {
        FUZZ_ASSERT(ret != 0 || anchor->from_mozilla == 1);
    }
    pagetls_trust_store_free(trust);
}

void fuzz_pem(const uint8_t *data, size_t size)
{
    size_t before = fuzz_start();
    pagetls_trust_store *trust = pagetls_trust_store_new();
    pagetls_verification *v = pagetls_verification_new();
    int added = -1;
    int count = pagetls_trust_store_add(trust, data, size, &added);
    FUZZ_ASSERT(added >= 0 && (size_t) added == pagetls_trust_store_count(trust) && (count < 0 || count == added));
    FUZZ_ASSERT(pagetls_verification_add_crls(v, data, size) != 0);
    FUZZ_ASSERT(pagetls_verification_add_chain(v, data, size) != 0);
    pagetls_verification_set_trust(v, trust);
    FUZZ_ASSERT(fuzz_is_json(pagetls_verification_run(v)));
    compare_pem_decoders(data, size);
    read_roots(data, size);
    pagetls_verification_free(v);
    pagetls_trust_store_free(trust);
    FUZZ_ASSERT(pagetls_heap_in_use() == before);
}
