#include "verify/verdict.h"

#include <string.h>

#include "describe.h"
#include "format.h"
#include "mbedtls/ecp.h"
#include "mbedtls/pk.h"
#include "pagetls.h"
#include "platform.h"

typedef struct {
    uint32_t flag;
    const char *name; /* Mbed TLS's own, MBEDTLS_X509_… */
    const char *text; /* and its own words */
} flag_info;

#define X509_CRT_ERROR_INFO(flag, name, text) { flag, name, text },
static const flag_info flag_table[] = { MBEDTLS_X509_CRT_ERROR_INFO_LIST };
#define FLAG_COUNT (sizeof(flag_table) / sizeof(flag_table[0]))
#define NAME_PREFIX "MBEDTLS_X509_"

static const flag_info *find_flag(uint32_t flag)
{
    size_t i = 0;
    while (i < FLAG_COUNT - 1 && flag_table[i].flag != flag) {
        i++;
    }
    return &flag_table[i];
}

static void keep(pagetls_verdict *verdict, pagetls_der *slot, const uint8_t *der, size_t len, size_t *count)
{
    slot->der = pagetls_heap_copy(der, len);
    slot->len = len;
    slot->place = -1;
    if (slot->der == NULL) {
        verdict->incomplete = 1;
    } else {
        (*count)++;
    }
}

static int grow_sent(pagetls_verdict *verdict)
{
    if (verdict->sent_len < verdict->sent_capacity) {
        return 0;
    }
    size_t capacity = verdict->sent_capacity == 0 ? 4 : 2 * verdict->sent_capacity;
    pagetls_der *sent = pagetls_heap_calloc(capacity, sizeof(*sent));
    if (sent == NULL) {
        verdict->incomplete = 1;
        return -1;
    }
    if (verdict->sent_len > 0) {
        memcpy(sent, verdict->sent, verdict->sent_len * sizeof(*sent));
    }
    pagetls_heap_free(verdict->sent);
    verdict->sent = sent;
    verdict->sent_capacity = capacity;
    return 0;
}

void pagetls_verdict_add_sent(pagetls_verdict *verdict, const uint8_t *der, size_t len)
{
    if (verdict->sent_len < PAGETLS_VERDICT_SENT_MAX && grow_sent(verdict) == 0) {
        keep(verdict, &verdict->sent[verdict->sent_len], der, len, &verdict->sent_len);
    }
}

void pagetls_verdict_write_problem(pagetls_json *json, const pagetls_problem *problem)
{
    const pagetls_rule_info *info = pagetls_rule_get(problem->rule);
    char code[64];
    char message[PAGETLS_DETAIL_MAX + 160];
    pagetls_format(code, sizeof(code), "ERR_TLS_%s", info->code);
    pagetls_format(message, sizeof(message), "%s%s%s", info->text, problem->detail[0] != '\0' ? ": " : "", problem->detail);
    pagetls_json_object(json, NULL);
    pagetls_json_int(json, "depth", problem->depth);
    pagetls_json_string(json, "code", code);
    pagetls_json_string(json, "flag", find_flag(info->flag)->name + strlen(NAME_PREFIX));
    pagetls_json_string(json, "flagText", find_flag(info->flag)->text);
    pagetls_json_string(json, "message", message);
    pagetls_json_string(json, "reference", info->reference);
    pagetls_json_end_object(json);
}

static void write_problems(pagetls_json *json, const pagetls_attempt *attempt)
{
    for (size_t depth = 0; depth < attempt->path.len; depth++) {
        for (size_t i = 0; i < attempt->problems.count; i++) {
            if (attempt->problems.list[i].depth == depth) {
                pagetls_verdict_write_problem(json, &attempt->problems.list[i]);
            }
        }
    }
}

/* Where among the certificates that were sent; -1 when it was not. */
static int place_of(const pagetls_verdict *verdict, const mbedtls_x509_buf *raw)
{
    for (size_t i = 0; i < verdict->sent_len; i++) {
        if (pagetls_slice_equal((pagetls_slice) { verdict->sent[i].der, verdict->sent[i].len }, raw->p, raw->len)) {
            return (int) i;
        }
    }
    return -1;
}

/* A certificate that was sent is written as its place there. */
static void write_certificate(pagetls_json *json, int place, const uint8_t *der, size_t len)
{
    if (place >= 0) {
        pagetls_json_int(json, NULL, place);
    } else {
        pagetls_json_base64(json, NULL, der, len);
    }
}

static void write_other(pagetls_verdict *verdict, const pagetls_attempt *attempt)
{
    pagetls_json *json = &verdict->others;
    pagetls_json_object(json, NULL);
    pagetls_json_array(json, "path");
    for (size_t i = 0; i < attempt->path.len; i++) {
        const mbedtls_x509_buf *raw = &attempt->certificates[i].crt->raw;
        write_certificate(json, place_of(verdict, raw), raw->p, raw->len);
    }
    pagetls_json_end_array(json);
    pagetls_json_array(json, "problems");
    write_problems(json, attempt);
    pagetls_json_end_array(json);
    pagetls_json_end_object(json);
}

static void keep_in_path(pagetls_verdict *verdict, const mbedtls_x509_buf *raw)
{
    pagetls_der *slot = &verdict->path[verdict->path_len];
    slot->place = place_of(verdict, raw);
    if (slot->place < 0) {
        keep(verdict, slot, raw->p, raw->len, &verdict->path_len);
    } else {
        slot->der = verdict->sent[slot->place].der;
        slot->len = raw->len;
        verdict->path_len++;
    }
}

