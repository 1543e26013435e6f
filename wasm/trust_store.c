#include "trust_store.h"

#include "pem_blocks.h"
#include "platform.h"

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
    int ret = mbedtls_x509_crt_parse_der_with_ext_cb(&store->roots, der, len, 1, NULL, NULL);
    if (ret == 0) {
        store->count++;
    }
    return ret;
}

int pagetls_trust_store_add(pagetls_trust_store *store, const uint8_t *input, size_t len, int *added)
{
    return pagetls_pem_walk(input, len, "CERTIFICATE", add_root, store, added);
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
