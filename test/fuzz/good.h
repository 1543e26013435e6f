/**
 * \file good.h
 * \brief What it means that a chain was found good, looked at once more by other means.
 */
#ifndef PAGETLS_FUZZ_GOOD_H
#define PAGETLS_FUZZ_GOOD_H

#include "fuzz.h"
#include "mbedtls/x509_crt.h"
#include "verify/verify.h"

/** Ends the run unless \p v's good verdict is one: signatures, anchor, names, dates and lists. */
void fuzz_must_be_good(const pagetls_verification *v, const mbedtls_x509_crt *anchors, const fuzz_case *input, unsigned how);
/** 1 when the certificate's alternative names have that host, as RFC 9525 says it. */
int fuzz_names_host(const mbedtls_x509_crt *crt, const pagetls_hostname *host);

#endif
