/* Describes, trusts and verifies certificates of the test PKI. */
#include <glob.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../helpers/add_crls.h"
#include "build.h"
#include "check.h"
#include "crypto/digest.h"
#include "describe/describe.h"
#include "groups.h"
#include "host/heap.h"
#include "native_host.h"
#include "pagetls.h"
#include "verify/trust_store.h"
#include "verify/verification.h"
#include "x509/document.h"

/* --- describing --------------------------------------------------------------------- */

/* 1 described, 0 rejected, -1 an inconsistent answer. */
static int describe(const uint8_t *der, size_t len)
{
    int error = 1;
    char *text = pagetls_describe_certificate(der, len, &error);
    int consistent = text == NULL ? error < 0 : error == 0 && check_is_json(text);
    int result = !consistent ? -1 : text != NULL;
    pagetls_free(text);
    return result;
}

static int describe_block(void *context, const pagetls_document *document)
{
    const size_t len = document->der.len;
    int *described = context;
    uint8_t *exact = check_exact_copy(document->der.p, len);
    int result = describe(exact, len);
    CHECK(result >= 0);
    CHECK(describe(exact, len - 1) == 0 || result == 0); /* one is rejected because of a trailing octet */
    *described += result;
    free(exact);
    return 0;
}

/* Some cases have a malformed leaf, which may be rejected. */
static void describes_every_certificate(void)
{
    char pattern[1024];
    glob_t found;
    int described = 0;
    snprintf(pattern, sizeof(pattern), "%s/*/all.pem", arguments.certs);
    REQUIRE(glob(pattern, 0, NULL, &found) == 0);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        size_t len;
        uint8_t *pem = check_file(found.gl_pathv[i], &len);
        check_context("%s", found.gl_pathv[i] + strlen(arguments.certs));
        CHECK(pem != NULL && pagetls_documents_walk(pem, len, describe_block, &described) == 0);
        free(pem);
    }
    CHECK(described > 200);
    globfree(&found);
}

static const char *const samples[] = { "good-p256", "good-rich", "good-rsa-pss", "good-ip", "good-ed25519-key" };
#define SAMPLES (sizeof(samples) / sizeof(samples[0]))

static void rejects_truncated(void)
{
    for (size_t i = 0; i < SAMPLES; i++) {
        size_t len;
        uint8_t *der = check_cert_der(samples[i], "leaf.pem", 0, &len);
        REQUIRE(der != NULL);
        for (size_t cut = 0; cut < len; cut++) {
            uint8_t *exact = check_exact_copy(der, cut);
            check_context("%s, %zu octets", samples[i], cut);
            CHECK_INT(describe(exact, cut), 0);
            free(exact);
        }
        free(der);
    }
}

/* This also truncates inner elements without changing the elements around them. */
static void describes_corrupted_or_rejects(void)
{
    static const uint8_t changes[] = { 0x01, 0x02, 0x20, 0x80, 0xFF };
    for (size_t i = 0; i < SAMPLES; i++) {
        size_t len;
        uint8_t *der = check_cert_der(samples[i], "leaf.pem", 0, &len);
        REQUIRE(der != NULL);
        for (size_t at = 0; at < len; at++) {
            for (size_t c = 0; c < sizeof(changes); c++) {
                der[at] ^= changes[c];
                check_context("%s, octet %zu ^ 0x%02X", samples[i], at, changes[c]);
                CHECK(describe(der, len) >= 0);
                der[at] ^= changes[c];
            }
        }
        free(der);
    }
}

static void describes_or_reports_out_of_memory(void)
{
    size_t len;
    uint8_t *der = check_cert_der("good-rich", "leaf.pem", 0, &len);
    REQUIRE(der != NULL);
    for (long n = 0;; n++) {
        int error = 1;
        native_host_fail_allocation(n);
        char *text = pagetls_describe_certificate(der, len, &error);
        check_context("allocation %ld", n);
        CHECK((text == NULL) == native_host_allocation_failed());
        CHECK_INT(error, text == NULL ? PAGETLS_ERR_OUT_OF_MEMORY : 0);
        pagetls_free(text);
        if (!native_host_allocation_failed()) {
            break;
        }
    }
    native_host_fail_allocation(-1);
    free(der);
}

