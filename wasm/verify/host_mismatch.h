/**
 * \file host_mismatch.h
 * \brief Why a certificate is not for a host: the name in it that comes closest, and why that does not count.
 */
#ifndef PAGETLS_HOST_MISMATCH_H
#define PAGETLS_HOST_MISMATCH_H

#include "verify/problems.h"
#include "x509/certificate.h"
#include "x509/hostname.h"

/**
 * Appends the host that was expected and what \p certificate has instead, to the detail of \p problem. To be called
 * only if pagetls_names_match() says that no name matches.
 */
void pagetls_host_mismatch_explain(pagetls_problem *problem, const pagetls_certificate *certificate,
                                   const pagetls_hostname *host);

#endif
