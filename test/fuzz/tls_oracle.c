/* Checks the report of a connection that says ok: verifies its certificates again, without the connection. */
#include <stdlib.h>
#include <string.h>

#include "../helpers/add_crls.h"
#include "mbedtls/base64.h"
#include "pagetls.h"
#include "tls.h"

/* Adds the certificates of the array "sent", each DER in base64. Returns their number. */
static size_t add_sent(pagetls_verification *v, const char *report)
{
    static uint8_t der[1 << 16];
    static const char key[] = "\"sent\":[";
    const char *at = strstr(report, key);
    size_t count = 0;
    FUZZ_ASSERT(at != NULL);
    for (at += strlen(key); *at == '"'; at += *at == ',') {
        const char *end = strchr(++at, '"');
        size_t len = 0;
        FUZZ_ASSERT(end != NULL && (end[1] == ',' || end[1] == ']'));
        FUZZ_ASSERT(mbedtls_base64_decode(der, sizeof(der), &len, (const uint8_t *) at, (size_t) (end - at)) == 0);
        int added = pagetls_verification_add_chain(v, der, len);
        FUZZ_ASSERT(added == 1 || count > 0); /* an unreadable certificate after the leaf may be ignored */
        count++;
        at = end + 1;
    }
    FUZZ_ASSERT(*at == ']');
    return count;
}

void fuzz_tls_check_report(const char *report, const fuzz_case *input)
{
    pagetls_verification *v = pagetls_verification_new();
    pagetls_trust_store *trust = pagetls_trust_store_new();
    fuzz_record host = fuzz_find(input, FUZZ_HOST);
    FUZZ_ASSERT(v != NULL && trust != NULL);
    for (size_t i = 0; i < input->count; i++) {
        const fuzz_record *record = &input->record[i];
        if (record->type == FUZZ_ANCHOR) {
            (void) pagetls_trust_store_add(trust, record->p, record->len);
        } else if (record->type == FUZZ_CRL) {
            (void) add_crls(v, record->p, record->len);
        }
    }
    FUZZ_ASSERT(add_sent(v, report) > 0);
    pagetls_verification_set_trust(v, trust);
    pagetls_verification_set_clock(v, fuzz_clock(input));
    (void) pagetls_verification_set_profile(v, input->options & FUZZ_PROFILE);
    (void) pagetls_verification_set_hostname(v, (const char *) host.p, host.len);
    const char *standalone = pagetls_verification_run(v);
    FUZZ_ASSERT(standalone != NULL && strncmp(standalone, "{\"ok\":true,", 11) == 0);
    pagetls_verification_free(v);
    pagetls_trust_store_free(trust);
}
