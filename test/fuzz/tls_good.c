/* A connection's report that says ok, looked at once more: the certificates in it are verified alone. */
#include <stdlib.h>
#include <string.h>

#include "mbedtls/base64.h"
#include "pagetls.h"
#include "tls.h"

/* Adds the certificates of the array "sent", base64 of DER each; how many there were. */
static size_t add_sent(pagetls_verification *v, const char *report)
{
    static uint8_t der[1 << 16];
    static const char key[] = "\"sent\":[";
    const char *at = strstr(report, key);
    size_t count = 0;
    FUZZ_MUST(at != NULL);
    for (at += strlen(key); *at == '"'; at += *at == ',') {
        const char *end = strchr(++at, '"');
        size_t len = 0;
        FUZZ_MUST(end != NULL && (end[1] == ',' || end[1] == ']'));
        FUZZ_MUST(mbedtls_base64_decode(der, sizeof(der), &len, (const uint8_t *) at, (size_t) (end - at)) == 0);
        int added = pagetls_verification_add_chain(v, der, len);
        FUZZ_MUST(added == 1 || count > 0); /* what cannot be read after the leaf may be passed over */
        count++;
        at = end + 1;
    }
    FUZZ_MUST(*at == ']');
    return count;
}

void fuzz_tls_must_be_good(const char *report, const fuzz_case *input)
{
    pagetls_verification *v = pagetls_verification_new();
    pagetls_trust_store *trust = pagetls_trust_store_new();
    fuzz_record host = fuzz_find(input, FUZZ_HOST);
    FUZZ_MUST(v != NULL && trust != NULL);
    for (size_t i = 0; i < input->count; i++) {
        const fuzz_record *record = &input->record[i];
        if (record->type == FUZZ_ANCHOR) {
            (void) pagetls_trust_store_add(trust, record->p, record->len, NULL);
        } else if (record->type == FUZZ_CRL) {
            (void) pagetls_verification_add_crls(v, record->p, record->len);
        }
    }
    FUZZ_MUST(add_sent(v, report) > 0);
    pagetls_verification_set_trust(v, trust);
    pagetls_verification_set_clock(v, fuzz_clock(input));
    (void) pagetls_verification_set_profile(v, input->options & FUZZ_PROFILE);
    (void) pagetls_verification_set_hostname(v, (const char *) host.p, host.len);
    const char *alone = pagetls_verification_run(v);
    FUZZ_MUST(alone != NULL && strncmp(alone, "{\"ok\":true,", 11) == 0);
    pagetls_verification_free(v);
    pagetls_trust_store_free(trust);
}
