/**
 * \file names.h
 * \brief Does a certificate name this host? (RFC 9525)
 */
#ifndef PAGETLS_NAMES_H
#define PAGETLS_NAMES_H

#include "hostname.h"
#include "mbedtls/x509_crt.h"

/**
 * Compares \p hostname with the certificate's subjectAltName entries only; the
 * Common Name is never looked at (RFC 9525, section 6.3). A DNS name is compared
 * with dNSName entries without regard to case; "*" may stand for the whole
 * left-most label if at least two labels follow (section 6.3 and 7.1). An IP
 * address is compared with iPAddress entries, octet by octet (section 6.4 of RFC
 * 6125 as kept by RFC 9525, section 6.5).
 *
 * \return 1 when one matches, else 0.
 */
int pagetls_names_match(const mbedtls_x509_crt *certificate, const pagetls_hostname *hostname);

/* Tags of GeneralName's choices (RFC 5280, section 4.2.1.6). */
enum {
    PAGETLS_NAME_OTHER = 0, PAGETLS_NAME_EMAIL = 1, PAGETLS_NAME_DNS = 2, PAGETLS_NAME_X400 = 3,
    PAGETLS_NAME_DIRECTORY = 4, PAGETLS_NAME_EDI = 5, PAGETLS_NAME_URI = 6, PAGETLS_NAME_IP = 7,
    PAGETLS_NAME_REGISTERED_ID = 8
};

/** 1 when \p tag is one of them, constructed (otherName, x400Address, directoryName, ediPartyName) or not as it must be. */
static inline int pagetls_names_is_tag(uint8_t tag)
{
    unsigned choice = tag & 0x1Fu;
    return (tag & 0xC0) == 0x80 && choice <= PAGETLS_NAME_REGISTERED_ID && (tag >> 5 & 1) == (0x39 >> choice & 1);
}

#endif
