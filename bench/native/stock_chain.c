/* The trust anchors as Mbed TLS's own verifier takes them, in the place of wasm/mbedtls/ca_chain.c: for the programs that ours
 * are compared with. What Mbed TLS cannot read is left out. */
#include "host/heap.h"
#include "mbedtls/connection_state.h"
#include "mbedtls/x509_crt.h"
#include "verify/trust_store.h"

/* A store that has been read: once, and kept, for connections may still have the chain. */
typedef struct stock_chain {
    struct stock_chain *next;
    pagetls_trust_store *store; /* held, so that no other one takes its place in memory */
    size_t count;               /* that the store had */
    mbedtls_x509_crt anchors;
} stock_chain;

static stock_chain *chains;

static mbedtls_x509_crt *read_store(const pagetls_trust_store *store)
{
    stock_chain *chain = pagetls_heap_calloc(1, sizeof(*chain));
    if (chain == NULL) {
        return NULL;
    }
    chain->store =
        pagetls_trust_store_retain((pagetls_trust_store *) (uintptr_t) store); /* counts, and changes nothing else */
    chain->count = store->count;
    mbedtls_x509_crt_init(&chain->anchors);
    for (const pagetls_stored_certificate *anchor = store->first; anchor != NULL; anchor = anchor->next) {
        (void) mbedtls_x509_crt_parse_der(&chain->anchors, anchor->certificate.der.p, anchor->certificate.der.len);
    }
    chain->next = chains;
    chains = chain;
    return &chain->anchors;
}

mbedtls_x509_crt *pagetls_ca_chain(const pagetls_trust_store *store)
{
    static mbedtls_x509_crt none;
    for (stock_chain *chain = chains; chain != NULL; chain = chain->next) {
        if (chain->store == store && chain->count == store->count) {
            return &chain->anchors;
        }
    }
    return store == NULL ? &none : read_store(store);
}
