/**
 * \file stored_certificate.h
 * \brief A list of certificates, each with its own copy of the DER: a trust store, or a chain sent by a server.
 */
#ifndef PAGETLS_STORED_CERTIFICATE_H
#define PAGETLS_STORED_CERTIFICATE_H

#include "verify/mozilla_roots.h"
#include "x509/certificate.h"

typedef enum {
    PAGETLS_ORIGIN_USER,    /**< the user added it */
    PAGETLS_ORIGIN_LISTED,  /**< likewise, and a root of Mozilla's list has the same tbsCertificate */
    PAGETLS_ORIGIN_MOZILLA, /**< on Mozilla's list, or not known */
} pagetls_origin;

typedef struct pagetls_stored_certificate {
    struct pagetls_stored_certificate *next;
    pagetls_read_error error;        /**< why it cannot be read; then \p certificate has only its DER */
    pagetls_certificate certificate; /**< points into the copy */
    /* What is known of a trust anchor; see pagetls_trust_store_add_mozilla() and …_compare_mozilla(). */
    pagetls_origin origin;
    uint8_t listed[PAGETLS_ROOT_DIGEST]; /**< of PAGETLS_ORIGIN_LISTED: SHA-256 of the root of the list */
    int64_t distrust_after; /**< if Mozilla's: a leaf valid from later, in seconds since 1970, is distrusted; 0: no such date */
} pagetls_stored_certificate;

/**
 * Copies and reads \p der.
 * \return NULL when out of memory
 */
pagetls_stored_certificate *pagetls_stored_certificate_new(const uint8_t *der, size_t len);
/**
 * Copies and reads an anchor of Mozilla's list, whose signature is not known.
 * \return NULL when out of memory
 */
pagetls_stored_certificate *pagetls_stored_certificate_new_root(const pagetls_mozilla_root *root);
/** Frees the whole list. */
void pagetls_stored_certificate_free(pagetls_stored_certificate *list);

/** 1 if both are the same certificate, to the octet, of which SHA-256 tells if a signature is not known. */
int pagetls_same_certificate(const pagetls_certificate *a, const pagetls_certificate *b);

/** 1 if the anchor is on Mozilla's list, to the octet, or its origin is not known. Hashes only when asked, not all at once. */
int pagetls_is_mozillas(const pagetls_stored_certificate *anchor);

static inline int pagetls_is_readable(const pagetls_stored_certificate *stored)
{
    return stored->error.field == PAGETLS_FIELD_NONE;
}

#endif
