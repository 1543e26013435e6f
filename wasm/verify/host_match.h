/**
 * \file host_match.h
 * \brief Does a certificate name this host? (RFC 9525)
 */
#ifndef PAGETLS_HOST_MATCH_H
#define PAGETLS_HOST_MATCH_H

#include "x509/der.h"
#include "x509/hostname.h"

/**
 * Compares \p hostname with \p names, the GeneralNames of subjectAltName, only; the
 * Common Name is never looked at (RFC 9525, section 6.3). A DNS name is compared
 * with dNSName entries without regard to case; "*" may stand for the whole
 * left-most label if at least two labels follow (section 6.3 and 7.1). An IP
 * address is compared with iPAddress entries, octet by octet (section 6.4 of RFC
 * 6125 as kept by RFC 9525, section 6.5).
 *
 * \return 1 when one matches, else 0.
 */
int pagetls_names_match(pagetls_slice names, const pagetls_hostname *hostname);

#endif
