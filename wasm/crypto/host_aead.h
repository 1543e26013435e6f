/**
 * \file host_aead.h
 * \brief From what length on a record is offered to the host (pagetls_host_aead() of host/host.h).
 *
 * A call of Node's ciphers takes 3 to 5 us whatever the length; our kernels do so much meanwhile.
 */
#ifndef PAGETLS_HOST_AEAD_H
#define PAGETLS_HOST_AEAD_H

#include "host/host.h"

enum { PAGETLS_HOST_GCM_MIN = 2048, PAGETLS_HOST_CHACHAPOLY_MIN = 8192 }; /* bytes */

#endif
