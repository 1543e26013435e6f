/**
 * \file oracle.h
 * \brief Checks results a second time with independent code: valid chains, and the fields of certificates, with Mbed
 *        TLS's parsers and libc's calendar.
 */
#ifndef PAGETLS_FUZZ_ORACLE_H
#define PAGETLS_FUZZ_ORACLE_H

#include "fuzz.h"
#include "verify/verification.h"

/** Aborts unless the valid result of \p v is correct: signatures, anchor, names, dates and CRLs. */
void fuzz_check_valid_chain(const pagetls_verification *v, const pagetls_trust_store *trust, const fuzz_case *input,
                            unsigned variant);
/** 1 when one of the GeneralNames, without their header, matches \p host by RFC 9525. */
int fuzz_names_match(const uint8_t *names, size_t len, const pagetls_hostname *host);
/** Aborts if our fields of the certificate differ from those that Mbed TLS reads. */
void fuzz_compare_parsers(const uint8_t *der, size_t len);

#endif
