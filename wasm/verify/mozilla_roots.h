/**
 * \file mozilla_roots.h
 * \brief Reads mozilla-roots.bin: the trust anchors of Mozilla's root list, with what the list says of each.
 *
 * scripts/certdata.js writes the file. Numbers are big-endian.
 *
 *     8 octets  "PTROOTS1"
 *    12         version of the list, such as 2.86: ASCII, followed by NULs
 *    10         date of the list, such as 2026-04-09
 *     2         number of anchors
 *   for each anchor:
 *     4         distrust-after date in seconds since 1970; 0: none
 *     2         length of the certificate
 *               the certificate, DER
 */
#ifndef PAGETLS_MOZILLA_ROOTS_H
#define PAGETLS_MOZILLA_ROOTS_H

#include "x509/der.h"

typedef struct {
    pagetls_slice der;
    int64_t distrust_after; /**< as in pagetls_stored_certificate */
} pagetls_mozilla_root;

/** Called with each anchor. A result other than 0 stops the walk and is returned; it must be negative. */
typedef int pagetls_mozilla_roots_visitor(void *context, const pagetls_mozilla_root *root);

/**
 * Calls \p visit for each anchor of the file.
 * \return 0; PAGETLS_ERR_ROOTS for a file that is damaged, after the anchors before the damage; or the visitor's error
 */
int pagetls_mozilla_roots_walk(const uint8_t *file, size_t len, pagetls_mozilla_roots_visitor *visit, void *context);

#endif
