/**
 * \file add_crls.h
 * \brief Passes CRLs to the core as its host does: writes them into a block that the core owns.
 */
#ifndef TEST_ADD_CRLS_H
#define TEST_ADD_CRLS_H

#include <string.h>

#include "pagetls.h"

static inline int add_crls(pagetls_verification *verification, const uint8_t *input, size_t len)
{
    uint8_t *block = pagetls_verification_reserve_crls(verification, len);
    if (block != NULL && len > 0) {
        memcpy(block, input, len);
    }
    return pagetls_verification_add_crls(verification, len);
}

#endif
