/**
 * \file md5.h
 * \brief MD5 (RFC 1321), for old PEM files only.
 */
#ifndef PAGETLS_MD5_H
#define PAGETLS_MD5_H

#include <stddef.h>
#include <stdint.h>

/** Writes the padding behind \p data, which needs 72 octets more than \p len. No address depends on the data. */
void pagetls_md5(uint8_t *data, size_t len, uint8_t out[16]);

#endif
