/**
 * \file hooks.h
 * \brief During a handshake, replaces Mbed TLS's parsing and verification of certificates with ours.
 *
 * The linker's --wrap (CMakeLists.txt) redirects calls between Mbed TLS's files; README.md lists them all.
 */
#ifndef PAGETLS_HOOKS_H
#define PAGETLS_HOOKS_H

#include "verify/verification.h"

/**
 * Passes the peer's certificates to \p verification from now on; NULL ends that. One verification at a time is enough:
 * the core has no threads, and the pump is not reentrant.
 */
void pagetls_hooks_set_active(pagetls_verification *verification);

#endif
