/**
 * \file sha1.h
 * \brief The compression function of SHA-1 (FIPS 180-4, section 6.1.2), small instead of fast.
 */
#ifndef PAGETLS_SHA1_H
#define PAGETLS_SHA1_H

#include <stdint.h>

/** Adds a block to the state. No branch and no address depends on either. */
void pagetls_sha1_process(uint32_t state[5], const uint8_t block[64]);

#endif
