#define MBEDTLS_ALLOW_PRIVATE_ACCESS /* sig_md, sig_pk, sig and ca_istrue of a certificate */
#include "good.h"

#include <ctype.h>
#include <string.h>

#include "mbedtls/md.h"
#include "mbedtls/pk.h"
#include "mbedtls/x509_crl.h"
#include "verify/certificate.h"

static int same_text(const uint8_t *a, const char *b, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (tolower(a[i]) != b[i]) {
            return 0;
        }
    }
    return 1;
}

int fuzz_names_host(const mbedtls_x509_crt *crt, const pagetls_hostname *host)
{
    const char *parent = strchr(host->text, '.');
    for (const mbedtls_x509_sequence *san = &crt->subject_alt_names; san != NULL && san->buf.p != NULL; san = san->next) {
        const uint8_t *p = san->buf.p;
        size_t len = san->buf.len;
        if (san->buf.tag == 0x87 && host->ip_len > 0 && len == host->ip_len && memcmp(p, host->ip, len) == 0) {
            return 1;
        }
        if (san->buf.tag != 0x82 || host->ip_len > 0) {
            continue;
        }
        if (len == strlen(host->text) && same_text(p, host->text, len)) {
            return 1;
        }
        if (len > 2 && p[0] == '*' && parent != NULL && strchr(parent + 1, '.') != NULL && len - 1 == strlen(parent) &&
            same_text(p + 1, parent, len - 1)) {
            return 1;
        }
    }
    return 0;
}

/* Certificates and lists have these fields under the same names. */
#define IS_SIGNED_BY(document, issuer)                                                                          \
    is_signature((document)->sig_pk, (document)->sig_opts, (document)->sig_md, &(document)->tbs, &(document)->sig, issuer)

static int is_signature(mbedtls_pk_type_t pk, const void *options, mbedtls_md_type_t md, const mbedtls_x509_buf *tbs,
                        const mbedtls_x509_buf *signature, mbedtls_x509_crt *issuer)
{
    uint8_t hash[MBEDTLS_MD_MAX_SIZE];
    const mbedtls_md_info_t *info = mbedtls_md_info_from_type(md);
    return info != NULL && mbedtls_md(info, tbs->p, tbs->len, hash) == 0 &&
        mbedtls_pk_verify_ext(pk, options, &issuer->pk, md, hash, mbedtls_md_get_size(info), signature->p,
                              signature->len) == 0;
}

/* Mbed TLS's own reader of lists knows no critical extension, but lengths that are not DER's: such a list was not
 * taken. A list with a scope is no list of everything, and one that another key signed may stand beside one of this. */
static void must_not_be_listed(const fuzz_record *record, const mbedtls_x509_crt *crt)
{
    static const uint8_t scope[] = { 0x06, 0x03, 0x55, 0x1D, 28 };
    pagetls_crl *taken = NULL;
    if (pagetls_crl_add(&taken, record->p, record->len) != 0) {
        return;
    }
    pagetls_crl_free(&taken);
    mbedtls_x509_crl list;
    mbedtls_x509_crl_init(&list);
    int scoped = 0;
    for (size_t i = 0; i + sizeof(scope) <= record->len; i++) {
        scoped |= memcmp(record->p + i, scope, sizeof(scope)) == 0;
    }
    if (!scoped && mbedtls_x509_crl_parse_der(&list, record->p, record->len) == 0 &&
        list.issuer_raw.len == crt->issuer_raw.len &&
        memcmp(list.issuer_raw.p, crt->issuer_raw.p, crt->issuer_raw.len) == 0 && IS_SIGNED_BY(&list, crt->next)) {
        FUZZ_MUST(!mbedtls_x509_crt_is_revoked(crt, &list));
    }
    mbedtls_x509_crl_free(&list);
}

static void must_be_good_path(const pagetls_verdict *verdict, mbedtls_x509_crt *path, const fuzz_case *input, unsigned how)
{
    mbedtls_x509_crt *crt = path;
    for (size_t depth = 0; depth < verdict->path_len; depth++, crt = crt->next) {
        FUZZ_MUST(crt != NULL);
        FUZZ_MUST(!mbedtls_x509_time_is_past(&crt->valid_to) && !mbedtls_x509_time_is_future(&crt->valid_from));
        FUZZ_MUST(depth == 0 || crt->ca_istrue);
        if (depth + 1 == verdict->path_len) {
            break;
        }
        FUZZ_MUST(IS_SIGNED_BY(crt, crt->next));
        for (size_t i = 0; i < input->count && !(how & (FUZZ_LOOSE | FUZZ_NO_CRLS)); i++) {
            if (input->record[i].type == FUZZ_CRL) {
                must_not_be_listed(&input->record[i], crt);
            }
        }
    }
}

void fuzz_must_be_good(const pagetls_verification *v, const mbedtls_x509_crt *anchors, const fuzz_case *input, unsigned how)
{
    const pagetls_verdict *verdict = &v->verdict;
    mbedtls_x509_crt path;
    int anchored = 0;
    FUZZ_MUST(verdict->judged && verdict->flags == 0 && verdict->problems.len == 0);
    FUZZ_MUST(verdict->path_len > 0 && verdict->tried > 0);
    FUZZ_MUST(verdict->path[0].len == verdict->sent[0].len);
    FUZZ_MUST(memcmp(verdict->path[0].der, verdict->sent[0].der, verdict->path[0].len) == 0);
    const pagetls_der *last = &verdict->path[verdict->path_len - 1];
    for (; anchors != NULL; anchors = anchors->next) {
        anchored |= anchors->raw.len == last->len && memcmp(anchors->raw.p, last->der, last->len) == 0;
    }
    FUZZ_MUST(anchored);
    mbedtls_x509_crt_init(&path);
    for (size_t i = 0; i < verdict->path_len; i++) {
        int error = 0;
        char *text = pagetls_describe_certificate(verdict->path[i].der, verdict->path[i].len, &error);
        FUZZ_MUST(text != NULL && error == 0);
        pagetls_free(text);
        FUZZ_MUST(pagetls_certificate_parse(&path, verdict->path[i].der, verdict->path[i].len, 1) == 0);
    }
    FUZZ_MUST(v->hostname.text[0] == '\0' || fuzz_names_host(&path, &v->hostname));
    must_be_good_path(verdict, &path, input, how);
    mbedtls_x509_crt_free(&path);
}
