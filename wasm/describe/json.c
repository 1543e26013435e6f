#include "describe/json.h"

#include <string.h>

#include "host/format.h"
#include "host/heap.h"
#include "x509/name.h"

enum { MIN_CAPACITY = 1024 }; /* bytes */

static int reserve(pagetls_json *json, size_t len)
{
    if (json->failed) {
        return -1;
    }
    if (len >= SIZE_MAX / 4 || json->len >= SIZE_MAX / 4) {
        json->failed = 1;
        return -1;
    }
    size_t needed = json->len + len + 1;
    if (needed <= json->capacity) {
        return 0;
    }
    size_t capacity = needed < MIN_CAPACITY / 2 ? MIN_CAPACITY : needed * 2;
    char *text = pagetls_heap_calloc(1, capacity);
    if (text == NULL) {
        json->failed = 1;
        return -1;
    }
    if (json->len > 0) {
        memcpy(text, json->text, json->len);
    }
    pagetls_heap_free(json->text);
    json->text = text;
    json->capacity = capacity;
    return 0;
}

static void append(pagetls_json *json, const char *bytes, size_t len)
{
    if (reserve(json, len) == 0) {
        memcpy(json->text + json->len, bytes, len);
        json->len += len;
    }
}

static void append_string(pagetls_json *json, const char *text)
{
    append(json, text, strlen(text));
}

static void begin_value(pagetls_json *json, const char *key)
{
    if (json->needs_comma) {
        append(json, ",", 1);
    }
    if (key != NULL) {
        append(json, "\"", 1);
        append_string(json, key);
        append(json, "\":", 2);
    }
    json->needs_comma = 1;
}

void pagetls_json_object(pagetls_json *json, const char *key)
{
    begin_value(json, key);
    append(json, "{", 1);
    json->needs_comma = 0;
}

void pagetls_json_end_object(pagetls_json *json)
{
    append(json, "}", 1);
    json->needs_comma = 1;
}

void pagetls_json_array(pagetls_json *json, const char *key)
{
    begin_value(json, key);
    append(json, "[", 1);
    json->needs_comma = 0;
}

void pagetls_json_end_array(pagetls_json *json)
{
    append(json, "]", 1);
    json->needs_comma = 1;
}

void pagetls_json_null(pagetls_json *json, const char *key)
{
    begin_value(json, key);
    append(json, "null", 4);
}

void pagetls_json_bool(pagetls_json *json, const char *key, int value)
{
    begin_value(json, key);
    append_string(json, value ? "true" : "false");
}

void pagetls_json_int(pagetls_json *json, const char *key, int64_t value)
{
    char digits[24];
    int len = pagetls_format(digits, sizeof(digits), "%lld", (long long) value);
    begin_value(json, key);
    append(json, digits, (size_t) len);
}

void pagetls_json_string(pagetls_json *json, const char *key, const char *value)
{
    if (value == NULL) {
        pagetls_json_null(json, key);
    } else {
        pagetls_json_text(json, key, (const uint8_t *) value, strlen(value));
    }
}

void pagetls_json_text(pagetls_json *json, const char *key, const uint8_t *value, size_t len)
{
    int utf8 = pagetls_is_utf8(value, len);
    begin_value(json, key);
    append(json, "\"", 1);
    for (size_t i = 0; i < len; i++) {
        char escaped[8];
        uint8_t c = value[i];
        if (c == '"' || c == '\\') {
            escaped[0] = '\\';
            escaped[1] = (char) c;
            append(json, escaped, 2);
        } else if (c < 0x20 || c == 0x7F || (c >= 0x80 && !utf8)) {
            append(json, escaped, (size_t) pagetls_format(escaped, sizeof(escaped), "\\u%04x", (unsigned) c));
        } else {
            append(json, (const char *) value + i, 1);
        }
    }
    append(json, "\"", 1);
}

static void write_hex(pagetls_json *json, const char *key, const char *prefix, const uint8_t *value, size_t len)
{
    static const char digits[] = "0123456789ABCDEF";
    begin_value(json, key);
    append(json, "\"", 1);
    append(json, prefix, strlen(prefix));
    for (size_t i = 0; i < len; i++) {
        char pair[2] = { digits[value[i] >> 4], digits[value[i] & 15] };
        append(json, pair, 2);
    }
    append(json, "\"", 1);
}

void pagetls_json_hex(pagetls_json *json, const char *key, const uint8_t *value, size_t len)
{
    write_hex(json, key, "", value, len);
}

void pagetls_json_hex_number(pagetls_json *json, const char *key, const uint8_t *value, size_t len)
{
    write_hex(json, key, "0x", value, len);
}

/* Mbed TLS's encoder is constant-time and slow. Certificates are public. */
void pagetls_json_base64(pagetls_json *json, const char *key, const uint8_t *value, size_t len)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    begin_value(json, key);
    append(json, "\"", 1);
    if (len < SIZE_MAX / 8 && reserve(json, len / 3 * 4 + 5) == 0) {
        char *to = json->text + json->len;
        for (size_t i = 0; i < len; i += 3) {
            size_t left = len - i;
            uint32_t bits = (uint32_t) value[i] << 16 | (left > 1 ? (uint32_t) value[i + 1] << 8 : 0) |
                (left > 2 ? value[i + 2] : 0);
            *to++ = digits[bits >> 18];
            *to++ = digits[bits >> 12 & 63];
            *to++ = left > 1 ? digits[bits >> 6 & 63] : '=';
            *to++ = left > 2 ? digits[bits & 63] : '=';
        }
        json->len = (size_t) (to - json->text);
    }
    append(json, "\"", 1);
}

const char *pagetls_json_finish(pagetls_json *json)
{
    if (reserve(json, 0) != 0) {
        return NULL;
    }
    json->text[json->len] = '\0';
    return json->text;
}

char *pagetls_json_take(pagetls_json *json)
{
    char *text = pagetls_json_finish(json) == NULL ? NULL : json->text;
    if (text == NULL) {
        pagetls_heap_free(json->text);
    }
    memset(json, 0, sizeof(*json));
    return text;
}

void pagetls_json_free(pagetls_json *json)
{
    pagetls_heap_free(json->text);
    memset(json, 0, sizeof(*json));
}
