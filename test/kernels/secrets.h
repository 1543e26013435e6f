/**
 * \file secrets.h
 * \brief Ciphers with secrets that Valgrind takes for undefined: it reports each branch and each address that depends
 *        on one.
 */
#ifndef PAGETLS_KERNELS_SECRETS_H
#define PAGETLS_KERNELS_SECRETS_H

/**
 * \param name  one of secrets.c; "list" prints them, those that leak with a mark.
 * \return 0; 2 when there is no such name or it failed, 3 where there is no Valgrind, 4 when what came of the secrets
 *         is none, so that nothing was shown.
 */
int kernel_secrets(const char *name);

#endif