/* --- trust stores ---------------------------------------------------------------------- */

/* Checks how the report on what \p store skipped starts and ends. */
static void check_skipped(const pagetls_trust_store *store, const char *start, const char *end)
{
    char *text = pagetls_trust_store_skipped(store);
    REQUIRE(text != NULL);
    const size_t len = strlen(text);
    CHECK(check_is_json(text));
    if (strncmp(text, start, strlen(start)) != 0 || len < strlen(end) || strcmp(text + len - strlen(end), end) != 0) {
        CHECK_TEXT(text, start);
    }
    pagetls_free(text);
}

static void store_accepts_pem_and_der(void)
{
    size_t len;
    pagetls_trust_store *store = pagetls_trust_store_new();
    uint8_t *pem = check_cert_file("good-p256", "all.pem", &len);
    REQUIRE(store != NULL && pem != NULL);
    int count = pagetls_trust_store_add(store, pem, len);
    CHECK(count >= 3);
    CHECK_INT(pagetls_trust_store_count(store), count);
    free(pem);
    uint8_t *der = check_cert_der("good-p256", "roots.pem", 0, &len);
    CHECK_INT(pagetls_trust_store_add(store, der, len), 1);
    CHECK_INT(pagetls_trust_store_count(store), count + 1);
    CHECK_INT(pagetls_trust_store_add(store, der, len - 1), 0);
    CHECK_INT(pagetls_trust_store_add(store, (const uint8_t *) "nothing", 7), 0);
    CHECK_INT(pagetls_trust_store_count(store), count + 1);
    check_skipped(
        store, "{\"documents\":[{\"input\":2,\"index\":0,\"reason\":\"unreadable\",\"kind\":\"der\",\"der\":",
        ",\"unreadableField\":\"certificate\",\"unreadableReason\":\"truncated\"},"
        "{\"input\":3,\"index\":0,\"label\":\"6E6F7468696E67\",\"reason\":\"other\",\"kind\":\"file\"}],\"more\":0}");
    free(der);
    pagetls_trust_store_free(store);
    pagetls_trust_store_free(NULL);
}

static void store_skips_what_it_cannot_use(void)
{
    static const char *const blocks[] = {
        "-----BEGIN PUBLIC KEY-----\nAAEC\n-----END PUBLIC KEY-----\n",
        "-----BEGIN CERTIFICATE-----\nAA*C\n-----END CERTIFICATE-----\n",
    };
    size_t len;
    char text[8192];
    pagetls_slice parts[BUILD_PARTS];
    uint8_t *pem = check_cert_file("good-p256", "roots.pem", &len);
    pagetls_trust_store *store = pagetls_trust_store_new();
    REQUIRE(pem != NULL && store != NULL);
    snprintf(text, sizeof(text), "%s%s%.*s", blocks[0], blocks[1], (int) len, (const char *) pem);
    CHECK_INT(pagetls_trust_store_add(store, (const uint8_t *) text, strlen(text)), 1);
    build_certificate_parts(parts);
    parts[BUILD_PUBLIC_KEY] = build_key(OCTETS("\x06\x03\x2B\x65\x6F"), OCTETS("\x01")); /* X448 */
    const pagetls_slice unsupported = build_certificate(parts);
    CHECK_INT(pagetls_trust_store_add(store, unsupported.p, unsupported.len), 1); /* kept, but not counted */
    CHECK_INT(pagetls_trust_store_count(store), 1);
    check_skipped(
        store,
        "{\"documents\":[{\"input\":0,\"index\":0,\"block\":1,\"line\":1,\"label\":\"5055424C4943204B4559\","
        "\"reason\":\"other\",\"kind\":\"block\"},{\"input\":0,\"index\":1,\"block\":2,\"line\":4,"
        "\"label\":\"4345525449464943415445\",\"reason\":\"damaged\",\"kind\":\"certificate\",\"fault\":\"base64\"},"
        "{\"input\":1,\"index\":0,\"reason\":\"unsupported\",\"kind\":\"certificate\",\"der\":",
        "\"}],\"more\":0}");
    pagetls_trust_store_free(store);
    build_free();
    free(pem);
}

