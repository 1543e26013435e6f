/* A chain judged without a connection: the same verification, fed from PEM or DER. */
#include <string.h>

#include "pem_blocks.h"
#include "platform.h"
#include "verify/verify.h"

typedef struct {
    pagetls_verification verification; /* first: the public handle points here */
    pagetls_json report;
} standalone;

pagetls_verification *pagetls_verification_new(void)
{
    standalone *alone = pagetls_heap_calloc(1, sizeof(*alone));
    if (alone == NULL) {
        return NULL;
    }
    pagetls_verification_init(&alone->verification);
    return &alone->verification;
}

void pagetls_verification_free(pagetls_verification *verification)
{
    if (verification != NULL) {
        standalone *alone = (standalone *) (void *) verification;
        pagetls_verification_clear(&alone->verification);
        pagetls_json_free(&alone->report);
        pagetls_heap_free(alone);
    }
}

static int add_certificate(void *context, const uint8_t *der, size_t len)
{
    pagetls_verification *verification = context;
    if (verification->verdict.sent_len >= PAGETLS_VERDICT_SENT_MAX) {
        return PAGETLS_ERR_OPTION;
    }
    pagetls_verdict_add_sent(&verification->verdict, der, len);
    return 0;
}

int pagetls_verification_add_chain(pagetls_verification *verification, const uint8_t *input, size_t len)
{
    int ret = pagetls_pem_walk(input, len, "CERTIFICATE", add_certificate, verification, NULL);
    return ret == 0 ? PAGETLS_ERR_NO_PEM : ret;
}

const char *pagetls_verification_run(pagetls_verification *verification)
{
    standalone *alone = (standalone *) (void *) verification;
    pagetls_verdict *verdict = &verification->verdict;
    mbedtls_x509_crt chain;
    uint32_t flags;
    int readable = verdict->sent_len > 0;

    pagetls_verdict_reset(verdict);
    mbedtls_x509_crt_init(&chain);
    /* As in a handshake: the leaf must be readable; another that is not is passed over. */
    for (size_t i = 0; i < verdict->sent_len && readable; i++) {
        int ret = pagetls_certificate_parse(&chain, verdict->sent[i].der, verdict->sent[i].len, 0);
        verdict->incomplete |= pagetls_is_want_of_memory(ret);
        pagetls_verdict_set_unreadable(verdict, i, ret);
        if (ret != 0 && i == 0) {
            pagetls_verdict_add_parse_error(verdict, 0, ret);
            readable = 0;
        }
    }
    if (readable) {
        pagetls_verification_judge(verification, &chain, &flags);
    }
    mbedtls_x509_crt_free(&chain);

    pagetls_json_free(&alone->report);
    pagetls_verdict_write(verdict, &alone->report, NULL);
    return pagetls_json_finish(&alone->report);
}
