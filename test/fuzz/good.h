/**
 * \file good.h
 * \brief What it means that a chain was found good, and what a certificate says, looked at once more by other means: Mbed TLS's
 *        readers, and libc's calendar.
 */
#ifndef PAGETLS_FUZZ_GOOD_H
#define PAGETLS_FUZZ_GOOD_H

#include "fuzz.h"
#include "verify/verification.h"

/** Ends the run unless \p v's good result is one: signatures, anchor, names, dates and lists. */
void fuzz_must_be_good(const pagetls_verification *v, const pagetls_trust_store *trust, const fuzz_case *input,
                       unsigned how);
/** 1 when GeneralNames, without their header, have that host, as RFC 9525 says it. */
int fuzz_names_host(const uint8_t *names, size_t len, const pagetls_hostname *host);
/** Ends the run if Mbed TLS reads the certificate and finds something else in it than we do. */
void fuzz_must_read_alike(const uint8_t *der, size_t len);

#endif