static void store_keeps_a_limited_report(void)
{
    static const char block[] = "-----BEGIN A-----\n-----END A-----\n";
    pagetls_trust_store *store = pagetls_trust_store_new();
    char *text = calloc(PAGETLS_SKIPPED_MAX + 3, sizeof(block));
    REQUIRE(store != NULL && text != NULL);
    for (size_t i = 0; i < PAGETLS_SKIPPED_MAX + 2; i++) {
        memcpy(text + i * (sizeof(block) - 1), block, sizeof(block));
    }
    CHECK_INT(pagetls_trust_store_add(store, (const uint8_t *) text, strlen(text)), 0);
    check_skipped(store, "{\"documents\":[{\"input\":0,\"index\":0,", "}],\"more\":2}");
    pagetls_trust_store_free(store);
    free(text);
}

static void store_is_reference_counted(void)
{
    pagetls_trust_store *store = pagetls_trust_store_new();
    pagetls_verification *one = pagetls_verification_new();
    pagetls_verification *two = pagetls_verification_new();
    REQUIRE(store != NULL && one != NULL && two != NULL);
    pagetls_verification_set_trust(one, store);
    pagetls_verification_set_trust(one, store); /* no second reference */
    pagetls_verification_set_trust(two, store);
    CHECK_INT(store->references, 3);
    pagetls_trust_store_free(store);
    CHECK_INT(store->references, 2);
    pagetls_verification_set_trust(two, NULL);
    CHECK_INT(store->references, 1);
    pagetls_verification_free(two);
    CHECK_INT(store->references, 1);
    pagetls_verification_free(one); /* and the store with it */
}

/* --- Mozilla's root list ---------------------------------------------------------------- */

/* mozilla-roots.bin with two roots, of which the first has a distrust-after date of 2^31. NULL on failure. */
static uint8_t *make_list(size_t *len)
{
    static const uint8_t start[40] = "PTROOTS2"
                                     "2.86\0\0\0\0\0\0\0\0"
                                     "2026-04-09\0\2"
                                     "\x80\0\0\0\0\0\0";
    enum { DIGESTS = 40, LENGTHS = DIGESTS + 2 * 32, CONTENTS = LENGTHS + 9 * 2 * 2 };
    size_t der_len[2];
    uint8_t *der[2] = { check_cert_der("good-p256", "roots.pem", 0, &der_len[0]),
                        check_cert_der("good-p256", "leaf.pem", 0, &der_len[1]) };
    uint8_t *list = der[0] == NULL || der[1] == NULL ? NULL : calloc(1, CONTENTS + der_len[0] + der_len[1]);
    *len = CONTENTS;
    if (list != NULL) {
        memcpy(list, start, sizeof(start));
    }
    for (size_t i = 0; i < 2 && list != NULL; i++) {
        pagetls_certificate certificate;
        pagetls_read_error error;
        CHECK_INT(pagetls_certificate_read(&certificate, der[i], der_len[i], &error), 0);
        CHECK_INT(pagetls_sha256(der[i], der_len[i], list + DIGESTS + i * 32), 0);
        const pagetls_slice tbs = certificate.tbs;
        list[LENGTHS + i * 2] = (uint8_t) (tbs.len >> 8); /* all of it is the first field */
        list[LENGTHS + i * 2 + 1] = (uint8_t) tbs.len;
        memcpy(list + *len, tbs.p, tbs.len);
        *len += tbs.len;
    }
    free(der[0]);
    free(der[1]);
    return list;
}

