/**
 * \file derive.h
 * \brief Runs the derivations and ciphers of passphrases, and the reader of identities, on inputs from key-derivation.test.js.
 */
#ifndef PAGETLS_TEST_DERIVE_H
#define PAGETLS_TEST_DERIVE_H

/** Reads a line for each operation from stdin, and writes a line with its result. Returns an exit code. */
int derive_all(void);

#endif
