/**
 * \file wrap.h
 * \brief GCM's counter where it is wanted: at the end of its 32 bits.
 */
#ifndef PAGETLS_KERNELS_WRAP_H
#define PAGETLS_KERNELS_WRAP_H

#include <stdint.h>

/** The nonce of 16 bytes that makes \p first the first counter block, with the hash subkey \p h. */
void kernel_nonce_for(uint8_t nonce[16], const uint8_t first[16], const uint8_t h[16]);

#endif