/* A store with a certificate of the list, and two others that are not on it. NULL on failure. */
static pagetls_trust_store *make_users_store(void)
{
    size_t len;
    uint8_t *chain = check_cert_file("good-p256", "chain.pem", &len);
    pagetls_trust_store *store = pagetls_trust_store_new();
    CHECK(chain != NULL && pagetls_trust_store_add(store, chain, len) == 2);
    free(chain);
    uint8_t *roots = check_cert_file("good-p256", "roots.pem", &len);
    CHECK(roots != NULL && pagetls_trust_store_add(store, roots, len) >= 1);
    free(roots);
    return store;
}

static void store_keeps_what_mozilla_says(void)
{
    size_t len;
    uint8_t *list = make_list(&len);
    pagetls_trust_store *store = pagetls_trust_store_new();
    REQUIRE(list != NULL && store != NULL);
    CHECK_INT(pagetls_trust_store_add_mozilla(store, list, len), 0);
    CHECK_INT(pagetls_trust_store_count(store), 2);
    CHECK(pagetls_is_mozillas(store->first) && pagetls_is_mozillas(store->last));
    CHECK_INT(store->first->distrust_after, 0x80000000);
    CHECK_INT(store->last->distrust_after, 0);
    pagetls_trust_store_free(store);
    free(list);
}

static void store_recognizes_mozillas_roots(void)
{
    size_t len;
    uint8_t *list = make_list(&len);
    pagetls_trust_store *store = make_users_store();
    REQUIRE(list != NULL && store != NULL);
    const pagetls_stored_certificate *leaf = store->first;
    const pagetls_stored_certificate *intermediate = leaf->next;
    const pagetls_stored_certificate *root = intermediate->next;
    CHECK(!pagetls_is_mozillas(leaf) && !pagetls_is_mozillas(intermediate) && !pagetls_is_mozillas(root));
    CHECK_INT(pagetls_trust_store_compare_mozilla(store, list, len), 0);
    CHECK(pagetls_is_mozillas(leaf) && !pagetls_is_mozillas(intermediate) && pagetls_is_mozillas(root));
    CHECK(leaf->distrust_after == 0 && intermediate->distrust_after == 0 && root->distrust_after == 0x80000000);
    pagetls_trust_store_free(store);
    free(list);
}

static void damaged_list_makes_all_mozillas(void)
{
    size_t len;
    uint8_t *list = make_list(&len);
    REQUIRE(list != NULL);
    for (size_t cut = 0; cut <= len; cut++) {
        uint8_t *damaged = check_exact_copy(list, cut);
        pagetls_trust_store *store = make_users_store();
        pagetls_trust_store *added = pagetls_trust_store_new();
        REQUIRE(damaged != NULL && store != NULL && added != NULL);
        if (cut == len) {
            damaged[31] = 1; /* fewer roots than there are */
        }
        check_context("%zu octets", cut);
        CHECK_INT(pagetls_trust_store_add_mozilla(added, damaged, cut), PAGETLS_ERR_ROOTS);
        CHECK_INT(pagetls_trust_store_compare_mozilla(store, damaged, cut), PAGETLS_ERR_ROOTS);
        for (const pagetls_stored_certificate *anchor = store->first; anchor != NULL; anchor = anchor->next) {
            CHECK_INT(pagetls_is_mozillas(anchor), 1);
        }
        pagetls_trust_store_free(store);
        pagetls_trust_store_free(added);
        free(damaged);
    }
    check_context("%s", "");
    free(list);
}

