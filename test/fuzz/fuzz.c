#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pagetls.h"
#include "pem_blocks.h"
#include "platform.h"

/* The clock of the cases: 2026-06-15T12:00:00Z. */
double pagetls_host_now(void)
{
    return 1781524800000.0;
}

int pagetls_host_random(uint8_t *out, size_t len)
{
    memset(out, 7, len);
    return 0;
}

typedef struct {
    fuzz_document *list;
    size_t max;
    size_t count;
} gathering;

static int gather(void *context, const uint8_t *der, size_t len)
{
    gathering *g = context;
    if (g->count < g->max) {
        fuzz_document *document = &g->list[g->count++];
        document->der = malloc(len);
        document->len = len;
        memcpy(document->der, der, len);
    }
    return 0;
}

static size_t read_file(const char *name, const char *file, const char *label, fuzz_document *list, size_t max)
{
    const char *directory = getenv("PAGETLS_FUZZ_CERTS");
    static uint8_t text[65536];
    char path[512];
    snprintf(path, sizeof(path), "%s/%s/%s", directory != NULL ? directory : "build/certs", name, file);
    FILE *in = fopen(path, "rb");
    if (in == NULL) {
        return 0;
    }
    gathering g = { list, max, 0 };
    size_t len = fread(text, 1, sizeof(text), in);
    fclose(in);
    (void) pagetls_pem_walk(text, len, label, gather, &g, NULL);
    return g.count;
}

const fuzz_case *fuzz_cases(void)
{
    static const char *const names[FUZZ_CASES] = { "good-p256", "good-rich", "good-crl", "revoked-intermediate",
                                                   "good-rsa-pss", "good-mixed", "path-length", "good-ip" };
    static fuzz_case cases[FUZZ_CASES];
    static int started;
    if (!started) {
        started = 1;
        for (size_t i = 0; i < FUZZ_CASES; i++) {
            cases[i].chain_len = read_file(names[i], "chain.pem", "CERTIFICATE", cases[i].chain, FUZZ_CERTIFICATES);
            (void) read_file(names[i], "crl.pem", "X509 CRL", &cases[i].crl, 1);
            if (cases[i].chain_len == 0 || read_file(names[i], "roots.pem", "CERTIFICATE", &cases[i].anchor, 1) == 0) {
                fprintf(stderr, "There is no case %s: run 'node certs/generate.js build/certs', and here.\n", names[i]);
                exit(1);
            }
        }
        if (pagetls_start() != 0) {
            abort();
        }
    }
    return cases;
}

uint8_t fuzz_octet(fuzz_input *input)
{
    if (input->len == 0) {
        return 0;
    }
    input->len--;
    return *input->p++;
}

fuzz_document fuzz_change(fuzz_document document, fuzz_input *input, unsigned changes)
{
    fuzz_document out = { malloc(document.len + 256 * changes + 1), document.len };
    if (document.len > 0) {
        memcpy(out.der, document.der, document.len);
    }
    while (changes-- > 0 && input->len > 0) {
        uint8_t kind = fuzz_octet(input);
        size_t at = fuzz_octet(input);
        at = (at << 8 | fuzz_octet(input)) % (out.len + 1);
        size_t count = kind & 0x3F;
        if (kind < 0x80 && at < out.len) {          /* other octets */
            for (size_t i = 0; i <= count % 8 && at + i < out.len; i++) {
                out.der[at + i] = fuzz_octet(input);
            }
        } else if (kind < 0xC0) {                   /* more octets */
            memmove(out.der + at + count, out.der + at, out.len - at);
            out.len += count;
            for (size_t i = 0; i < count; i++) {
                out.der[at + i] = fuzz_octet(input);
            }
        } else if (out.len - at >= count) {         /* fewer octets */
            memmove(out.der + at, out.der + at + count, out.len - at - count);
            out.len -= count;
        }
    }
    return out;
}
