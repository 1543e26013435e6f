/**
 * \file extensions.h
 * \brief The part of reading a certificate that fills in the fields of its extensions.
 */
#ifndef PAGETLS_X509_EXTENSIONS_H
#define PAGETLS_X509_EXTENSIONS_H

#include "x509/certificate.h"

/** Reads certificate->extensions into the fields below it. What is malformed is noted in them. */
void pagetls_extensions_read(pagetls_certificate *certificate);

#endif
