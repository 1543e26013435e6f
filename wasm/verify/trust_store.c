#include "verify/trust_store.h"

#include "host/heap.h"
#include "verify/input_errors.h"
#include "verify/mozilla_roots.h"
#include "x509/pem.h"

pagetls_trust_store *pagetls_trust_store_new(void)
{
    pagetls_trust_store *store = pagetls_heap_calloc(1, sizeof(*store));
    if (store != NULL) {
        store->references = 1;
    }
    return store;
}

/* Sets \p added to the new anchor. */
static int append(pagetls_trust_store *store, const uint8_t *der, size_t len, pagetls_stored_certificate **added)
{
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
    *added = anchor;
    return 0;
}

static int add_anchor(void *context, const uint8_t *der, size_t len)
{
    pagetls_stored_certificate *added = NULL;
    return append(context, der, len, &added);
}

int pagetls_trust_store_add(pagetls_trust_store *store, const uint8_t *input, size_t len, int *added)
{
    return pagetls_pem_result(pagetls_pem_walk(input, len, "CERTIFICATE", add_anchor, store, added));
}

static int add_root(void *context, const pagetls_mozilla_root *root)
{
    pagetls_stored_certificate *added = NULL;
    const int ret = append(context, root->der.p, root->der.len, &added);
    if (added != NULL) {
        added->from_mozilla = 1;
        added->distrust_after = root->distrust_after;
    }
    return ret;
}

int pagetls_trust_store_add_mozilla(pagetls_trust_store *store, const uint8_t *file, size_t len)
{
    return pagetls_mozilla_roots_walk(file, len, add_root, store);
}

/* Equal octets are more than an equal fingerprint. */
static int recognize_root(void *context, const pagetls_mozilla_root *root)
{
    const pagetls_trust_store *store = context;
    for (pagetls_stored_certificate *anchor = store->first; anchor != NULL; anchor = anchor->next) {
        if (pagetls_slices_equal(anchor->certificate.der, root->der)) {
            anchor->from_mozilla = 1;
            anchor->distrust_after = root->distrust_after;
        }
    }
    return 0;
}

int pagetls_trust_store_compare_mozilla(pagetls_trust_store *store, const uint8_t *file, size_t len)
{
    const int ret = pagetls_mozilla_roots_walk(file, len, recognize_root, store);
    for (pagetls_stored_certificate *anchor = store->first; ret != 0 && anchor != NULL; anchor = anchor->next) {
        anchor->from_mozilla = 1;
    }
    return ret;
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
