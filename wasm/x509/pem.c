#include "x509/pem.h"

#include <string.h>

static const char *const faults[] = {
    NULL,
#define FAULT(id, name) name,
#include "x509/documents.def"
#undef FAULT
};

const char *pagetls_fault_name(pagetls_fault fault)
{
    return faults[fault];
}

/* --- base64 ----------------------------------------------------------------------- */

/* Mbed TLS's decoder is constant-time, as private keys require, and forty times as slow: 17 ms for a browser's roots.
 * Only public data is decoded here. */

enum { NOT_BASE64 = 64 };

/* The six bits of a base64 digit (RFC 4648, section 4), or NOT_BASE64. */
static unsigned base64_value(uint8_t c)
{
    /* Starts at '+'; 64 is NOT_BASE64. */
    static const uint8_t values[] = {
        62, 64, 64, 64, 63, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 64, 64, 64, 64, 64, 64, 64, 0,  1,  2,  3,  4,
        5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 64, 64, 64, 64, 64, 64,
        26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51,
    };
    const unsigned index = c - (unsigned) '+';
    return index < sizeof(values) ? values[index] : NOT_BASE64;
}

/* Ignores white space; control characters and octets beyond ASCII at the ends of lines; and the escapes \n and \r, which a
 * block in a JSON string has. \p bare: both alphabets, and padding may be missing. Returns 0 or -1. */
static int decode(pagetls_slice text, int bare, uint8_t *out, size_t *out_len)
{
    uint32_t bits = 0;
    unsigned digits = 0;
    unsigned padding = 0;
    size_t len = 0;
    int has_begun = 0; /* the base64 of this line */
    int has_ended = 0;
    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = text.p[i];
        if (c == '\\' && i + 1 < text.len && (text.p[i + 1] == 'n' || text.p[i + 1] == 'r')) {
            c = '\n';
            i++;
        }
        c = bare && c == '-' ? '+' : bare && c == '_' ? '/' : c;
        const unsigned digit = base64_value(c);
        if (digit < NOT_BASE64 || c == '=') {
            padding += c == '=';
            if (has_ended || (c != '=' && padding > 0)) {
                return -1;
            }
            has_begun = 1;
            if (c != '=') {
                bits = bits << 6 | digit;
                if (++digits % 4 == 0) {
                    out[len++] = (uint8_t) (bits >> 16);
                    out[len++] = (uint8_t) (bits >> 8);
                    out[len++] = (uint8_t) bits;
                }
            }
        } else if (c == '\n' || c == '\r') {
            has_begun = has_ended = 0;
        } else if (!pagetls_pem_is_blank(c)) {
            return -1;
        } else if (c != ' ' && c != '\t') {
            has_ended = has_begun;
        }
    }
    digits %= 4;
    if (digits == 1 || (padding > 0 && (digits == 0 || digits + padding != 4)) ||
        (digits > 0 && padding == 0 && !bare)) {
        return -1;
    }
    bits <<= 6 * (4 - digits);
    if (digits > 0) {
        out[len++] = (uint8_t) (bits >> 16);
    }
    if (digits == 3) {
        out[len++] = (uint8_t) (bits >> 8);
    }
    *out_len = len;
    return 0;
}

int pagetls_base64_decode(pagetls_slice text, uint8_t *out, size_t *out_len)
{
    return decode(text, 1, out, out_len);
}

const uint8_t *pagetls_slice_find(pagetls_slice text, const void *octets, size_t len)
{
    const uint8_t *p = text.p;
    const uint8_t *end = text.p + text.len;
    while (p != end && (p = memchr(p, *(const uint8_t *) octets, (size_t) (end - p))) != NULL) {
        if ((size_t) (end - p) >= len && memcmp(p, octets, len) == 0) {
            return p;
        }
        p++;
    }
    return NULL;
}

static const uint8_t *find(pagetls_slice text, const char *word)
{
    return pagetls_slice_find(text, word, strlen(word));
}

/* Its part before the next line end. */
static pagetls_slice first_line(pagetls_slice text)
{
    size_t len = 0;
    while (len < text.len && text.p[len] != '\n' && text.p[len] != '\r') {
        len++;
    }
    return (pagetls_slice) { text.p, len };
}

static void skip(pagetls_slice *text, size_t len)
{
    text->p += len;
    text->len -= len;
}

static void skip_blanks(pagetls_slice *text)
{
    while (text->len > 0 && pagetls_pem_is_blank(text->p[0])) {
        skip(text, 1);
    }
}

pagetls_fault pagetls_pem_decode(pagetls_slice body, uint8_t *out, size_t *out_len)
{
    pagetls_slice headers = body;
    skip_blanks(&headers);
    if (find(first_line(headers), ":") != NULL) { /* looked for first, because \p out can be the body */
        return find(headers, "ENCRYPTED") != NULL ? PAGETLS_FAULT_ENCRYPTED : PAGETLS_FAULT_HEADER;
    }
    if (decode(body, 0, out, out_len) != 0) {
        return PAGETLS_FAULT_BASE64;
    }
    return *out_len > 0 ? PAGETLS_FAULT_NONE : PAGETLS_FAULT_NO_CONTENT;
}

