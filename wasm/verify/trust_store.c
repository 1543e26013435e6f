#include "verify/trust_store.h"

#include "host/heap.h"
#include "verify/input_errors.h"
#include "x509/pem.h"

pagetls_trust_store *pagetls_trust_store_new(void)
{
    pagetls_trust_store *store = pagetls_heap_calloc(1, sizeof(*store));
    if (store != NULL) {
        store->references = 1;
    }
    return store;
}

static int add_anchor(void *context, const uint8_t *der, size_t len)
{
    pagetls_trust_store *store = context;
    pagetls_stored_certificate *anchor = pagetls_stored_certificate_new(der, len);
    if (anchor == NULL) {
        return PAGETLS_ERR_OUT_OF_MEMORY;
    }
    if (!pagetls_is_readable(anchor)) {
        int ret = pagetls_input_error_set(PAGETLS_ERR_CERTIFICATE, &anchor->error);
        pagetls_stored_certificate_free(anchor);
        return ret;
    }
    if (store->last == NULL) {
        store->first = anchor;
    } else {
        store->last->next = anchor;
    }
    store->last = anchor;
    store->count++;
    return 0;
}

int pagetls_trust_store_add(pagetls_trust_store *store, const uint8_t *input, size_t len, int *added)
{
    return pagetls_pem_result(pagetls_pem_walk(input, len, "CERTIFICATE", add_anchor, store, added));
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
    pagetls_stored_certificate_free(store->first);
    pagetls_heap_free(store);
}