static void list_survives_failed_allocations(void)
{
    size_t len;
    uint8_t *list = make_list(&len);
    pagetls_trust_store *store = pagetls_trust_store_new();
    REQUIRE(list != NULL && store != NULL);
    for (long n = 0; n < 2; n++) {
        native_host_fail_allocation(n);
        CHECK_INT(pagetls_trust_store_add_mozilla(store, list, len), PAGETLS_ERR_OUT_OF_MEMORY);
        CHECK_INT(pagetls_trust_store_count(store), n); /* the roots before the failure */
    }
    native_host_fail_allocation(-1);
    pagetls_trust_store_free(store);
    free(list);
}

static void store_survives_failed_allocations(void)
{
    size_t len;
    uint8_t *pem = check_cert_file("good-rich", "all.pem", &len);
    REQUIRE(pem != NULL);
    for (long n = 0;; n++) {
        native_host_fail_allocation(n);
        pagetls_trust_store *store = pagetls_trust_store_new();
        int ret = store == NULL ? -1 : pagetls_trust_store_add(store, pem, len);
        check_context("allocation %ld", n);
        CHECK((ret < 0) == native_host_allocation_failed());
        CHECK(ret >= 0 || store == NULL || ret == PAGETLS_ERR_OUT_OF_MEMORY);
        CHECK(store == NULL || ret < 0 || pagetls_trust_store_count(store) == (size_t) ret);
        pagetls_trust_store_free(store);
        if (!native_host_allocation_failed()) {
            break;
        }
    }
    native_host_fail_allocation(-1);
    free(pem);
}

/* --- verifying ----------------------------------------------------------------------------- */

/* The PEM files of a case, read once. */
typedef struct {
    uint8_t *chain, *roots, *crl;
    size_t chain_len, roots_len, crl_len;
} case_files;

static int read_files(case_files *f, const char *id, int with_crl)
{
    f->chain = check_cert_file(id, "chain.pem", &f->chain_len);
    f->roots = check_cert_file(id, "roots.pem", &f->roots_len);
    f->crl = with_crl ? check_cert_file(id, "crl.pem", &f->crl_len) : NULL;
    return f->chain != NULL && f->roots != NULL && (f->crl != NULL || !with_crl);
}

static void free_files(case_files *f)
{
    free(f->chain);
    free(f->roots);
    free(f->crl);
}

/* NULL if a step fails, which is no test failure: some tests make allocations fail. */
static pagetls_verification *prepare(const case_files *f, const char *hostname)
{
    pagetls_verification *verification = pagetls_verification_new();
    pagetls_trust_store *store = pagetls_trust_store_new();
    int ready = verification != NULL && store != NULL && pagetls_trust_store_add(store, f->roots, f->roots_len) > 0 &&
        pagetls_verification_set_hostname(verification, hostname, strlen(hostname)) == 0 &&
        (f->crl == NULL || add_crls(verification, f->crl, f->crl_len) > 0) &&
        pagetls_verification_add_chain(verification, f->chain, f->chain_len) > 0;
    if (ready) {
        pagetls_verification_set_trust(verification, store);
        pagetls_verification_set_clock(verification, CHECK_CLOCK_MS);
    } else {
        pagetls_verification_free(verification);
        verification = NULL;
    }
    pagetls_trust_store_free(store);
    return verification;
}

static int contains(const char *json, const char *part)
{
    return json != NULL && check_is_json(json) && strstr(json, part) != NULL;
}

static int count_in(const char *text, const char *part)
{
    int count = 0;
    for (; text != NULL && (text = strstr(text, part)) != NULL; text += strlen(part)) {
        count++;
    }
    return count;
}

