/**
 * \file host_aead.h
 * \brief Minimum record lengths for the host's ciphers (pagetls_host_aead() of host/host.h).
 *
 * A call to Node's ciphers costs 3 to 5 us regardless of length; below these lengths the kernels are faster.
 */
#ifndef PAGETLS_HOST_AEAD_H
#define PAGETLS_HOST_AEAD_H

#include "host/host.h"

enum { PAGETLS_HOST_GCM_MIN_BYTES = 2048, PAGETLS_HOST_CHACHAPOLY_MIN_BYTES = 8192 };

#endif
