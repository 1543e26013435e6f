/* Passes the trust anchors to Mbed TLS's own verifier, in the programs that pagetls is compared with. Replaces
 * wasm/mbedtls/ca_chain.c. Skips anchors that Mbed TLS cannot parse. */
#include "host/heap.h"
#include "mbedtls/connection_state.h"
#include "mbedtls/x509_crt.h"
#include "verify/trust_store.h"

/* A store that has been parsed. Parsed once and never freed, as connections may still use the chain. */
typedef struct stock_chain {
    struct stock_chain *next;
    pagetls_trust_store *store; /* retained, so that its address is not reused */
    size_t count;               /* of anchors when it was parsed */
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
        pagetls_trust_store_retain((pagetls_trust_store *) (uintptr_t) store); /* changes only the reference count */
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
