#include <string.h>

#include "describe.h"
#include "format.h"
#include "oid_names.h"
#include "platform.h"
#include "verify/names.h"

void pagetls_format_time(char text[24], const mbedtls_x509_time *time)
{
    pagetls_format(text, 24, "%04u-%02u-%02uT%02u:%02u:%02uZ", (unsigned) time->year % 10000u,
             (unsigned) time->mon % 100u, (unsigned) time->day % 100u, (unsigned) time->hour % 100u,
             (unsigned) time->min % 100u, (unsigned) time->sec % 100u);
}

static int format_ipv6(char *text, size_t size, const uint8_t *ip)
{
    /* RFC 5952, section 4.2: the longest run of zero fields, two or more, becomes "::". */
    int best = -1;
    int best_len = 1;
    for (int i = 0; i < 8; i++) {
        int run = 0;
        while (i + run < 8 && ip[2 * (i + run)] == 0 && ip[2 * (i + run) + 1] == 0) {
            run++;
        }
        if (run > best_len) {
            best = i;
            best_len = run;
        }
    }
    int at = 0;
    for (int i = 0; i < 8; i++) {
        if (i == best) {
            at += pagetls_format(text + at, size - (size_t) at, i == 0 ? "::" : ":");
            i += best_len - 1;
            continue;
        }
        at += pagetls_format(text + at, size - (size_t) at, i == 7 ? "%x" : "%x:",
                       (unsigned) (ip[2 * i] << 8 | ip[2 * i + 1]));
    }
    return at;
}

void pagetls_format_ip(char text[48], const uint8_t *ip, size_t len)
{
    if (len == 4) {
        pagetls_format(text, 48, "%u.%u.%u.%u", ip[0], ip[1], ip[2], ip[3]);
    } else if (len == 8) {
        pagetls_format(text, 48, "%u.%u.%u.%u/%u.%u.%u.%u", ip[0], ip[1], ip[2], ip[3], ip[4], ip[5], ip[6], ip[7]);
    } else if (len == 16) {
        format_ipv6(text, 48, ip);
    } else {
        size_t shown = len > 20 ? 20 : len;
        text[0] = '\0';
        for (size_t i = 0; i < shown; i++) {
            pagetls_format(text + 2 * i, 48 - 2 * i, "%02X", ip[i]);
        }
    }
}

void pagetls_describe_oid(pagetls_json *json, const char *key, pagetls_slice oid)
{
    char dotted[PAGETLS_OID_TEXT];
    pagetls_oid_text(dotted, oid);
    pagetls_json_object(json, key);
    pagetls_json_string(json, "oid", dotted);
    pagetls_json_string(json, "name", pagetls_oid_name(dotted));
}

/* --- text of a directory string ------------------------------------------------ */

typedef struct {
    uint8_t *text;
    size_t len;
    size_t capacity;
    pagetls_json *json; /* fails when memory runs out, so that this is not taken for malformed input */
} text_buffer;

static int put_byte(text_buffer *out, uint8_t byte)
{
    if (out->len == out->capacity) {
        size_t capacity = out->capacity * 2 + 128;
        uint8_t *text = pagetls_heap_calloc(1, capacity);
        if (text == NULL) {
            out->json->failed = 1;
            return -1;
        }
        if (out->len > 0) {
            memcpy(text, out->text, out->len);
        }
        pagetls_heap_free(out->text);
        out->text = text;
        out->capacity = capacity;
    }
    out->text[out->len++] = byte;
    return 0;
}

static int put_code_point(text_buffer *out, uint32_t c)
{
    if (c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF)) {
        c = 0xFFFD;
    }
    if (c < 0x80) {
        return put_byte(out, (uint8_t) c);
    }
    int more = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
    static const uint8_t lead[] = { 0, 0xC0, 0xE0, 0xF0 };
    int ret = put_byte(out, (uint8_t) (lead[more] | c >> (6 * more)));
    while (ret == 0 && more-- > 0) {
        ret = put_byte(out, (uint8_t) (0x80 | (c >> (6 * more) & 0x3F)));
    }
    return ret;
}

/* UTF-8 from any of DirectoryString's choices (RFC 5280, appendix A). */
static int directory_string(text_buffer *out, const pagetls_element *value)
{
    size_t width = value->tag == DER_BMP_STRING ? 2 : value->tag == DER_UNIVERSAL_STRING ? 4 : 1;
    int ret = value->content.len % width == 0 ? 0 : -1;
    int utf8 = pagetls_json_is_utf8(value->content.p, value->content.len); /* else, as a rule, Latin-1 */
    for (size_t i = 0; ret == 0 && i < value->content.len; i += width) {
        const uint8_t *p = value->content.p + i;
        if (width == 1 && utf8) {
            ret = put_byte(out, p[0]);
        } else {
            uint32_t c = width == 1 ? p[0] : width == 2 ? (uint32_t) (p[0] << 8 | p[1])
                : (uint32_t) p[0] << 24 | (uint32_t) p[1] << 16 | (uint32_t) p[2] << 8 | p[3];
            ret = put_code_point(out, c);
        }
    }
    return ret;
}

