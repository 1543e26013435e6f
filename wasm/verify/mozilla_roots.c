#include "verify/mozilla_roots.h"

#include <string.h>

#include "pagetls.h"

enum { HEADER_SIZE = 32, COUNT_OFFSET = 30, ROOT_HEADER_SIZE = 6 };

static uint32_t read_number(const uint8_t *p, size_t len)
{
    uint32_t number = 0;
    for (size_t i = 0; i < len; i++) {
        number = number << 8 | p[i];
    }
    return number;
}

int pagetls_mozilla_roots_walk(const uint8_t *file, size_t len, pagetls_mozilla_roots_visitor *visit, void *context)
{
    static const char magic[8] = { 'P', 'T', 'R', 'O', 'O', 'T', 'S', '1' };
    if (len < HEADER_SIZE || memcmp(file, magic, sizeof(magic)) != 0) {
        return PAGETLS_ERR_ROOTS;
    }
    size_t at = HEADER_SIZE;
    for (uint32_t left = read_number(file + COUNT_OFFSET, 2); left > 0; left--) {
        if (len - at < ROOT_HEADER_SIZE) {
            return PAGETLS_ERR_ROOTS;
        }
        const size_t der_len = read_number(file + at + 4, 2);
        if (len - at - ROOT_HEADER_SIZE < der_len) {
            return PAGETLS_ERR_ROOTS;
        }
        const pagetls_mozilla_root root = { { file + at + ROOT_HEADER_SIZE, der_len }, read_number(file + at, 4) };
        const int ret = visit(context, &root);
        if (ret != 0) {
            return ret;
        }
        at += ROOT_HEADER_SIZE + der_len;
    }
    return at == len ? 0 : PAGETLS_ERR_ROOTS;
}
