#include "check.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pagetls.h"
#include "x509/document.h"

native_arguments arguments = { .case_id = "good-p256" };

static int failures;
static char failure_context[200];

static void print_failure(const char *file, int line)
{
    const char *base = strrchr(file, '/');
    failures++;
    printf("# %s:%d: ", base == NULL ? file : base + 1, line);
    if (failure_context[0] != '\0') {
        printf("[%s] ", failure_context);
    }
}

int check_that(int held, const char *condition, const char *file, int line)
{
    if (!held) {
        print_failure(file, line);
        printf("failed: %s\n", condition);
    }
    return held;
}

void check_int(int64_t actual, int64_t expected, const char *what, const char *file, int line)
{
    if (actual != expected) {
        print_failure(file, line);
        printf("%s is %" PRId64 ", expected %" PRId64 "\n", what, actual, expected);
    }
}

void check_text(const char *actual, const char *expected, const char *what, const char *file, int line)
{
    if (actual == NULL || strcmp(actual, expected) != 0) {
        print_failure(file, line);
        printf("%s is %s, expected %s\n", what, actual == NULL ? "(null)" : actual, expected);
    }
}

void check_context(const char *format, ...)
{
    va_list list;
    va_start(list, format);
    vsnprintf(failure_context, sizeof(failure_context), format, list);
    va_end(list);
}

static size_t allowed_leaks;

void check_allow_leak(size_t bytes)
{
    allowed_leaks += bytes;
}

size_t check_allowed_leaks(void)
{
    return allowed_leaks;
}

int check_run(const native_test *test)
{
    failures = 0;
    size_t allowed_before = allowed_leaks;
    failure_context[0] = '\0';
    size_t before = pagetls_heap_in_use();
    test->run();
    failure_context[0] = '\0';
    if (pagetls_heap_in_use() != before + allowed_leaks - allowed_before) {
        failures++;
        printf("# %zu bytes of heap before, %zu after\n", before, pagetls_heap_in_use());
    }
    printf("%s %s\n", failures == 0 ? "ok" : "not ok", test->name);
    fflush(stdout);
    return failures == 0;
}

/* --- JSON ------------------------------------------------------------------- */

static const char *skip_space(const char *p)
{
    return p + strspn(p, " \t\r\n");
}

static const char *skip_utf8(const char *p)
{
    const unsigned char *u = (const unsigned char *) p;
    uint32_t code = u[0];
    int more = code < 0x80            ? 0
        : code >= 0xC2 && code < 0xE0 ? 1
        : code >= 0xE0 && code < 0xF0 ? 2
        : code >= 0xF0 && code < 0xF5 ? 3
                                      : -1;
    if (more < 0) {
        return NULL;
    }
    code &= more == 0 ? 0x7Fu : 0x3Fu >> more;
    for (int i = 1; i <= more; i++) {
        if ((u[i] & 0xC0) != 0x80) {
            return NULL;
        }
        code = code << 6 | (u[i] & 0x3F);
    }
    static const uint32_t min_code[] = { 0, 0x80, 0x800, 0x10000 }; /* by length: less is overlong */
    int surrogate = code >= 0xD800 && code <= 0xDFFF;
    return code < min_code[more] || code > 0x10FFFF || surrogate ? NULL : p + 1 + more;
}

static const char *skip_string(const char *p)
{
    if (*p++ != '"') {
        return NULL;
    }
    while (p != NULL && *p != '"') {
        if (*p == '\\' && p[1] == 'u') {
            p = strspn(p + 2, "0123456789abcdefABCDEF") >= 4 ? p + 6 : NULL;
        } else if (*p == '\\') {
            p = p[1] != '\0' && strchr("\"\\/bfnrt", p[1]) != NULL ? p + 2 : NULL;
        } else {
            p = (unsigned char) *p < 0x20 ? NULL : skip_utf8(p);
        }
    }
    return p == NULL ? NULL : p + 1;
}

static const char *skip_number(const char *p)
{
    p += *p == '-';
    size_t digits = strspn(p, "0123456789");
    return digits == 0 || (digits > 1 && *p == '0') ? NULL : p + digits; /* the core writes integers only */
}

static const char *skip_value(const char *p, int depth)
{
    if (depth > 64) {
        return NULL;
    }
    p = skip_space(p);
    if (*p == '"') {
        return skip_string(p);
    }
    if (*p != '{' && *p != '[') {
        static const char *const words[] = { "null", "true", "false" };
        for (size_t i = 0; i < 3; i++) {
            if (strncmp(p, words[i], strlen(words[i])) == 0) {
                return p + strlen(words[i]);
            }
        }
        return skip_number(p);
    }
    int object = *p == '{';
    char end = object ? '}' : ']';
    p = skip_space(p + 1);
    if (*p == end) {
        return p + 1;
    }
    for (;;) {
        if (object) {
            p = skip_string(skip_space(p));
            p = p == NULL ? NULL : skip_space(p);
            if (p == NULL || *p++ != ':') {
                return NULL;
            }
        }
        p = skip_value(p, depth + 1);
        p = p == NULL ? NULL : skip_space(p);
        if (p == NULL || (*p != ',' && *p != end)) {
            return NULL;
        }
        if (*p++ == end) {
            return p;
        }
    }
}

int check_is_json(const char *text)
{
    const char *end = text == NULL ? NULL : skip_value(text, 0);
    return end != NULL && *skip_space(end) == '\0';
}

/* --- files -------------------------------------------------------------------- */

uint8_t *check_exact_copy(const void *bytes, size_t len)
{
    uint8_t *copy = malloc(len > 0 ? len : 1);
    if (copy == NULL) {
        abort();
    }
    if (len > 0) {
        memcpy(copy, bytes, len);
    }
    return copy;
}

uint8_t *check_file(const char *name, size_t *len)
{
    uint8_t *all = NULL;
    size_t capacity = 0;
    FILE *file = fopen(name, "rb");
    *len = 0;
    if (file == NULL) {
        (void) check_that(0, name, __FILE__, __LINE__);
        return NULL;
    }
    do {
        capacity += 65536;
        uint8_t *more = realloc(all, capacity);
        if (more == NULL) {
            abort();
        }
        all = more;
        *len += fread(all + *len, 1, capacity - *len, file);
    } while (*len == capacity);
    fclose(file);
    uint8_t *exact = check_exact_copy(all, *len);
    free(all);
    return exact;
}

uint8_t *check_cert_file(const char *id, const char *name, size_t *len)
{
    char path[1024];
    snprintf(path, sizeof(path), "%s/%s/%s", arguments.certs, id, name);
    return check_file(path, len);
}

typedef struct {
    int remaining; /* certificates to skip */
    uint8_t *der;
    size_t len;
} picker;

static int pick_certificate(void *context, const pagetls_document *document)
{
    picker *p = context;
    if (p->remaining-- == 0) {
        p->der = check_exact_copy(document->der.p, document->der.len);
        p->len = document->der.len;
    }
    return 0;
}

uint8_t *check_cert_der(const char *id, const char *name, int index, size_t *len)
{
    picker p = { .remaining = index };
    size_t pem_len;
    uint8_t *pem = check_cert_file(id, name, &pem_len);
    if (pem != NULL) {
        (void) pagetls_documents_walk(pem, pem_len, pick_certificate, &p);
    }
    free(pem);
    *len = p.len;
    (void) check_that(p.der != NULL, "the file has this certificate", __FILE__, __LINE__);
    return p.der;
}