static void verifies_again(void)
{
    case_files f;
    REQUIRE(read_files(&f, "good-p256", 0));
    pagetls_verification *verification = prepare(&f, "good-p256.pagetls.test");
    REQUIRE(verification != NULL);
    CHECK(contains(pagetls_verification_run(verification), "{\"ok\":true,"));
    CHECK(contains(pagetls_verification_run(verification), "{\"ok\":true,"));
    CHECK_INT(verification->result.search.best->path.len, 3);
    pagetls_verification_set_clock(verification, 0.0);
    const char *report = pagetls_verification_run(verification);
    CHECK(contains(report, "{\"ok\":false,"));
    CHECK_INT(count_in(report, "ERR_TLS_CERT_FUTURE"), 3);
    CHECK_INT(verification->result.search.best->path.len, 3);
    pagetls_verification_set_clock(verification, CHECK_CLOCK_MS);
    CHECK_INT(pagetls_verification_set_hostname(verification, "other.test", 10), 0);
    report = pagetls_verification_run(verification);
    CHECK(contains(report, "\"flags\":[\"BADCERT_CN_MISMATCH\"]"));
    CHECK_INT(count_in(report, "\"code\""), 1);
    pagetls_verification_set_hostname_optional(verification);
    report = pagetls_verification_run(verification);
    CHECK(contains(report, "{\"ok\":true,"));
    CHECK(contains(report, "\"flags\":[],"));
    CHECK(contains(report, "\"problems\":[],"));
    CHECK_INT(count_in(report, "ERR_TLS_CERT_CN_MISMATCH"), 1);
    pagetls_verification_set_trust(verification, NULL);
    report = pagetls_verification_run(verification);
    CHECK(contains(report, "\"flags\":[\"BADCERT_NOT_TRUSTED\"]"));
    pagetls_verification_free(verification);
    free_files(&f);
}

static void trusts_nothing_by_default(void)
{
    case_files f;
    REQUIRE(read_files(&f, "good-p256", 0));
    pagetls_verification *verification = prepare(&f, "good-p256.pagetls.test");
    pagetls_trust_store *empty = pagetls_trust_store_new();
    REQUIRE(verification != NULL && empty != NULL);
    pagetls_verification_set_trust(verification, NULL);
    CHECK(contains(pagetls_verification_run(verification), "BADCERT_NOT_TRUSTED"));
    pagetls_verification_set_trust(verification, empty);
    CHECK(contains(pagetls_verification_run(verification), "BADCERT_NOT_TRUSTED"));
    pagetls_trust_store_free(empty);
    pagetls_verification_free(verification);
    verification = pagetls_verification_new();
    REQUIRE(verification != NULL);
    CHECK(contains(pagetls_verification_run(verification), "{\"ok\":false,\"verified\":false")); /* no chain */
    pagetls_verification_free(verification);
    pagetls_verification_free(NULL);
    free_files(&f);
}

/* It is ignored if a valid path exists, and reported if none does. The leaf must be readable. */
static void reports_unreadable_certificates(void)
{
    static const uint8_t junk[200] = { 0x30, 0x81, 0xC5, 0x30, 0x03 };
    case_files f;
    REQUIRE(read_files(&f, "good-p256", 0));
    for (int wrong_name = 0; wrong_name < 2; wrong_name++) {
        pagetls_verification *verification = prepare(&f, wrong_name ? "other.test" : "good-p256.pagetls.test");
        REQUIRE(verification != NULL);
        CHECK_INT(pagetls_verification_add_chain(verification, junk, sizeof(junk)), 1);
        for (int again = 0; again < 2; again++) {
            const char *report = pagetls_verification_run(verification);
            CHECK(contains(report, wrong_name ? "{\"ok\":false,\"verified\":true" : "{\"ok\":true,"));
            CHECK_INT(count_in(report, "\"depth\":2,\"code\":\"ERR_TLS_CERT_PARSE\""), wrong_name);
            CHECK_INT(count_in(report, "\"field\":\"signatureAlgorithm\",\"reason\":\"wrong-type\""), wrong_name);
        }
        pagetls_verification_free(verification);
    }
    pagetls_verification *verification = pagetls_verification_new();
    REQUIRE(verification != NULL);
    CHECK_INT(pagetls_verification_add_chain(verification, junk, sizeof(junk)), 1);
    const char *report = pagetls_verification_run(verification);
    CHECK(contains(report, "{\"ok\":false,\"verified\":false"));
    CHECK(contains(report, "\"depth\":0,\"code\":\"ERR_TLS_CERT_PARSE\",\"rule\":\"PARSE\",\"flag\":null"));
    CHECK(contains(report, "signatureAlgorithm has the wrong type"));
    pagetls_verification_free(verification);
    free_files(&f);
}

