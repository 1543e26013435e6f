/**
 * \file trust_store.h
 * \brief Trust anchors, read once and shared by reference count.
 */
#ifndef PAGETLS_TRUST_STORE_H
#define PAGETLS_TRUST_STORE_H

#include "pagetls.h"
#include "verify/inputs.h"

struct pagetls_trust_store {
    size_t references;
    size_t count; /**< of the anchors that can be used */
    pagetls_stored_certificate *first;
    pagetls_stored_certificate *last;
    pagetls_skipped_list skipped;
};

pagetls_trust_store *pagetls_trust_store_retain(pagetls_trust_store *store);

#endif
