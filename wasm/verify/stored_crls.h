/**
 * \file stored_crls.h
 * \brief The caller's CRLs. Each input is stored once, in the block that the host wrote it into: PEM is decoded in place.
 */
#ifndef PAGETLS_STORED_CRLS_H
#define PAGETLS_STORED_CRLS_H

#include "verify/inputs.h"
#include "x509/crl.h"

typedef struct pagetls_stored_crl {
    struct pagetls_stored_crl *next;
    pagetls_crl crl; /**< points into an input */
} pagetls_stored_crl;

typedef struct pagetls_crl_input pagetls_crl_input;

/** Initialize with zeros. */
typedef struct {
    pagetls_stored_crl *first;
    pagetls_stored_crl *last;
    size_t count;
    size_t bytes; /**< of all inputs */
    pagetls_crl_input *inputs;
    pagetls_crl_input *reserved; /**< not read yet */
} pagetls_stored_crls;

/**
 * Allocates the block for an input, in place of one that was reserved and not read.
 * \return where to write it; NULL when out of memory or beyond PAGETLS_CRL_BYTES_MAX
 */
uint8_t *pagetls_stored_crls_reserve(pagetls_stored_crls *crls, size_t len);
/**
 * Reads every CRL in the reserved block, of which \p len bytes were written.
 * \return their number, at least 1, or a PAGETLS_ERR_…; also why nothing was reserved for \p len bytes
 */
int pagetls_stored_crls_read(pagetls_stored_crls *crls, size_t len, pagetls_skipped_list *skipped);
/** Frees all CRLs and inputs. */
void pagetls_stored_crls_free(pagetls_stored_crls *crls);

#endif
