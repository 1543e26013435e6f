/* Is a text JSON (RFC 8259)? An independent reader, to check the JSON writer of the core. */
#include <string.h>

#include "fuzz.h"

static const char *value(const char *p, int depth);

static const char *digits(const char *p)
{
    size_t count = strspn(p, "0123456789");
    return count > 0 ? p + count : NULL;
}

static const char *number(const char *p)
{
    const char *start = *p == '-' ? p + 1 : p;
    p = digits(start);
    return p == NULL || (*start == '0' && p > start + 1) ? NULL : p; /* the core writes integers only */
}

/* The end of a UTF-8 sequence of more than one octet (RFC 3629). */
static const char *sequence(const char *p)
{
    uint32_t c = (uint8_t) *p++;
    int more = c >= 0xF0 ? 3 : c >= 0xE0 ? 2 : 1;
    if (c < 0xC2 || c > 0xF4) {
        return NULL;
    }
    c &= 0x3Fu >> more;
    for (int i = 0; i < more; i++, p++) {
        if (((uint8_t) *p & 0xC0) != 0x80) {
            return NULL;
        }
        c = c << 6 | ((uint8_t) *p & 0x3F);
    }
    return (more == 2 && c < 0x800) || (more == 3 && c < 0x10000) || c > 0x10FFFF || (c >= 0xD800 && c < 0xE000) ? NULL
                                                                                                                 : p;
}

static const char *string(const char *p)
{
    if (*p++ != '"') {
        return NULL;
    }
    while (p != NULL && *p != '"') {
        if ((uint8_t) *p >= 0x80) {
            p = sequence(p);
        } else if ((uint8_t) *p < 0x20) {
            return NULL;
        } else if (*p != '\\') {
            p++;
        } else if (p[1] == 'u') {
            p = strspn(p + 2, "0123456789abcdefABCDEF") >= 4 ? p + 6 : NULL;
        } else {
            p = p[1] != '\0' && strchr("\"\\/bfnrt", p[1]) != NULL ? p + 2 : NULL;
        }
    }
    return p == NULL ? NULL : p + 1;
}

static const char *list(const char *p, int depth, int object)
{
    char end = object ? '}' : ']';
    if (*++p == end) {
        return p + 1;
    }
    for (;;) {
        if (object) {
            p = string(p);
            if (p == NULL || *p++ != ':') {
                return NULL;
            }
        }
        p = value(p, depth + 1);
        if (p == NULL || (*p != ',' && *p != end)) {
            return NULL;
        }
        if (*p++ == end) {
            return p;
        }
    }
}

static const char *value(const char *p, int depth)
{
    static const char *const words[] = { "true", "false", "null" };
    for (size_t i = 0; i < 3; i++) {
        if (strncmp(p, words[i], strlen(words[i])) == 0) {
            return p + strlen(words[i]);
        }
    }
    if (depth > 16) {
        return NULL;
    }
    switch (*p) {
        case '{': return list(p, depth, 1);
        case '[': return list(p, depth, 0);
        case '"': return string(p);
        default: return number(p);
    }
}

int fuzz_is_json(const char *text)
{
    const char *end = text == NULL ? NULL : value(text, 0);
    return end != NULL && *end == '\0';
}
