#include "verify/verdict.h"

#include <stdio.h>
#include <string.h>

#include "describe.h"
#include "pagetls.h"
#include "platform.h"
#include "verify/names.h"

typedef struct {
    uint32_t flag;
    const char *name; /* Mbed TLS's own, MBEDTLS_X509_… */
    const char *text; /* Mbed TLS's own */
} flag_info;

#define X509_CRT_ERROR_INFO(flag, name, text) { flag, name, text },
static const flag_info flag_table[] = { MBEDTLS_X509_CRT_ERROR_INFO_LIST };
#define FLAG_COUNT (sizeof(flag_table) / sizeof(flag_table[0]))
#define NAME_PREFIX "MBEDTLS_X509_"

static const char *reference_of(uint32_t flag)
{
    switch (flag) {
        case MBEDTLS_X509_BADCERT_EXPIRED:
        case MBEDTLS_X509_BADCERT_FUTURE:        return "RFC 5280, section 4.1.2.5";
        case MBEDTLS_X509_BADCERT_CN_MISMATCH:   return "RFC 9525, section 6";
        case MBEDTLS_X509_BADCERT_KEY_USAGE:     return "RFC 5280, section 4.2.1.3";
        case MBEDTLS_X509_BADCERT_EXT_KEY_USAGE: return "RFC 5280, section 4.2.1.12";
        case MBEDTLS_X509_BADCERT_REVOKED:
        case MBEDTLS_X509_BADCRL_NOT_TRUSTED:    return "RFC 5280, section 6.3.3";
        case MBEDTLS_X509_BADCRL_EXPIRED:        return "RFC 5280, section 5.1.2.5";
        case MBEDTLS_X509_BADCRL_FUTURE:         return "RFC 5280, section 5.1.2.4";
        case MBEDTLS_X509_BADCRL_BAD_MD:
        case MBEDTLS_X509_BADCRL_BAD_PK:
        case MBEDTLS_X509_BADCRL_BAD_KEY:        return "RFC 5280, section 5.1.1.2";
        case MBEDTLS_X509_BADCERT_BAD_MD:
        case MBEDTLS_X509_BADCERT_BAD_PK:
        case MBEDTLS_X509_BADCERT_BAD_KEY:       return "RFC 5280, section 4.1.1.2";
        default:                                 return "RFC 5280, section 6.1";
    }
}

static void keep(pagetls_verdict *verdict, pagetls_der *slot, const uint8_t *der, size_t len, size_t *count)
{
    slot->der = pagetls_heap_copy(der, len);
    slot->len = len;
    if (slot->der == NULL) {
        verdict->incomplete = 1;
    } else {
        (*count)++;
    }
}

void pagetls_verdict_add_sent(pagetls_verdict *verdict, const uint8_t *der, size_t len)
{
    if (verdict->sent_len < PAGETLS_VERDICT_SENT_MAX) {
        keep(verdict, &verdict->sent[verdict->sent_len], der, len, &verdict->sent_len);
    }
}

void pagetls_verdict_add_path(pagetls_verdict *verdict, const mbedtls_x509_crt *certificate)
{
    if (verdict->path_len < MBEDTLS_X509_MAX_VERIFY_CHAIN_SIZE) {
        keep(verdict, &verdict->path[verdict->path_len], certificate->raw.p, certificate->raw.len,
             &verdict->path_len);
    }
}

/* --- a sentence for each problem --------------------------------------------- */

typedef struct {
    char text[600];
    size_t len;
} sentence;

static void say(sentence *s, const char *text, size_t len)
{
    size_t room = sizeof(s->text) - 1 - s->len;
    if (len > room) {
        len = room;
    }
    memcpy(s->text + s->len, text, len);
    s->len += len;
    s->text[s->len] = '\0';
}

static void say_string(sentence *s, const char *text)
{
    say(s, text, strlen(text));
}

static void say_time(sentence *s, const mbedtls_x509_time *time)
{
    char text[24];
    pagetls_format_time(text, time);
    say_string(s, text);
}

static void say_clock(sentence *s, int64_t seconds)
{
    mbedtls_x509_time time;
    mbedtls_x509_time_gmtime((mbedtls_time_t) seconds, &time);
    say_time(s, &time);
}

/* Hides what is not printable: the text comes from the peer. */
static void say_foreign(sentence *s, const uint8_t *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        char c = text[i] > 0x20 && text[i] < 0x7F ? (char) text[i] : '?';
        say(s, &c, 1);
    }
}

static void say_names(sentence *s, const mbedtls_x509_crt *certificate)
{
    size_t count = 0;
    for (const mbedtls_x509_sequence *san = &certificate->subject_alt_names;
         san != NULL && san->buf.p != NULL; san = san->next) {
        int tag = san->buf.tag & 0x1F;
        if (tag != PAGETLS_NAME_DNS && tag != PAGETLS_NAME_IP) {
            continue;
        }
        if (++count > 10) {
            say_string(s, ", and more");
            return;
        }
        say_string(s, count == 1 ? "it names " : ", ");
        if (tag == PAGETLS_NAME_DNS) {
            say_foreign(s, san->buf.p, san->buf.len);
        } else {
            char text[48];
            pagetls_format_ip(text, san->buf.p, san->buf.len);
            say_string(s, text);
        }
    }
    if (count == 0) {
        say_string(s, "it names no host (subjectAltName)");
    }
}

