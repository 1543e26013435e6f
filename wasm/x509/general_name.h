/**
 * \file general_name.h
 * \brief GeneralName tags (RFC 5280, section 4.2.1.6), and IP addresses as text.
 */
#ifndef PAGETLS_GENERAL_NAME_H
#define PAGETLS_GENERAL_NAME_H

#include "x509/der.h"

/* Tag numbers of the choices. */
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

/** Bits of the choices that are constructed: otherName, x400Address, directoryName, ediPartyName. */
#define PAGETLS_CONSTRUCTED_NAMES                                                                                      \
    (1u << PAGETLS_NAME_OTHER | 1u << PAGETLS_NAME_X400 | 1u << PAGETLS_NAME_DIRECTORY | 1u << PAGETLS_NAME_EDI)

/** 1 if \p tag is that of a GeneralName, with the constructed bit that its choice requires. */
static inline int pagetls_is_general_name(uint8_t tag)
{
    unsigned choice = tag & 0x1Fu;
    return (tag & 0xC0) == 0x80 && choice <= PAGETLS_NAME_REGISTERED_ID &&
        (tag >> 5 & 1u) == (PAGETLS_CONSTRUCTED_NAMES >> choice & 1u);
}

/** Size of the text of pagetls_ip_format() in bytes, with its NUL. */
#define PAGETLS_IP_TEXT_SIZE 48
/**
 * Writes an address of 4 or 16 octets (RFC 5952) or an IPv4 address with its mask (8 octets). Other lengths are written
 * in hexadecimal, at most 20 octets, and an ellipsis if there are more.
 */
void pagetls_ip_format(char text[PAGETLS_IP_TEXT_SIZE], const uint8_t *ip, size_t len);

#endif
