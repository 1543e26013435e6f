/**
 * \file groups.h
 * \brief The groups of native tests, one file each; a test without a name ends the list.
 */
#ifndef PAGETLS_TEST_GROUPS_H
#define PAGETLS_TEST_GROUPS_H

#include "check.h"

extern const native_test bytes_tests[];
extern const native_test platform_tests[];
extern const native_test reader_tests[];
extern const native_test read_errors_tests[];
extern const native_test times_tests[];
extern const native_test texts_tests[];
extern const native_test keys_tests[];
extern const native_test names_tests[];
extern const native_test certificates_tests[];
extern const native_test rules_tests[];
extern const native_test options_tests[];
extern const native_test connection_tests[];   /* need a server */
extern const native_test long_message_tests[]; /* need a server whose Certificate message takes several records */
extern const native_test forged_tests[];       /* need a TLS 1.3 server */
extern const native_test idle_tests[];         /* the same */
extern const native_test identity_tests[];     /* need a server that asks for a certificate */

#endif
