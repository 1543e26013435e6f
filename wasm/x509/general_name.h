/**
 * \file general_name.h
 * \brief GeneralName (RFC 5280, section 4.2.1.6), and IP addresses as text.
 */
#ifndef PAGETLS_GENERAL_NAME_H
#define PAGETLS_GENERAL_NAME_H

#include "x509/der.h"

/* Tags of the choices. */
enum {
    PAGETLS_NAME_OTHER = 0,
    PAGETLS_NAME_EMAIL = 1,
    PAGETLS_NAME_DNS = 2,
    PAGETLS_NAME_X400 = 3,
    PAGETLS_NAME_DIRECTORY = 4,
    PAGETLS_NAME_EDI = 5,
    PAGETLS_NAME_URI = 6,
    PAGETLS_NAME_IP = 7,
    PAGETLS_NAME_REGISTERED_ID = 8
};

/** 1 when \p tag is one of them, constructed (otherName, x400Address, directoryName, ediPartyName) or not as it must be. */
static inline int pagetls_is_general_name(uint8_t tag)
{
    unsigned choice = tag & 0x1Fu;
    return (tag & 0xC0) == 0x80 && choice <= PAGETLS_NAME_REGISTERED_ID && (tag >> 5 & 1) == (0x39 >> choice & 1);
}

/** Room for pagetls_ip_format(). */
#define PAGETLS_IP_TEXT_SIZE 48
/**
 * Writes an address of 4 or 16 octets (RFC 5952), an IPv4 address and mask of 8, or at most 20 octets of anything else in
 * hexadecimal.
 */
void pagetls_ip_format(char text[PAGETLS_IP_TEXT_SIZE], const uint8_t *ip, size_t len);

#endif
