/**
 * \file oid.h
 * \brief Object identifiers as text, and the names of those used in certificates.
 */
#ifndef PAGETLS_OID_H
#define PAGETLS_OID_H

#include "x509/der.h"

/** Maximum number of content octets that pagetls_oid_text() converts. */
#define PAGETLS_OID_MAX 60
/** Size of the text of pagetls_oid_text() in bytes, with its NUL. The longest is that of 60 arcs of four characters. */
#define PAGETLS_OID_TEXT_SIZE 256

/** Writes the dotted form of an OID (content octets); "" if it is malformed or longer than PAGETLS_OID_MAX. */
void pagetls_oid_text(char text[PAGETLS_OID_TEXT_SIZE], pagetls_slice oid);
/** The usual name of an OID in dotted form, or NULL. */
const char *pagetls_oid_name(const char *dotted);

#endif
