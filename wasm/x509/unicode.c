#include "x509/unicode.h"

enum { PLANE = 0x10000 };

/* `count` characters from `first` on, at intervals of `step`; `delta` is added to each, modulo 2^16. */
typedef struct {
    uint16_t first;
    uint16_t step;
    uint16_t count;
    uint16_t delta;
} folding;

/* Each table is sorted. */
static const folding foldings_in_plane_0[] = {
#define CASE_FOLDING_PLANE_0
#include "x509/unicode_tables.inc"
#undef CASE_FOLDING_PLANE_0
};
static const folding foldings_in_plane_1[] = {
#define CASE_FOLDING_PLANE_1
#include "x509/unicode_tables.inc"
#undef CASE_FOLDING_PLANE_1
};
static const struct {
    uint16_t first;
    uint16_t last;
} plain[] = {
#define PLAIN
#include "x509/unicode_tables.inc"
#undef PLAIN
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

uint32_t pagetls_fold_case(uint32_t code)
{
    const folding *table = code < PLANE ? foldings_in_plane_0 : foldings_in_plane_1;
    size_t end = code < PLANE ? COUNT(foldings_in_plane_0) : code < 2 * PLANE ? COUNT(foldings_in_plane_1) : 0;
    const uint32_t low = code % PLANE;
    for (size_t start = 0; start < end;) {
        size_t middle = start + (end - start) / 2;
        const folding *f = &table[middle];
        if (low < f->first) {
            end = middle;
        } else if (low - f->first >= (uint32_t) f->count * f->step) {
            start = middle + 1;
        } else {
            return (low - f->first) % f->step == 0 ? code - low + (uint16_t) (low + f->delta) : code;
        }
    }
    return code;
}

int pagetls_is_plain(uint32_t code)
{
    size_t end = COUNT(plain);
    for (size_t start = 0; start < end;) {
        size_t middle = start + (end - start) / 2;
        if (code < plain[middle].first) {
            end = middle;
        } else if (code > plain[middle].last) {
            start = middle + 1;
        } else {
            return 1;
        }
    }
    return 0;
}

int pagetls_is_space(uint32_t code)
{
    return code == ' ' || (code >= 0x09 && code <= 0x0D) || code == 0x85 || code == 0xA0 || code == 0x1680 ||
        (code >= 0x2000 && code <= 0x200A) || code == 0x2028 || code == 0x2029 || code == 0x202F || code == 0x205F ||
        code == 0x3000;
}

size_t pagetls_utf8_decode(const uint8_t *text, size_t len, uint32_t *code)
{
    /* Shorter forms exist for smaller code points. */
    static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
    if (len == 0) {
        return 0;
    }
    uint8_t lead = text[0];
    size_t n = lead < 0x80 ? 1 : lead < 0xC2 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : lead < 0xF5 ? 4 : 0;
    if (n == 0 || n > len) {
        return 0;
    }
    uint32_t value = n == 1 ? lead : lead & (0xFFu >> (n + 1));
    for (size_t i = 1; i < n; i++) {
        if ((text[i] & 0xC0) != 0x80) {
            return 0;
        }
        value = value << 6 | (text[i] & 0x3Fu);
    }
    *code = value;
    return value < least[n] || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF) ? 0 : n;
}
