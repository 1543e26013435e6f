/**
 * \file extensions.h
 * \brief The part of reading a certificate that fills in the fields of its extensions.
 */
#ifndef PAGETLS_X509_EXTENSIONS_H
#define PAGETLS_X509_EXTENSIONS_H

#include "x509/certificate.h"

/**
 * Reads certificate->extensions into the fields below it. A value that is malformed is noted in them.
 * \return 0, or -1 with \p error set: the list is none
 */
int pagetls_extensions_read(pagetls_certificate *certificate, pagetls_read_error *error);

#endif