static void say_details(sentence *s, const pagetls_verdict *verdict, uint32_t flag,
                        const mbedtls_x509_crt *certificate, const pagetls_hostname *hostname)
{
    switch (flag) {
        case MBEDTLS_X509_BADCERT_EXPIRED:
            say_string(s, ": it was valid until ");
            say_time(s, &certificate->valid_to);
            say_string(s, ", and was judged at ");
            say_clock(s, verdict->time);
            break;
        case MBEDTLS_X509_BADCERT_FUTURE:
            say_string(s, ": it is valid from ");
            say_time(s, &certificate->valid_from);
            say_string(s, ", and was judged at ");
            say_clock(s, verdict->time);
            break;
        case MBEDTLS_X509_BADCERT_CN_MISMATCH:
            say_string(s, ": expected ");
            say_string(s, hostname->text);
            say_string(s, ", but ");
            say_names(s, certificate);
            break;
        default:
            break;
    }
}

/* The code that JS shows: ERR_TLS_CERT_… or ERR_TLS_CRL_…, from Mbed TLS's name. */
static void write_problem(pagetls_json *json, size_t depth, const flag_info *info, const char *message)
{
    char code[64];
    const char *name = info->name + strlen(NAME_PREFIX);
    int crl = strncmp(name, "BADCRL_", 7) == 0;
    snprintf(code, sizeof(code), "ERR_TLS_%s_%s", crl ? "CRL" : "CERT", name + (crl ? 7 : 8));
    pagetls_json_object(json, NULL);
    pagetls_json_int(json, "depth", (int64_t) depth);
    pagetls_json_string(json, "code", code);
    pagetls_json_string(json, "flag", name);
    pagetls_json_string(json, "message", message);
    pagetls_json_string(json, "reference", reference_of(info->flag));
    pagetls_json_end_object(json);
}

void pagetls_verdict_add_flags(pagetls_verdict *verdict, size_t depth, uint32_t flags,
                               const mbedtls_x509_crt *certificate,
                               const pagetls_hostname *hostname)
{
    for (size_t i = 0; i < FLAG_COUNT; i++) {
        if ((flags & flag_table[i].flag) == 0) {
            continue;
        }
        sentence s = { .len = 0 };
        say_string(&s, flag_table[i].text);
        if (s.len > 0 && s.text[s.len - 1] == '.') {
            s.text[--s.len] = '\0';
        }
        if (certificate != NULL) {
            say_details(&s, verdict, flag_table[i].flag, certificate, hostname);
        }
        write_problem(&verdict->problems, depth, &flag_table[i], s.text);
    }
}

void pagetls_verdict_add_parse_error(pagetls_verdict *verdict, size_t depth, int error)
{
    pagetls_json *json = &verdict->problems;
    pagetls_json_object(json, NULL);
    pagetls_json_int(json, "depth", (int64_t) depth);
    pagetls_json_string(json, "code", "ERR_TLS_CERT_PARSE");
    pagetls_json_null(json, "flag");
    pagetls_json_string(json, "message", pagetls_error_text(error));
    pagetls_json_string(json, "reference", "RFC 5280, section 4.1");
    pagetls_json_end_object(json);
}

/* --- the report ------------------------------------------------------------------ */

static void write_certificates(pagetls_json *json, const char *key, const pagetls_der *list, size_t count)
{
    pagetls_json_array(json, key);
    for (size_t i = 0; i < count; i++) {
        pagetls_json_base64(json, NULL, list[i].der, list[i].len);
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
    pagetls_json_array(json, "problems");
    if (verdict->problems.len > 0 || verdict->problems.failed) {
        pagetls_json_elements(json, &verdict->problems);
    }
    pagetls_json_end_array(json);
    write_certificates(json, "path", verdict->path, verdict->path_len);
    write_certificates(json, "sent", verdict->sent, verdict->sent_len);
    pagetls_json_end_object(json);
}

static void drop(pagetls_der *list, size_t *count)
{
    for (size_t i = 0; i < *count; i++) {
        pagetls_heap_free(list[i].der);
    }
    *count = 0;
}

void pagetls_verdict_reset(pagetls_verdict *verdict)
{
    /* `incomplete` stays: a certificate that could not be kept is still missing. */
    drop(verdict->path, &verdict->path_len);
    pagetls_json_free(&verdict->problems);
    verdict->judged = 0;
    verdict->flags = 0;
}

void pagetls_verdict_drop_certificates(pagetls_verdict *verdict)
{
    drop(verdict->path, &verdict->path_len);
    drop(verdict->sent, &verdict->sent_len);
}

void pagetls_verdict_clear(pagetls_verdict *verdict)
{
    pagetls_verdict_drop_certificates(verdict);
    pagetls_json_free(&verdict->problems);
    memset(verdict, 0, sizeof(*verdict));
}
