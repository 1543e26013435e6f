#include "trust_store.h"

#include <string.h>

#include "pem_blocks.h"
#include "platform.h"
#include "verify/verify.h"

pagetls_trust_store *pagetls_trust_store_new(void)
{
    pagetls_trust_store *store = pagetls_heap_calloc(1, sizeof(*store));
    if (store != NULL) {
        store->references = 1;
        mbedtls_x509_crt_init(&store->roots);
    }
    return store;
}

static int add_root(void *context, const uint8_t *der, size_t len)
{
    pagetls_trust_store *store = context;
    int ret = pagetls_certificate_parse(&store->roots, der, len, 1);
    if (ret == 0) {
        store->count++;
    }
    return ret;
}

int pagetls_trust_store_add(pagetls_trust_store *store, const uint8_t *input, size_t len, int *added)
{
    return pagetls_pem_walk(input, len, "CERTIFICATE", add_root, store, added);
}

char *pagetls_trust_store_problems(const pagetls_trust_store *store, int profile)
{
    pagetls_json json = { 0 };
    pagetls_hostname nobody = { .ip_len = 0 };
    pagetls_criteria criteria = { &nobody, pagetls_profile(profile), profile == PAGETLS_PROFILE_WEBPKI, -1, 0 };
    pagetls_problems *problems = pagetls_heap_calloc(1, sizeof(*problems));
    if (problems == NULL || criteria.profile == NULL) {
        pagetls_heap_free(problems);
        return NULL;
    }
    pagetls_json_array(&json, NULL);
    /* The list's nodes are only read, but pagetls_certificate lets Mbed TLS have them. */
    mbedtls_x509_crt *root = (mbedtls_x509_crt *) (uintptr_t) &store->roots;
    for (; store->count > 0 && root != NULL; root = root->next) {
        pagetls_certificate anchor;
        pagetls_certificate_read(&anchor, root);
        problems->count = 0;
        pagetls_check_anchor(&anchor, &criteria, problems);
        if (problems->count > 0) {
            pagetls_json_object(&json, NULL);
            pagetls_json_base64(&json, "der", root->raw.p, root->raw.len);
            pagetls_json_array(&json, "problems");
            for (size_t k = 0; k < problems->count; k++) {
                pagetls_verdict_write_problem(&json, &problems->list[k]);
            }
            pagetls_json_end_array(&json);
            pagetls_json_end_object(&json);
        }
    }
    pagetls_json_end_array(&json);
    const char *text = pagetls_json_finish(&json);
    char *result = text == NULL ? NULL : pagetls_heap_copy(text, strlen(text));
    pagetls_json_free(&json);
    pagetls_heap_free(problems);
    return result;
}

size_t pagetls_trust_store_count(const pagetls_trust_store *store)
{
    return store->count;
}

pagetls_trust_store *pagetls_trust_store_retain(pagetls_trust_store *store)
{
    store->references++;
    return store;
}

void pagetls_trust_store_free(pagetls_trust_store *store)
{
    if (store == NULL || --store->references > 0) {
        return;
    }
    mbedtls_x509_crt_free(&store->roots);
    pagetls_heap_free(store);
}