/* Appends with the escapes of RFC 4514, section 2.4. */
static int put_escaped(text_buffer *out, const uint8_t *text, size_t len)
{
    int ret = 0;
    for (size_t i = 0; ret == 0 && i < len; i++) {
        uint8_t c = text[i];
        int edge = (i == 0 && (c == ' ' || c == '#')) || (i == len - 1 && c == ' ');
        if (edge || (c < 0x80 && strchr("\"+,;<>\\", c) != NULL && c != 0)) {
            ret = put_byte(out, '\\');
        }
        ret = ret == 0 ? put_byte(out, c) : ret;
    }
    return ret;
}

static int put_string(text_buffer *out, const char *text)
{
    int ret = 0;
    while (ret == 0 && *text != '\0') {
        ret = put_byte(out, (uint8_t) *text++);
    }
    return ret;
}

/* One AttributeTypeAndValue: an object into json, and its text form into out. */
static int describe_attribute(pagetls_json *json, text_buffer *out, pagetls_slice attribute)
{
    pagetls_slice oid;
    pagetls_element value;
    text_buffer text = { .json = json };
    char dotted[PAGETLS_OID_TEXT];
    if (pagetls_der_expect(&attribute, DER_OID, &oid) != 0 ||
        pagetls_der_next(&attribute, &value) != 0 || attribute.len != 0) {
        return -1;
    }
    int ret = directory_string(&text, &value);
    if (ret == 0) {
        pagetls_oid_text(dotted, oid);
        const char *name = pagetls_oid_name(dotted);
        pagetls_json_object(json, NULL);
        pagetls_json_string(json, "oid", dotted);
        pagetls_json_string(json, "name", name);
        pagetls_json_text(json, "value", text.text, text.len);
        pagetls_json_end_object(json);
        ret = put_string(out, name != NULL ? name : dotted) != 0 || put_byte(out, '=') != 0 ||
            put_escaped(out, text.text, text.len) != 0 ? -1 : 0;
    }
    pagetls_heap_free(text.text);
    return ret;
}

int pagetls_describe_name(pagetls_json *json, const char *key, pagetls_slice name)
{
    text_buffer text = { .json = json };
    pagetls_slice set;
    int ret = 0;
    pagetls_json_object(json, key);
    pagetls_json_array(json, "attributes");
    /* In the certificate's order: most general first, as certificate viewers show it. */
    while (ret == 0 && name.len > 0) {
        ret = pagetls_der_expect(&name, DER_SET, &set);
        for (int first = 1; ret == 0 && set.len > 0; first = 0) {
            pagetls_slice attribute;
            ret = pagetls_der_expect(&set, DER_SEQUENCE, &attribute);
            if (ret == 0 && text.len > 0) {
                ret = put_string(&text, first ? ", " : "+");
            }
            if (ret == 0) {
                ret = describe_attribute(json, &text, attribute);
            }
        }
    }
    pagetls_json_end_array(json);
    pagetls_json_text(json, "text", text.text, text.len);
    pagetls_json_end_object(json);
    pagetls_heap_free(text.text);
    return ret;
}

static int describe_other_name(pagetls_json *json, pagetls_slice content)
{
    pagetls_slice oid;
    if (pagetls_der_expect(&content, DER_OID, &oid) != 0) {
        return -1;
    }
    char dotted[PAGETLS_OID_TEXT];
    pagetls_oid_text(dotted, oid);
    pagetls_json_string(json, "oid", dotted);
    pagetls_json_base64(json, "value", content.p, content.len);
    return 0;
}

int pagetls_describe_general_name(pagetls_json *json, const pagetls_element *name)
{
    static const char *const types[] = {
        "otherName", "rfc822Name", "dNSName", "x400Address", "directoryName", "ediPartyName",
        "uniformResourceIdentifier", "iPAddress", "registeredID"
    };
    int tag = name->tag & 0x1F;
    int ret = 0;
    if ((name->tag & 0xC0) != DER_CONTEXT || tag > PAGETLS_NAME_REGISTERED_ID) {
        return -1;
    }
    pagetls_json_object(json, NULL);
    pagetls_json_string(json, "type", types[tag]);
    if (tag == PAGETLS_NAME_EMAIL || tag == PAGETLS_NAME_DNS || tag == PAGETLS_NAME_URI) {
        pagetls_json_text(json, "value", name->content.p, name->content.len);
    } else if (tag == PAGETLS_NAME_IP) {
        char text[48];
        pagetls_format_ip(text, name->content.p, name->content.len);
        pagetls_json_string(json, "value", text);
    } else if (tag == PAGETLS_NAME_DIRECTORY) {
        pagetls_slice content = name->content;
        pagetls_slice dn;
        ret = pagetls_der_expect(&content, DER_SEQUENCE, &dn);
        ret = ret == 0 ? pagetls_describe_name(json, "value", dn) : ret;
    } else if (tag == PAGETLS_NAME_REGISTERED_ID) {
        char dotted[PAGETLS_OID_TEXT];
        pagetls_oid_text(dotted, name->content);
        pagetls_json_string(json, "value", dotted);
    } else if (tag == PAGETLS_NAME_OTHER) {
        ret = describe_other_name(json, name->content);
    } else {
        pagetls_json_base64(json, "value", name->content.p, name->content.len);
    }
    pagetls_json_end_object(json);
    return ret;
}
