/**
 * \file groups.h
 * \brief The groups of native tests. A test without a name ends each list.
 */
#ifndef PAGETLS_TEST_GROUPS_H
#define PAGETLS_TEST_GROUPS_H

#include "check.h"

extern const native_test bytes_tests[];
extern const native_test platform_tests[];
extern const native_test documents_tests[];
extern const native_test ephemeral_tests[];
extern const native_test reader_tests[];
extern const native_test read_errors_tests[];
extern const native_test times_tests[];
extern const native_test texts_tests[];
extern const native_test failure_tests[];
extern const native_test name_compare_tests[];
extern const native_test keys_tests[];
extern const native_test names_tests[];
extern const native_test certificates_tests[];
extern const native_test rules_tests[];
extern const native_test protocol_checks_tests[];
extern const native_test certificate_request_tests[];
extern const native_test options_tests[];
extern const native_test connection_tests[];     /* these need a server */
extern const native_test long_message_tests[];   /* a server whose Certificate message spans several records */
extern const native_test forged_tests[];         /* a TLS 1.3 server */
extern const native_test fragment_tests[];       /* a TLS 1.3 server */
extern const native_test key_update_tests[];     /* a TLS 1.3 server */
extern const native_test later_requests_tests[]; /* a TLS 1.3 server */
extern const native_test idle_tests[];           /* a TLS 1.3 server */
extern const native_test identity_tests[];       /* a server that requests a client certificate */

#endif