static void rejects_inputs_out_of_range(void)
{
    case_files f;
    REQUIRE(read_files(&f, "good-p256", 0));
    pagetls_verification *verification = pagetls_verification_new();
    REQUIRE(verification != NULL);
    CHECK_INT(pagetls_verification_set_profile(verification, 5), PAGETLS_ERR_OPTION);
    CHECK_INT(pagetls_verification_set_profile(verification, -1), PAGETLS_ERR_OPTION);
    CHECK_INT(pagetls_verification_set_profile(verification, PAGETLS_PROFILE_SUITEB), 0);
    CHECK_INT(pagetls_verification_set_hostname(verification, "a b", 3), PAGETLS_ERR_HOSTNAME);
    CHECK_INT(pagetls_verification_add_chain(verification, (const uint8_t *) "x", 1), PAGETLS_ERR_DOCUMENT);
    CHECK_INT(add_crls(verification, f.chain, f.chain_len), PAGETLS_ERR_CRL_DOCUMENT);
    CHECK_INT(add_crls(verification, (const uint8_t *) "\x30\x80\x00\x00", 4), PAGETLS_ERR_CRL);
    CHECK_TEXT(pagetls_error_detail(PAGETLS_ERR_CRL), "certificateList has a length that is not valid DER");
    CHECK_TEXT(pagetls_error_detail(PAGETLS_ERR_CERTIFICATE), "");                        /* not the last error */
    CHECK_INT(pagetls_verification_add_crls(verification, 4), PAGETLS_ERR_OUT_OF_MEMORY); /* nothing was reserved */
    CHECK(pagetls_verification_reserve_crls(verification, 4) != NULL);
    CHECK_INT(pagetls_verification_add_crls(verification, 5), PAGETLS_ERR_OUT_OF_MEMORY); /* less was reserved */
    CHECK(pagetls_verification_reserve_crls(verification, PAGETLS_CRL_BYTES_MAX + 1) == NULL);
    CHECK_INT(pagetls_verification_add_crls(verification, PAGETLS_CRL_BYTES_MAX + 1), PAGETLS_ERR_CRL_BYTES);
    CHECK_INT(pagetls_verification_add_crls(verification, SIZE_MAX), PAGETLS_ERR_CRL_BYTES);
    CHECK(pagetls_verification_reserve_crls(verification, 0) != NULL); /* is freed, though never read */
    int ret = 0;
    for (int i = 0; i <= PAGETLS_CHAIN_MAX / 2 && ret >= 0; i++) {
        ret = pagetls_verification_add_chain(verification, f.chain, f.chain_len);
    }
    CHECK_INT(ret, PAGETLS_ERR_CHAIN_LENGTH); /* more than PAGETLS_CHAIN_MAX certificates */
    pagetls_verification_free(verification);
    free_files(&f);
}

static void is_never_valid_without_memory(void)
{
    case_files f;
    REQUIRE(read_files(&f, "good-crl", 1));
    for (long n = 0;; n += n < 400 ? 1 : 13) {
        native_host_fail_allocation(n);
        pagetls_verification *verification = prepare(&f, "good-crl.pagetls.test");
        const char *report = verification == NULL ? NULL : pagetls_verification_run(verification);
        check_context("allocation %ld", n);
        CHECK(contains(report, "{\"ok\":true,") == !native_host_allocation_failed());
        CHECK(report == NULL || check_is_json(report));
        CHECK(report == NULL || strstr(report, "\"rule\":") == NULL); /* no problem is reported */
        pagetls_verification_free(verification);
        if (!native_host_allocation_failed()) {
            break;
        }
    }
    native_host_fail_allocation(-1);
    free_files(&f);
}

