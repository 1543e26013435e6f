/**
 * \file extension_checks.h
 * \brief The extensions of the server's messages (RFC 8446, section 4.2), for protocol_checks.c.
 */
#ifndef PAGETLS_EXTENSION_CHECKS_H
#define PAGETLS_EXTENSION_CHECKS_H

#include "mbedtls/server_message.h"

/** Reads a vector with a length of \p width bytes (RFC 8446, section 3.4). 1, or 0 if \p from does not have all of it. */
int pagetls_vector_next(pagetls_slice *from, size_t width, pagetls_slice *vector);
/** Reads an extension (RFC 8446, section 4.2). 1, or 0 if \p from does not have all of it. */
int pagetls_tls_extension_next(pagetls_slice *from, size_t *type, pagetls_slice *content);
/** 1 if \p list has 16-bit numbers and nothing else: SignatureScheme<2..2^16-2>, NamedGroup<2..2^16-1>. */
int pagetls_is_number_list(pagetls_slice list);
/** 1 if \p list is DistinguishedName<0..2^16-1>, each of which is a SEQUENCE. */
int pagetls_is_name_list(pagetls_slice list);
/**
 * Checks the extensions of \p message: their syntax, that none comes twice, and in a ServerHello of TLS 1.2, where
 * Mbed TLS does not, that each answers one of ours.
 * \param all       without the length before them
 * \param required  the type of one that must be there
 * \param missing   the violation if it is not
 */
pagetls_violation pagetls_extensions_check(const pagetls_server_message *message, pagetls_slice all, size_t required,
                                           pagetls_violation missing);

#endif