/* --- blocks ----------------------------------------------------------------------- */

#define BEGIN "-----BEGIN "
#define END "-----END "
enum { DASHES = 5 };

/* A block in the middle of a line must have this many base64 digits in a row: comments mention BEGIN lines. */
enum { DIGITS_IN_A_ROW = 48 };

static int has_base64(pagetls_slice text)
{
    size_t row = 0;
    for (size_t i = 0; i < text.len && row < DIGITS_IN_A_ROW; i++) {
        row = base64_value(text.p[i]) < NOT_BASE64 ? row + 1 : 0;
    }
    return row == DIGITS_IN_A_ROW;
}

/* In any case. */
static int starts_with(pagetls_slice text, const char *word)
{
    size_t i = 0;
    while (i < text.len && word[i] != '\0' && pagetls_ascii_lower(text.p[i]) == (uint8_t) word[i]) {
        i++;
    }
    return word[i] == '\0';
}

static int has_word(pagetls_slice text, const char *word)
{
    while (text.len > 0 && !starts_with(text, word)) {
        skip(&text, 1);
    }
    return text.len > 0;
}

/* The label at the start of \p text, which must be followed by five dashes; empty if there is none. */
static pagetls_slice label_at(pagetls_slice text)
{
    pagetls_slice label = { text.p, 0 };
    while (label.len < text.len && label.len <= PAGETLS_PEM_LABEL_MAX && text.p[label.len] != '-' &&
           text.p[label.len] != '\n' && text.p[label.len] != '\r') {
        label.len++;
    }
    if (label.len > PAGETLS_PEM_LABEL_MAX || text.len - label.len < DASHES ||
        memcmp(text.p + label.len, "-----", DASHES) != 0) {
        label.len = 0;
    }
    return label;
}

/* The next BEGIN or END in \p text; its end if there is none. */
static const uint8_t *next_boundary(pagetls_slice text)
{
    const uint8_t *begin = find(text, BEGIN);
    const size_t before = begin == NULL ? text.len : (size_t) (begin - text.p);
    const uint8_t *end = find((pagetls_slice) { text.p, before }, END);
    return end != NULL ? end : text.p + before;
}

static size_t left_at(const pagetls_pem_reader *reader, const uint8_t *p)
{
    return reader->text.len - (size_t) (p - reader->text.p);
}

static void count_lines(pagetls_pem_reader *reader, const uint8_t *p)
{
    const uint8_t *end = reader->text.p + reader->text.len;
    for (const uint8_t *c = reader->counted; c < p; c++) {
        reader->lines += *c == '\n' || (*c == '\r' && !(c + 1 < end && c[1] == '\n'));
    }
    reader->counted = p;
}

/* Starts a block at \p p, and counts the lines before it. */
static void start_block(pagetls_pem_reader *reader, pagetls_pem_block *block, const uint8_t *p)
{
    count_lines(reader, p);
    memset(block, 0, sizeof(*block));
    block->number = ++reader->blocks;
    block->line = reader->lines + 1;
}

/* Whether the line has nothing but blanks and dashes up to \p end. */
static int is_blank_line(const uint8_t *p, const uint8_t *end)
{
    while (p < end && (pagetls_pem_is_blank(*p) || *p == '-')) {
        if (*p == '\n' || *p == '\r') {
            return 1;
        }
        p++;
    }
    return p == end;
}

/* Reads the block with this BEGIN and label, in the line that starts at \p line. Returns 0 if it is text: a comment that
 * mentions a BEGIN line. */
static int read_block(pagetls_pem_reader *reader, pagetls_pem_block *block, const uint8_t *begin, pagetls_slice label,
                      const uint8_t *line)
{
    const uint8_t *body = label.p + label.len + DASHES;
    const uint8_t *dashes = label.p + label.len; /* another boundary may share them */
    const uint8_t *next = next_boundary((pagetls_slice) { dashes, left_at(reader, dashes) });
    pagetls_slice after = { next, left_at(reader, next) };
    const pagetls_slice content = { body, next > body ? (size_t) (next - body) : 0 };
    const int is_alone = is_blank_line(line, begin) && (next <= body || is_blank_line(body, next));
    if (!is_alone && !has_base64(content)) {
        return 0;
    }
    start_block(reader, block, begin);
    count_lines(reader, next); /* the body can be decoded in place */
    block->label = label;
    block->body = content;
    if (after.len < strlen(END) || memcmp(next, END, strlen(END)) != 0) {
        block->fault = PAGETLS_FAULT_END_LINE;
    } else {
        skip(&after, strlen(END));
        if (pagetls_slices_equal(label_at(after), label)) {
            skip(&after, label.len); /* up to the dashes */
        } else {
            block->fault = PAGETLS_FAULT_LABEL;
        }
    }
    reader->text = after;
    return 1;
}

