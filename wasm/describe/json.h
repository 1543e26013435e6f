/**
 * \file json.h
 * \brief Writes JSON (RFC 8259) into a growing buffer.
 *
 * The writer inserts commas. After an allocation fails, it ignores further calls and pagetls_json_finish() returns
 * NULL, so no partial document is ever returned.
 */
#ifndef PAGETLS_JSON_H
#define PAGETLS_JSON_H

#include <stddef.h>
#include <stdint.h>

typedef struct {
    char *text;
    size_t len;
    size_t capacity;
    int failed;
    int needs_comma; /**< before the next value */
} pagetls_json;

/* Functions with a key write `"key":` before the value. In an array, the key must be NULL. */
void pagetls_json_object(pagetls_json *json, const char *key);
void pagetls_json_end_object(pagetls_json *json);
void pagetls_json_array(pagetls_json *json, const char *key);
void pagetls_json_end_array(pagetls_json *json);
void pagetls_json_null(pagetls_json *json, const char *key);
void pagetls_json_bool(pagetls_json *json, const char *key, int value);
void pagetls_json_int(pagetls_json *json, const char *key, int64_t value);
/** A NUL-terminated string; NULL is written as null. */
void pagetls_json_string(pagetls_json *json, const char *key, const char *value);
/** \p len bytes of text. If they are not valid UTF-8, they are read as Latin-1, so the output is always valid UTF-8. */
void pagetls_json_text(pagetls_json *json, const char *key, const uint8_t *value, size_t len);
/** Upper-case hexadecimal. */
void pagetls_json_hex(pagetls_json *json, const char *key, const uint8_t *value, size_t len);
/** Upper-case hexadecimal after 0x. */
void pagetls_json_hex_number(pagetls_json *json, const char *key, const uint8_t *value, size_t len);
/** Base64 (RFC 4648, section 4). */
void pagetls_json_base64(pagetls_json *json, const char *key, const uint8_t *value, size_t len);

/** Returns the NUL-terminated document, which the writer owns until pagetls_json_free(); NULL when out of memory. */
const char *pagetls_json_finish(pagetls_json *json);
/** Like pagetls_json_finish(), but the caller owns the document (pagetls_heap_free()). Resets the writer. */
char *pagetls_json_take(pagetls_json *json);
void pagetls_json_free(pagetls_json *json);

#endif
