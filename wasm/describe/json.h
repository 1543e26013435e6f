/**
 * \file json.h
 * \brief Writes JSON (RFC 8259) into a growing buffer.
 *
 * Commas are put by the writer. When memory runs out the writer goes quiet and
 * pagetls_json_finish() returns NULL: no half document ever comes out.
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
    int comma; /**< the next value needs one before it */
} pagetls_json;

/* Every function that takes a key writes `"key":` first; inside an array the key is NULL. */
void pagetls_json_object(pagetls_json *json, const char *key);
void pagetls_json_end_object(pagetls_json *json);
void pagetls_json_array(pagetls_json *json, const char *key);
void pagetls_json_end_array(pagetls_json *json);
void pagetls_json_null(pagetls_json *json, const char *key);
void pagetls_json_bool(pagetls_json *json, const char *key, int value);
void pagetls_json_int(pagetls_json *json, const char *key, int64_t value);
/** A NUL-terminated UTF-8 string; NULL writes null. */
void pagetls_json_string(pagetls_json *json, const char *key, const char *value);
/** \p len bytes of text; what is not valid UTF-8 is taken for Latin-1, so the output always is. */
void pagetls_json_text(pagetls_json *json, const char *key, const uint8_t *value, size_t len);
/** Upper-case hexadecimal. */
void pagetls_json_hex(pagetls_json *json, const char *key, const uint8_t *value, size_t len);
/** The same behind 0x. */
void pagetls_json_hex_number(pagetls_json *json, const char *key, const uint8_t *value, size_t len);
/** Base64 (RFC 4648, section 4). */
void pagetls_json_base64(pagetls_json *json, const char *key, const uint8_t *value, size_t len);

/** The NUL-terminated document, owned by the writer until pagetls_json_free(); NULL on failure. */
const char *pagetls_json_finish(pagetls_json *json);
/** The same document, the caller's to free with pagetls_heap_free(); the writer is empty then. */
char *pagetls_json_take(pagetls_json *json);
void pagetls_json_free(pagetls_json *json);

#endif
