/* Name constraints of a CA against the names of a certificate, and a host name against them.
 * The input: the lengths of three parts, then these: nameConstraints, subjectAltName, subject. */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "pagetls.h"
#include "verify/name_constraints.h"
#include "verify/names.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint8_t *part(fuzz_input *input, size_t want, size_t *len)
{
    *len = want < input->len ? want : input->len;
    uint8_t *copy = malloc(*len + 1); /* of its own, so that a read over its end is seen */
    copy = realloc(copy, *len > 0 ? *len : 1);
    memcpy(copy, input->p, *len);
    input->p += *len;
    input->len -= *len;
    return copy;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static pagetls_problems problems;
    fuzz_input input = { data, size };
    size_t lengths[3];
    uint8_t *parts[3];
    mbedtls_x509_crt crt;
    pagetls_certificate ca;
    pagetls_certificate subject;
    pagetls_hostname host;
    size_t comparisons = 200;

    for (int i = 0; i < 3; i++) {
        lengths[i] = fuzz_octet(&input);
    }
    for (int i = 0; i < 3; i++) {
        parts[i] = part(&input, lengths[i], &lengths[i]);
    }
    memset(&crt, 0, sizeof(crt));
    memset(&ca, 0, sizeof(ca));
    memset(&subject, 0, sizeof(subject));
    crt.subject_raw.p = parts[2];
    crt.subject_raw.len = lengths[2];
    subject.crt = &crt;
    ca.crt = &crt;
    ca.ext[PAGETLS_EXT_NAME_CONSTRAINTS] = (pagetls_slice) { parts[0], lengths[0] };
    if (lengths[1] > 0) {
        subject.ext[PAGETLS_EXT_SAN] = (pagetls_slice) { parts[1], lengths[1] };
    }
    problems.count = 0;
    pagetls_name_constraints_form(&ca, 1, &problems);
    pagetls_name_constraints_apply(&ca, &subject, 0, &comparisons, &problems);
    crt.subject_alt_names.buf = (mbedtls_x509_buf) { 0x80 | (int) (size % 9), lengths[1], parts[1] };
    if (pagetls_hostname_read(&host, (const char *) parts[2], lengths[2]) == 0) {
        (void) pagetls_names_match(&crt, &host);
    }
    for (int i = 0; i < 3; i++) {
        free(parts[i]);
    }
    return 0;
}
