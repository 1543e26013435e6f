/* Runs the native tests of the C core, and gives native.test.js access to it:
 *
 *   core_test GROUP [certs=DIR] [case=ID] [port=N] [version=1.2|1.3]
 *       runs the tests of a group, and prints "ok NAME" or "not ok NAME" for each
 *   core_test describe FILE...
 *       prints each certificate in the PEM files as a line of JSON, or "error CODE"
 *   core_test verify HOSTNAME CLOCK PROFILE ROOTS CHAIN [CRL]
 *       prints the result as JSON; CLOCK is in milliseconds since 1970, PROFILE is webpki, rfc5280 or suiteb
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../helpers/add_crls.h"
#include "check.h"
#include "derive.h"
#include "groups.h"
#include "pagetls.h"
#include "psa/crypto.h"
#include "x509/document.h"

static const struct {
    const char *name;
    const native_test *tests;
} groups[] = {
    { "documents", documents_tests },
    { "ephemeral", ephemeral_tests },
    { "bytes", bytes_tests },
    { "platform", platform_tests },
    { "names", names_tests },
    { "certificates", certificates_tests },
    { "options", options_tests },
    { "connection", connection_tests },
    { "forged", forged_tests },
    { "fragments", fragment_tests },
    { "key-update", key_update_tests },
    { "later-requests", later_requests_tests },
    { "identity", identity_tests },
    { "long", long_message_tests },
    { "idle", idle_tests },
    { "reader", reader_tests },
    { "times", times_tests },
    { "texts", texts_tests },
    { "failure", failure_tests },
    { "name-compare", name_compare_tests },
    { "keys", keys_tests },
    { "read-errors", read_errors_tests },
    { "rules", rules_tests },
    { "protocol-checks", protocol_checks_tests },
    { "certificate-request", certificate_request_tests },
};

static int run_group(const char *name)
{
    for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++) {
        if (strcmp(groups[i].name, name) == 0) {
            int failed = 0;
            for (const native_test *test = groups[i].tests; test->name != NULL; test++) {
                failed |= !check_run(test);
            }
            return failed;
        }
    }
    fprintf(stderr, "core_test: unknown group '%s'\n", name);
    return 2;
}

static int read_arguments(int argc, char **argv)
{
    for (int i = 0; i < argc; i++) {
        if (strncmp(argv[i], "certs=", 6) == 0) {
            arguments.certs = argv[i] + 6;
        } else if (strncmp(argv[i], "case=", 5) == 0) {
            arguments.case_id = argv[i] + 5;
        } else if (strncmp(argv[i], "port=", 5) == 0) {
            arguments.port = (int) strtol(argv[i] + 5, NULL, 10);
        } else if (strcmp(argv[i], "version=1.2") == 0 || strcmp(argv[i], "version=1.3") == 0) {
            arguments.version = argv[i][10] == '2' ? TLS_1_2 : TLS_1_3;
        } else {
            fprintf(stderr, "core_test: unknown argument '%s'\n", argv[i]);
            return -1;
        }
    }
    return 0;
}

static int print_description(void *context, const pagetls_document *document)
{
    const size_t len = document->der.len;
    int error = 0;
    ++*(int *) context;
    uint8_t *exact = check_exact_copy(document->der.p, len);
    char *text = pagetls_describe_certificate(exact, len, &error);
    if (text != NULL) {
        puts(text);
    } else {
        printf("error %d\n", error);
    }
    pagetls_free(text);
    free(exact);
    return 0;
}

static int describe(int count, char **names)
{
    int failed = 0;
    for (int i = 0; i < count; i++) {
        size_t len;
        uint8_t *pem = check_file(names[i], &len);
        int described = 0;
        failed |= pem == NULL || pagetls_documents_walk(pem, len, print_description, &described) != 0 || described == 0;
        free(pem);
    }
    return failed;
}

typedef int add_input(pagetls_verification *verification, const uint8_t *input, size_t len);

static int add_roots(pagetls_verification *verification, const uint8_t *input, size_t len)
{
    pagetls_trust_store *store = pagetls_trust_store_new();
    int ret = store == NULL ? -1 : pagetls_trust_store_add(store, input, len);
    pagetls_verification_set_trust(verification, store);
    pagetls_trust_store_free(store);
    return ret;
}

static int add_file(pagetls_verification *verification, const char *name, add_input *add)
{
    size_t len;
    uint8_t *input = check_file(name, &len);
    int ret = input == NULL ? -1 : add(verification, input, len);
    if (ret <= 0) {
        fprintf(stderr, "core_test: %s: error %d %s\n", name, ret, pagetls_error_detail(ret));
    }
    free(input);
    return ret > 0 ? 0 : -1;
}

static int profile_by_name(const char *name)
{
    return strcmp(name, "webpki") == 0 ? PAGETLS_PROFILE_WEBPKI
        : strcmp(name, "rfc5280") == 0 ? PAGETLS_PROFILE_RFC5280
        : strcmp(name, "suiteb") == 0  ? PAGETLS_PROFILE_SUITEB
        : strcmp(name, "private") == 0 ? PAGETLS_PROFILE_PRIVATE
        : strcmp(name, "auto") == 0    ? PAGETLS_PROFILE_AUTO
                                       : -1;
}

static int verify(int count, char **argv)
{
    pagetls_verification *verification = pagetls_verification_new();
    if (count < 5 || count > 6 || verification == NULL ||
        pagetls_verification_set_hostname(verification, argv[0], strlen(argv[0])) != 0 ||
        pagetls_verification_set_profile(verification, profile_by_name(argv[2])) != 0 ||
        add_file(verification, argv[4], pagetls_verification_add_chain) != 0 ||
        (count == 6 && add_file(verification, argv[5], add_crls) != 0)) {
        pagetls_verification_free(verification);
        return 2;
    }
    (void) add_file(verification, argv[3], add_roots); /* without a readable root, nothing is trusted */
    pagetls_verification_set_clock(verification, strtod(argv[1], NULL));
    const char *report = pagetls_verification_run(verification);
    puts(report == NULL ? "null" : report);
    pagetls_verification_free(verification);
    return 0;
}

