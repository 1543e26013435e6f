#include "verify/trust_store.h"

#include <string.h>

#include "host/heap.h"
#include "verify/input_errors.h"

pagetls_trust_store *pagetls_trust_store_new(void)
{
    pagetls_trust_store *store = pagetls_heap_calloc(1, sizeof(*store));
    if (store != NULL) {
        store->references = 1;
    }
    return store;
}

/* Appends a readable anchor. Returns 1, or 0 if nothing can be verified with its key, as far as its form tells. It stays
 * in the store, so that a path that needs it fails for the right reason. */
static int append(pagetls_trust_store *store, pagetls_stored_certificate *anchor)
{
    const pagetls_public_key *key = &anchor->certificate.key;
    const int can_verify = !key->malformed && pagetls_public_key_is_supported(key) &&
        pagetls_public_key_exponent_bits(key) <= PAGETLS_RSA_EXPONENT_BITS;
    *(store->last == NULL ? &store->first : &store->last->next) = anchor;
    store->last = anchor;
    store->count += can_verify != 0;
    return can_verify;
}

typedef struct {
    pagetls_trust_store *store;
    int kept;
} adding;

static int add_anchor(void *context, const pagetls_document *document)
{
    adding *a = context;
    pagetls_trust_store *store = a->store;
    if (!pagetls_document_may_be(document, PAGETLS_DOCUMENT_CERTIFICATE)) {
        return pagetls_skipped_add(
            &store->skipped, document,
            document->fault == PAGETLS_FAULT_NONE ? PAGETLS_SKIPPED_OTHER : PAGETLS_SKIPPED_DAMAGED, NULL);
    }
    pagetls_stored_certificate *anchor = pagetls_stored_certificate_new(document->der.p, document->der.len);
    if (anchor == NULL) {
        return PAGETLS_ERR_OUT_OF_MEMORY;
    }
    if (!pagetls_is_readable(anchor)) {
        return pagetls_skipped_add(&store->skipped, document, PAGETLS_SKIPPED_UNREADABLE, anchor);
    }
    if (document->rejects_servers) {
        return pagetls_skipped_add(&store->skipped, document, PAGETLS_SKIPPED_REJECTS_SERVERS, anchor);
    }
    a->kept++;
    if (append(store, anchor)) {
        return 0;
    }
    pagetls_stored_certificate *copy = pagetls_stored_certificate_new(document->der.p, document->der.len);
    return copy == NULL ? PAGETLS_ERR_OUT_OF_MEMORY
                        : pagetls_skipped_add(&store->skipped, document, PAGETLS_SKIPPED_UNSUPPORTED, copy);
}

int pagetls_trust_store_add(pagetls_trust_store *store, const uint8_t *input, size_t len)
{
    adding a = { store, 0 };
    store->skipped.inputs++;
    return pagetls_documents_walk(input, len, add_anchor, &a) == 0 ? a.kept : PAGETLS_ERR_OUT_OF_MEMORY;
}

int pagetls_trust_store_add_mozilla(pagetls_trust_store *store, const uint8_t *file, size_t len)
{
    pagetls_mozilla_roots roots;
    pagetls_mozilla_root root;
    int ret = pagetls_mozilla_roots_open(&roots, file, len);
    while (ret == 0 && pagetls_mozilla_roots_next(&roots, &root)) {
        pagetls_stored_certificate *anchor = pagetls_stored_certificate_new_root(&root);
        if (anchor == NULL) {
            return PAGETLS_ERR_OUT_OF_MEMORY;
        }
        if (pagetls_is_readable(anchor)) {
            (void) append(store, anchor);
        } else {
            pagetls_stored_certificate_free(anchor);
            ret = PAGETLS_ERR_ROOTS;
        }
    }
    return ret;
}

/* Tells the anchors that are this root what the list says of it. */
static void recognize(pagetls_stored_certificate *anchors, const pagetls_mozilla_root *root)
{
    for (pagetls_stored_certificate *anchor = anchors; anchor != NULL; anchor = anchor->next) {
        if (pagetls_mozilla_root_matches(root, anchor->certificate.tbs)) {
            anchor->origin = PAGETLS_ORIGIN_LISTED;
            anchor->distrust_after = root->distrust_after;
            memcpy(anchor->listed, root->sha256, sizeof(anchor->listed));
        }
    }
}

int pagetls_trust_store_compare_mozilla(pagetls_trust_store *store, const uint8_t *file, size_t len)
{
    pagetls_mozilla_roots roots;
    pagetls_mozilla_root root;
    const int ret = pagetls_mozilla_roots_open(&roots, file, len);
    while (ret == 0 && pagetls_mozilla_roots_next(&roots, &root)) {
        recognize(store->first, &root);
    }
    for (pagetls_stored_certificate *anchor = store->first; ret != 0 && anchor != NULL; anchor = anchor->next) {
        anchor->origin = PAGETLS_ORIGIN_MOZILLA;
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
    pagetls_skipped_free(&store->skipped);
    pagetls_heap_free(store);
}
