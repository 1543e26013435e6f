/**
 * \file mozilla_roots.h
 * \brief Reads mozilla-roots.bin: the trust anchors of Mozilla's root list, with what the list says of each.
 *
 * The file has the certificates without their signatures, which nobody verifies: of each the tbsCertificate, and the SHA-256
 * of the whole. It is cut into columns of similar octets, which compress better, and the subject is left out, which
 * repeats the issuer. scripts/roots-file.js writes it, js/node/root-certificates.js reads it too. Numbers are big-endian.
 *
 *      8 octets  "PTROOTS2"
 *     12         version of the list, such as 2.86: ASCII, followed by NULs
 *     10         date of the list, such as 2026-04-09
 *      2         n, the number of anchors
 *     4n         of each: distrust-after date in seconds since 1970; 0: none
 *    32n         of each: SHA-256 of the certificate
 *    18n         for each field: its length in each anchor, 2 octets
 *                for each field but the subject: its octets in each anchor
 */
#ifndef PAGETLS_MOZILLA_ROOTS_H
#define PAGETLS_MOZILLA_ROOTS_H

#include "x509/der.h"

/** The fields, which make up a tbsCertificate in this order. */
enum {
    PAGETLS_ROOT_HEAD, /**< up to the header of serialNumber */
    PAGETLS_ROOT_SERIAL,
    PAGETLS_ROOT_ALGORITHM,
    PAGETLS_ROOT_ISSUER,
    PAGETLS_ROOT_VALIDITY,
    PAGETLS_ROOT_SUBJECT,  /**< left out: the issuer again. Empty if they differ: then the next field has it */
    PAGETLS_ROOT_KEY_HEAD, /**< up to the first octet of subjectPublicKey */
    PAGETLS_ROOT_KEY,
    PAGETLS_ROOT_REST, /**< extensions */
    PAGETLS_ROOT_FIELDS
};

/** Octets of a SHA-256. */
#define PAGETLS_ROOT_DIGEST 32

typedef struct {
    const uint8_t *file;
    size_t count;                       /**< of the anchors */
    size_t index;                       /**< of the next anchor */
    size_t offset[PAGETLS_ROOT_FIELDS]; /**< where the fields of the next anchor are */
} pagetls_mozilla_roots;

typedef struct {
    int64_t distrust_after;                   /**< as in pagetls_stored_certificate */
    const uint8_t *sha256;                    /**< of the certificate */
    pagetls_slice field[PAGETLS_ROOT_FIELDS]; /**< p is NULL if left out */
    size_t tbs_len;
} pagetls_mozilla_root;

/** Starts reading \p file, which must stay. \return 0, or PAGETLS_ERR_ROOTS for a file that is damaged. */
int pagetls_mozilla_roots_open(pagetls_mozilla_roots *roots, const uint8_t *file, size_t len);
/** \return 1; or 0 after the last anchor */
int pagetls_mozilla_roots_next(pagetls_mozilla_roots *roots, pagetls_mozilla_root *root);
/** 1 if \p tbs is the tbsCertificate, to the octet. */
int pagetls_mozilla_root_matches(const pagetls_mozilla_root *root, pagetls_slice tbs);
/** Writes the tbsCertificate, \p root->tbs_len octets. */
void pagetls_mozilla_root_write(const pagetls_mozilla_root *root, uint8_t *tbs);

#endif