typedef enum { LINE_OTHER, LINE_BEGIN, LINE_END } line_kind;

/* Whether a line that begins no block was meant as a BEGIN or END line, or ends a block that has not begun. */
static line_kind damaged_line(pagetls_slice line)
{
    size_t dashes = 0; /* immediately before the word */
    int any_dash = 0;
    while (line.len > 0 && (pagetls_pem_is_blank(line.p[0]) || line.p[0] == '-')) {
        dashes = line.p[0] == '-' ? dashes + 1 : 0;
        any_dash |= line.p[0] == '-' || line.p[0] == 0xE2; /* the first octet of the dashes of a word processor */
        skip(&line, 1);
    }
    const line_kind kind = starts_with(line, "begin") ? LINE_BEGIN : starts_with(line, "end") ? LINE_END : LINE_OTHER;
    if (!any_dash || kind == LINE_OTHER) {
        return LINE_OTHER;
    }
    skip(&line, kind == LINE_BEGIN ? strlen("begin") : strlen("end"));
    const int is_word = line.len == 0 || pagetls_pem_is_blank(line.p[0]) || line.p[0] == '-';
    const int is_ours =
        dashes >= DASHES || has_word(line, "certificate") || has_word(line, "crl") || has_word(line, "pkcs");
    return is_word && is_ours ? kind : LINE_OTHER;
}

/* The text up to the next line that is, or was meant as, a BEGIN or END line; *\p kind is LINE_END if it is an END line. */
static pagetls_slice damaged_body(pagetls_slice text, line_kind *kind)
{
    pagetls_slice rest = text;
    *kind = LINE_OTHER;
    while (rest.len > 0) {
        const pagetls_slice line = first_line(rest);
        *kind = damaged_line(line);
        if (*kind != LINE_OTHER || find(line, BEGIN) != NULL) {
            break;
        }
        skip(&rest, line.len < rest.len ? line.len + 1 : line.len);
    }
    return (pagetls_slice) { text.p, (size_t) (rest.p - text.p) };
}

/* Reads the remains of a block: base64 after a damaged BEGIN line, or before an END line, in the text from \p since on.
 * Returns 0 if there is no base64. */
static int read_damaged(pagetls_pem_reader *reader, pagetls_pem_block *block, pagetls_slice line, line_kind kind,
                        const uint8_t *since)
{
    pagetls_slice after = { line.p + line.len, left_at(reader, line.p + line.len) };
    pagetls_slice label = { line.p, 0 };
    if (kind == LINE_BEGIN) {
        line_kind end;
        const pagetls_slice body = damaged_body(after, &end);
        if (!has_base64(body)) {
            return 0;
        }
        skip(&after, body.len);
        skip(&after, end == LINE_END ? first_line(after).len : 0);
    } else {
        const uint8_t *end = find(line, END);
        if (!has_base64((pagetls_slice) { since, (size_t) (line.p - since) })) {
            return 0;
        }
        if (end != NULL) {
            label = label_at((pagetls_slice) { end + strlen(END), left_at(reader, end + strlen(END)) });
        }
    }
    start_block(reader, block, line.p);
    block->label = label;
    block->fault = PAGETLS_FAULT_BEGIN_LINE;
    reader->text = after;
    return 1;
}

static pagetls_slice rest_of_line(pagetls_pem_reader *reader)
{
    if (reader->line_end == NULL || reader->line_end < reader->text.p) {
        reader->line_end = reader->text.p + first_line(reader->text).len;
    }
    return (pagetls_slice) { reader->text.p, (size_t) (reader->line_end - reader->text.p) };
}

int pagetls_pem_next(pagetls_pem_reader *reader, pagetls_pem_block *block)
{
    const uint8_t *since = reader->text.p;                                        /* the last BEGIN or END line */
    int is_whole = reader->blocks == 0 || since[-1] == '\n' || since[-1] == '\r'; /* not the rest of an END line */
    if (reader->counted == NULL) {
        reader->counted = reader->text.p;
    }
    while (reader->text.len > 0) {
        pagetls_slice line = rest_of_line(reader);
        const uint8_t *begin;
        while ((begin = find(line, BEGIN)) != NULL) {
            skip(&line, (size_t) (begin - line.p) + strlen(BEGIN));
            const pagetls_slice label = label_at(line);
            if (label.len > 0 && read_block(reader, block, begin, label, reader->text.p)) {
                return 1;
            }
        }
        line = rest_of_line(reader);
        const line_kind kind = is_whole ? damaged_line(line) : LINE_OTHER;
        if (kind != LINE_OTHER) {
            if (read_damaged(reader, block, line, kind, since)) {
                return 1;
            }
            since = line.p + line.len;
        }
        skip(&reader->text, line.len < reader->text.len ? line.len + 1 : line.len);
        is_whole = 1;
    }
    return 0;
}
