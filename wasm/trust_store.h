/**
 * \file trust_store.h
 * \brief Trust anchors, parsed once and shared by reference count.
 */
#ifndef PAGETLS_TRUST_STORE_H
#define PAGETLS_TRUST_STORE_H

#include "mbedtls/x509_crt.h"
#include "pagetls.h"

struct pagetls_trust_store {
    size_t references;
    size_t count;           /**< certificates in the list */
    mbedtls_x509_crt roots; /**< a list; its head is unused while count is 0 */
};

pagetls_trust_store *pagetls_trust_store_retain(pagetls_trust_store *store);

#endif