void pagetls_verdict_take(pagetls_verdict *verdict, const pagetls_search_result *result)
{
    const pagetls_attempt *best = result->best;
    for (size_t i = 0; i < best->path.len; i++) {
        keep_in_path(verdict, &best->certificates[i].crt->raw);
    }
    memcpy(verdict->revocation_checked, best->revocation_checked, sizeof(verdict->revocation_checked));
    for (size_t i = 0; i < best->problems.count; i++) {
        verdict->flags |= pagetls_rule_get(best->problems.list[i].rule)->flag;
    }
    write_problems(&verdict->problems, best);
    verdict->tried = result->tried;
    for (size_t i = 0; i < result->others_count; i++) {
        write_other(verdict, result->others[i]);
    }
    /* What could not be read was not needed if all is well; else it may be what is missing. */
    for (size_t i = 0; verdict->flags != 0 && i < verdict->sent_len; i++) {
        if (verdict->sent[i].unreadable != 0) {
            pagetls_verdict_add_parse_error(verdict, i, verdict->sent[i].unreadable);
        }
    }
}

void pagetls_verdict_set_unreadable(pagetls_verdict *verdict, size_t index, int error)
{
    if (index < verdict->sent_len) {
        verdict->sent[index].unreadable = error;
    }
}

int pagetls_is_want_of_memory(int error)
{
    /* An error may be one of a module above and one of a module below in one number (error.h). */
    int high = -error & 0xFF80;
    int low = -error & 0x7F;
    return high == -MBEDTLS_ERR_X509_ALLOC_FAILED || high == -MBEDTLS_ERR_PK_ALLOC_FAILED ||
        high == -MBEDTLS_ERR_ECP_ALLOC_FAILED || low == -MBEDTLS_ERR_ASN1_ALLOC_FAILED ||
        low == -MBEDTLS_ERR_MPI_ALLOC_FAILED;
}

void pagetls_verdict_add_parse_error(pagetls_verdict *verdict, size_t depth, int error)
{
    pagetls_json *json = &verdict->problems;
    pagetls_json_object(json, NULL);
    pagetls_json_int(json, "depth", (int64_t) depth);
    pagetls_json_string(json, "code", "ERR_TLS_CERT_PARSE");
    pagetls_json_null(json, "flag");
    pagetls_json_null(json, "flagText");
    pagetls_json_string(json, "message", pagetls_error_text(error));
    pagetls_json_string(json, "reference", "RFC 5280, section 4.1");
    pagetls_json_end_object(json);
}

/* --- the report ------------------------------------------------------------------ */

static void write_certificates(pagetls_json *json, const char *key, const pagetls_der *list, size_t count)
{
    pagetls_json_array(json, key);
    for (size_t i = 0; i < count; i++) {
        write_certificate(json, list[i].place, list[i].der, list[i].len);
    }
    pagetls_json_end_array(json);
}

static void write_elements(pagetls_json *json, const char *key, const pagetls_json *elements)
{
    pagetls_json_array(json, key);
    if (elements->len > 0 || elements->failed) {
        pagetls_json_elements(json, elements);
    }
    pagetls_json_end_array(json);
}

void pagetls_verdict_write(const pagetls_verdict *verdict, pagetls_json *json, const char *key)
{
    int good = verdict->judged && !verdict->incomplete && !verdict->problems.failed &&
        verdict->flags == 0 && verdict->problems.len == 0;
    pagetls_json_object(json, key);
    pagetls_json_bool(json, "ok", good);
    pagetls_json_bool(json, "judged", verdict->judged);
    pagetls_json_int(json, "time", verdict->time);
    pagetls_json_array(json, "flags");
    for (size_t i = 0; verdict->judged && i < FLAG_COUNT; i++) {
        if (verdict->flags & flag_table[i].flag) {
            pagetls_json_string(json, NULL, flag_table[i].name + strlen(NAME_PREFIX));
        }
    }
    pagetls_json_end_array(json);
    write_elements(json, "problems", &verdict->problems);
    pagetls_json_int(json, "tried", (int64_t) verdict->tried);
    write_elements(json, "others", &verdict->others);
    pagetls_json_array(json, "revocation");
    for (size_t i = 0; i < verdict->path_len; i++) {
        pagetls_json_bool(json, NULL, verdict->revocation_checked[i]);
    }
    pagetls_json_end_array(json);
    write_certificates(json, "path", verdict->path, verdict->path_len);
    write_certificates(json, "sent", verdict->sent, verdict->sent_len);
    pagetls_json_end_object(json);
}

static void drop(pagetls_der *list, size_t *count)
{
    for (size_t i = 0; i < *count; i++) {
        if (list[i].place < 0) {
            pagetls_heap_free(list[i].der);
        }
    }
    *count = 0;
}

void pagetls_verdict_reset(pagetls_verdict *verdict)
{
    /* `incomplete` stays: a certificate that could not be kept is still missing. */
    drop(verdict->path, &verdict->path_len);
    pagetls_json_free(&verdict->problems);
    pagetls_json_free(&verdict->others);
    verdict->judged = 0;
    verdict->flags = 0;
}

void pagetls_verdict_drop_certificates(pagetls_verdict *verdict)
{
    drop(verdict->path, &verdict->path_len);
    drop(verdict->sent, &verdict->sent_len);
    pagetls_heap_free(verdict->sent);
    verdict->sent = NULL;
    verdict->sent_capacity = 0;
}

void pagetls_verdict_clear(pagetls_verdict *verdict)
{
    pagetls_verdict_drop_certificates(verdict);
    pagetls_json_free(&verdict->problems);
    pagetls_json_free(&verdict->others);
    memset(verdict, 0, sizeof(*verdict));
}
