/**
 * \file secrets.h
 * \brief Operations with secrets that Valgrind treats as undefined, so that it reports every branch and every address
 *        that depends on one.
 */
#ifndef PAGETLS_KERNELS_SECRETS_H
#define PAGETLS_KERNELS_SECRETS_H

/**
 * \param name  an operation of secrets.c; "list" prints all of them, with "!" before those that leak on purpose.
 * \return 0; 2 if the name is unknown or the operation failed; 3 if not running under Valgrind; 4 if the output is not
 *         secret, so that the run proves nothing.
 */
int kernel_run_with_secrets(const char *name);

#endif