/* Importing the first key makes Mbed TLS's PSA Crypto allocate a table of slots, which it keeps: not a leak. */
static int allocate_key_slots(void)
{
    static const uint8_t bytes[16];
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    psa_key_id_t key;
    psa_set_key_type(&attributes, PSA_KEY_TYPE_AES);
    return psa_import_key(&attributes, bytes, sizeof(bytes), &key) != PSA_SUCCESS || psa_destroy_key(key) != PSA_SUCCESS;
}

int main(int argc, char **argv)
{
    int ret = 2;
    if (pagetls_start() != 0 || allocate_key_slots() != 0) {
        fprintf(stderr, "core_test: PSA Crypto failed to start\n");
    } else if (argc > 2 && strcmp(argv[1], "describe") == 0) {
        ret = describe(argc - 2, argv + 2);
    } else if (argc > 2 && strcmp(argv[1], "verify") == 0) {
        ret = verify(argc - 2, argv + 2);
    } else if (argc > 1 && strcmp(argv[1], "derive") == 0) {
        ret = derive_all();
    } else if (argc > 1 && read_arguments(argc - 2, argv + 2) == 0) {
        ret = run_group(argv[1]);
    }
#ifndef PAGETLS_FAST_ALL_CURVES /* Mbed TLS's own PSA Crypto: crypto/kernels.cmake */
    mbedtls_psa_crypto_free();
#endif
    if (pagetls_heap_in_use() != check_allowed_leaks()) {
        fprintf(stderr, "core_test: %zu bytes of heap were not freed\n", pagetls_heap_in_use());
        ret = ret == 0 ? 1 : ret;
    }
    return ret;
}
