/**
 * \file host_match.h
 * \brief Is a certificate for this host? (RFC 9525)
 */
#ifndef PAGETLS_HOST_MATCH_H
#define PAGETLS_HOST_MATCH_H

#include "x509/der.h"
#include "x509/hostname.h"

/**
 * Compares \p hostname only with \p names, the GeneralNames of subjectAltName, and
 * ignores the common name (RFC 9525, section 6.3). A DNS name is compared with
 * dNSName entries, ignoring case; "*" may stand for the whole left-most label if at
 * least two labels follow (sections 6.3 and 7.1). An IP address is compared with
 * iPAddress entries, octet by octet (RFC 6125, section 6.4, as kept by RFC 9525,
 * section 6.5).
 *
 * \return 1 when a name matches, else 0.
 */
int pagetls_names_match(pagetls_slice names, const pagetls_hostname *hostname);
/** 1 if the dNSName \p name matches \p reference, a DNS name in lower case. */
int pagetls_dns_name_matches(pagetls_slice name, const char *reference);

#endif
