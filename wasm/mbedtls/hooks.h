/**
 * \file hooks.h
 * \brief Leads Mbed TLS's own calls of certificate parsing and verification to ours, while a handshake runs.
 *
 * By the linker's --wrap (CMakeLists.txt), for calls between Mbed TLS's files; README.md has the list.
 */
#ifndef PAGETLS_HOOKS_H
#define PAGETLS_HOOKS_H

#include "verify/verification.h"

/**
 * From now on the peer's certificates go to \p verification. NULL ends that. There is one at a time: the core has no
 * threads, and the pump calls nothing that could call it.
 */
void pagetls_hooks_set_active(pagetls_verification *verification);

#endif
