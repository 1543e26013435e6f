/**
 * \file extensions.h
 * \brief Decodes the extensions of a certificate into its fields.
 */
#ifndef PAGETLS_X509_EXTENSIONS_H
#define PAGETLS_X509_EXTENSIONS_H

#include "x509/certificate.h"

/**
 * Decodes certificate->extensions into the fields below it. Malformed values are flagged in certificate->malformed.
 * \return 0, or -1 with \p error set if it is not a list of Extensions
 */
int pagetls_extensions_read(pagetls_certificate *certificate, pagetls_read_error *error);

#endif
