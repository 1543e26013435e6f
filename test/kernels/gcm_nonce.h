/**
 * \file gcm_nonce.h
 * \brief Nonces for a chosen first counter block of GCM, to test the wrap of the 32-bit counter.
 */
#ifndef PAGETLS_KERNELS_GCM_NONCE_H
#define PAGETLS_KERNELS_GCM_NONCE_H

#include <stdint.h>

/** Computes the nonce of 16 bytes for which \p first is the first counter block, with the hash subkey \p h. */
void kernel_gcm_nonce_for(uint8_t nonce[16], const uint8_t first[16], const uint8_t h[16]);

#endif
