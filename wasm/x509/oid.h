/**
 * \file oid.h
 * \brief Object identifiers as text, and the names of those that certificates use.
 */
#ifndef PAGETLS_OID_H
#define PAGETLS_OID_H

#include "x509/der.h"

/** Enough for the dotted form of any OID up to 60 octets. */
#define PAGETLS_OID_TEXT_SIZE 256

/** Writes the dotted form of an OID's content octets; "" when it is malformed or too long. */
void pagetls_oid_text(char text[PAGETLS_OID_TEXT_SIZE], pagetls_slice oid);
/** The name that the field uses for a dotted OID, or NULL. */
const char *pagetls_oid_name(const char *dotted);

#endif
