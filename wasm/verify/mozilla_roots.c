#include "verify/mozilla_roots.h"

#include <string.h>

#include "pagetls.h"

enum { HEADER_SIZE = 32, COUNT_OFFSET = 30, DATE_SIZE = 4, LENGTH_SIZE = 2 };

static uint32_t read_number(const uint8_t *p, size_t len)
{
    uint32_t number = 0;
    for (size_t i = 0; i < len; i++) {
        number = number << 8 | p[i];
    }
    return number;
}

/* Where the SHA-256 of each anchor is, and then the lengths of the fields. */
static const uint8_t *digests_of(const pagetls_mozilla_roots *roots)
{
    return roots->file + HEADER_SIZE + roots->count * DATE_SIZE;
}

static size_t field_length(const pagetls_mozilla_roots *roots, size_t field, size_t index)
{
    const uint8_t *lengths = digests_of(roots) + roots->count * PAGETLS_ROOT_DIGEST;
    return read_number(lengths + (field * roots->count + index) * LENGTH_SIZE, LENGTH_SIZE);
}

int pagetls_mozilla_roots_open(pagetls_mozilla_roots *roots, const uint8_t *file, size_t len)
{
    static const char magic[8] = { 'P', 'T', 'R', 'O', 'O', 'T', 'S', '2' };
    if (len < HEADER_SIZE || memcmp(file, magic, sizeof(magic)) != 0) {
        return PAGETLS_ERR_ROOTS;
    }
    *roots = (pagetls_mozilla_roots) { .file = file, .count = read_number(file + COUNT_OFFSET, 2) };
    size_t at = HEADER_SIZE + roots->count * (DATE_SIZE + PAGETLS_ROOT_DIGEST + PAGETLS_ROOT_FIELDS * LENGTH_SIZE);
    if (at > len) {
        return PAGETLS_ERR_ROOTS;
    }
    for (size_t field = 0; field < PAGETLS_ROOT_FIELDS; field++) {
        roots->offset[field] = at;
        for (size_t i = 0; i < roots->count; i++) {
            const size_t length = field_length(roots, field, i);
            if (field == PAGETLS_ROOT_SUBJECT) {
                if (length != 0 && length != field_length(roots, PAGETLS_ROOT_ISSUER, i)) {
                    return PAGETLS_ERR_ROOTS;
                }
            } else if (length > len - at) {
                return PAGETLS_ERR_ROOTS;
            } else {
                at += length;
            }
        }
    }
    return at == len ? 0 : PAGETLS_ERR_ROOTS;
}

int pagetls_mozilla_roots_next(pagetls_mozilla_roots *roots, pagetls_mozilla_root *root)
{
    if (roots->index == roots->count) {
        return 0;
    }
    root->distrust_after = read_number(roots->file + HEADER_SIZE + roots->index * DATE_SIZE, DATE_SIZE);
    root->sha256 = digests_of(roots) + roots->index * PAGETLS_ROOT_DIGEST;
    root->tbs_len = 0;
    for (size_t field = 0; field < PAGETLS_ROOT_FIELDS; field++) {
        const size_t length = field_length(roots, field, roots->index);
        if (field == PAGETLS_ROOT_SUBJECT) {
            root->field[field] = (pagetls_slice) { root->field[PAGETLS_ROOT_ISSUER].p, length };
        } else {
            root->field[field] = (pagetls_slice) { roots->file + roots->offset[field], length };
            roots->offset[field] += length;
        }
        root->tbs_len += length;
    }
    roots->index++;
    return 1;
}

int pagetls_mozilla_root_matches(const pagetls_mozilla_root *root, pagetls_slice tbs)
{
    int equal = tbs.len == root->tbs_len;
    for (size_t field = 0; equal && field < PAGETLS_ROOT_FIELDS; field++) {
        equal = memcmp(tbs.p, root->field[field].p, root->field[field].len) == 0;
        tbs.p += root->field[field].len;
    }
    return equal;
}

void pagetls_mozilla_root_write(const pagetls_mozilla_root *root, uint8_t *tbs)
{
    for (size_t field = 0; field < PAGETLS_ROOT_FIELDS; field++) {
        memcpy(tbs, root->field[field].p, root->field[field].len);
        tbs += root->field[field].len;
    }
}