/* Every rule is described with its flag and text, as a problem or as a warning; what exceeds the maximum is ignored. */
static void describes_every_rule(void)
{
    for (int rule = 1; rule < PAGETLS_RULES; rule++) {
        pagetls_json json = { 0 };
        pagetls_problems *problems = pagetls_heap_calloc(1, sizeof(*problems));
        REQUIRE(problems != NULL);
        pagetls_problems_reset(problems, PAGETLS_RULE_SET_WEBPKI);
        int warns = pagetls_rule_effect((pagetls_rule) rule, PAGETLS_RULE_SET_WEBPKI) == PAGETLS_EFFECT_WARNING;
        pagetls_problem *list = warns ? problems->warnings : problems->list;
        pagetls_problem_append(pagetls_problems_add(problems, (pagetls_rule) rule, 3), "found \x01 and \"expected\"");
        pagetls_describe_problem(&json, &list[0]);
        const char *text = pagetls_json_finish(&json);
        CHECK(check_is_json(text));
        CHECK(contains(text, "{\"depth\":3,\"code\":\"ERR_TLS_C"));
        CHECK(contains(text, ": found \\\\01 and \\\"expected\\\""));
        for (size_t depth = 0; depth < 3 * PAGETLS_PROBLEMS_MAX; depth++) {
            pagetls_problem_append(pagetls_problems_add(problems, (pagetls_rule) rule, depth), "again");
        }
        CHECK_INT(problems->count, warns ? 0 : PAGETLS_PROBLEMS_MAX);
        CHECK_INT(problems->warnings_count, warns ? PAGETLS_WARNINGS_MAX : 0);
        pagetls_json_free(&json);
        pagetls_heap_free(problems);
    }
}

static void shortens_long_lists_of_names(void)
{
    case_files f;
    REQUIRE(read_files(&f, "huge-chain", 0));
    pagetls_verification *verification = prepare(&f, "other.test");
    REQUIRE(verification != NULL);
    const char *report = pagetls_verification_run(verification);
    CHECK(contains(report, "expected other.test, but the certificate is for "));
    CHECK(contains(report, " more\""));
    pagetls_verification_free(verification);
    free_files(&f);
}

const native_test certificates_tests[] = {
    { "every certificate of the test PKI is described as JSON or rejected", describes_every_certificate },
    { "a truncated certificate is rejected", rejects_truncated },
    { "a corrupted certificate is described as JSON or rejected", describes_corrupted_or_rejects },
    { "a description is complete, or an error if an allocation failed", describes_or_reports_out_of_memory },
    { "a trust store accepts PEM and DER, and counts its certificates", store_accepts_pem_and_der },
    { "a trust store skips what it cannot use, and reports each with its place and reason",
      store_skips_what_it_cannot_use },
    { "a trust store keeps a limited report, and counts the rest", store_keeps_a_limited_report },
    { "a trust store is freed with its last reference", store_is_reference_counted },
    { "a trust store survives failed allocations", store_survives_failed_allocations },
    { "a trust store keeps the dates of Mozilla's list", store_keeps_what_mozilla_says },
    { "a trust store tells Mozilla's roots from the user's", store_recognizes_mozillas_roots },
    { "with a damaged list, all roots count as Mozilla's", damaged_list_makes_all_mozillas },
    { "a list of roots survives failed allocations", list_survives_failed_allocations },
    { "a verification can be run again, with another clock or name", verifies_again },
    { "nothing is trusted without anchors", trusts_nothing_by_default },
    { "an unreadable certificate is ignored or reported, and fails the verification if it is the leaf",
      reports_unreadable_certificates },
    { "inputs out of range are rejected", rejects_inputs_out_of_range },
    { "no chain is valid if an allocation failed", is_never_valid_without_memory },
    { "every rule has a code, a flag and a sentence", describes_every_rule },
    { "a long list of names is shortened", shortens_long_lists_of_names },
    { NULL, NULL },
};
