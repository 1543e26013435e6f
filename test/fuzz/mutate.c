/* Mutates DER in inputs: changes, inserts, removes or replaces an element, and updates the lengths of all elements
 * around it, so that parsers still reach deeply nested changes. */
#include <string.h>

#include "fuzz.h"

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed);
size_t LLVMFuzzerCustomCrossOver(const uint8_t *data1, size_t size1, const uint8_t *data2, size_t size2, uint8_t *out,
                                 size_t max_size, unsigned seed);

#define BUFFER_BYTES 65536
#define NODES_MAX 2000

/* A record, or a DER element in a record. */
typedef struct {
    size_t start;
    size_t content;
    size_t end;
    int parent;
    int record; /* index of the record that contains the node; a record's own index */
} node;

typedef struct {
    const uint8_t *data;
    size_t size;
    node nodes[NODES_MAX];
    int count;
} tree;

static uint32_t random_state;

static uint32_t pick(uint32_t below)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 17;
    random_state ^= random_state << 5;
    return below == 0 ? 0 : random_state % below;
}

/* --- reading ----------------------------------------------------------------------------- */

static int read_element(const uint8_t *data, size_t at, size_t end, node *out)
{
    if (end - at < 2 || (data[at] & 0x1F) == 0x1F) {
        return -1;
    }
    size_t len = data[at + 1];
    size_t octets = len >= 0x80 ? len & 0x7F : 0;
    if (octets > 2 || end - at < 2 + octets || len == 0x80) {
        return -1;
    }
    for (size_t i = 0; i < octets; i++) {
        len = (i == 0 ? 0 : len << 8) | data[at + 2 + i];
    }
    *out = (node) { .start = at, .content = at + 2 + octets, .end = at + 2 + octets + len };
    return len <= end - out->content ? 0 : -1;
}

static int is_der(const uint8_t *data, size_t at, size_t end)
{
    node element;
    while (at < end && read_element(data, at, end, &element) == 0) {
        at = element.end;
    }
    return at == end;
}

static void read_elements(tree *t, size_t at, size_t end, int parent, int depth)
{
    node element;
    while (at < end && t->count < NODES_MAX && depth < 24 && read_element(t->data, at, end, &element) == 0) {
        int index = t->count++;
        uint8_t tag = t->data[at];
        size_t inner = element.content + (tag == 0x03 ? 1 : 0); /* a BIT STRING's count of unused bits */
        element.parent = parent;
        element.record = t->nodes[parent].record;
        t->nodes[index] = element;
        if ((tag & 0x20) ||
            ((tag == 0x03 || tag == 0x04) && inner < element.end && is_der(t->data, inner, element.end))) {
            read_elements(t, inner, element.end, index, depth + 1);
        }
        at = element.end;
    }
}

static void read_tree(tree *t, const uint8_t *data, size_t size)
{
    t->data = data;
    t->size = size;
    t->count = 0;
    for (size_t at = FUZZ_HEADER; at + FUZZ_RECORD_HEADER <= size && t->count < NODES_MAX;) {
        size_t content = at + FUZZ_RECORD_HEADER;
        size_t len = (size_t) data[at + 1] << 8 | data[at + 2];
        int index = t->count++;
        len = len < size - content ? len : size - content;
        t->nodes[index] = (node) { at, content, content + len, -1, index };
        read_elements(t, content, content + len, index, 0);
        at = content + len;
    }
}

/* A random node: first picks a record, then a node in it. -1 without nodes. */
static int pick_node(const tree *t)
{
    int records = 0;
    int from = -1;
    int elements = 0;
    for (int i = 0; i < t->count; i++) {
        if (t->nodes[i].record == i && pick((uint32_t) ++records) == 0) {
            from = i;
        }
    }
    for (int i = from; i >= 0 && i < t->count && t->nodes[i].record == from; i++) {
        elements++;
    }
    return from < 0 ? -1 : from + (int) pick((uint32_t) elements);
}

/* --- writing ------------------------------------------------------------------------------ */

static size_t write_header(uint8_t *out, uint8_t tag, size_t len, int record)
{
    size_t at = 0;
    out[at++] = tag;
    if (record) {
        out[at++] = (uint8_t) (len >> 8);
    } else if (len >= 0x100) {
        out[at++] = 0x82;
        out[at++] = (uint8_t) (len >> 8);
    } else if (len >= 0x80) {
        out[at++] = 0x81;
    }
    out[at++] = (uint8_t) len;
    return at;
}

/* Writes the tree's data with the octets from..to, in \p parent (-1: in none), replaced by \p with. */
static size_t splice(const tree *t, int parent, size_t from, size_t to, const uint8_t *with, size_t len, uint8_t *out,
                     size_t max)
{
    static uint8_t buffers[2][BUFFER_BYTES];
    int now = 0;
    if (len > BUFFER_BYTES / 2 || t->size > BUFFER_BYTES / 2 - 256) {
        return 0;
    }
    memcpy(buffers[now], with, len);
    for (; parent >= 0; parent = t->nodes[parent].parent) {
        const node *n = &t->nodes[parent];
        uint8_t *next = buffers[1 - now];
        size_t before = from - n->content;
        size_t after = n->end - to;
        size_t at = write_header(next, t->data[n->start], before + len + after, n->record == parent);
        memcpy(next + at, t->data + n->content, before);
        memcpy(next + at + before, buffers[now], len);
        memcpy(next + at + before + len, t->data + to, after);
        len = at + before + len + after;
        from = n->start;
        to = n->end;
        now = 1 - now;
    }
    if (from + len + (t->size - to) > max) {
        return 0;
    }
    memcpy(out, t->data, from);
    memcpy(out + from, buffers[now], len);
    memcpy(out + from + len, t->data + to, t->size - to);
    return from + len + (t->size - to);
}

/* --- mutations ------------------------------------------------------------------------------ */

/* New content for an element: a known OID, nothing, one octet, or a mutation by LLVMFuzzerMutate. */
static size_t mutate_content(const tree *t, const node *n, uint8_t *out)
{
    static const uint8_t oids[][9] = {
        { 3, 0x55, 0x1D, 14 },
        { 3, 0x55, 0x1D, 15 },
        { 3, 0x55, 0x1D, 17 },
        { 3, 0x55, 0x1D, 18 },
        { 3, 0x55, 0x1D, 19 },
        { 3, 0x55, 0x1D, 20 },
        { 3, 0x55, 0x1D, 27 },
        { 3, 0x55, 0x1D, 28 },
        { 3, 0x55, 0x1D, 30 },
        { 3, 0x55, 0x1D, 31 },
        { 3, 0x55, 0x1D, 32 },
        { 3, 0x55, 0x1D, 33 },
        { 3, 0x55, 0x1D, 35 },
        { 3, 0x55, 0x1D, 36 },
        { 3, 0x55, 0x1D, 37 },
        { 3, 0x55, 0x1D, 54 },
        { 4, 0x55, 0x1D, 37, 0 },
        { 3, 0x55, 4, 3 },
        { 3, 0x55, 4, 10 },
        { 8, 0x2B, 6, 1, 5, 5, 7, 1, 1 },
        { 8, 0x2B, 6, 1, 5, 5, 7, 3, 1 },
        { 8, 0x2B, 6, 1, 5, 5, 7, 3, 2 },
        { 7, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 2, 1 },
        { 8, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 4, 3, 2 },
    };
    size_t len = n->end - n->content;
    if (t->data[n->start] == 0x06 && pick(2) == 0) {
        const uint8_t *oid = oids[pick(sizeof(oids) / sizeof(oids[0]))];
        memcpy(out, oid + 1, oid[0]);
        return oid[0];
    }
    switch (pick(8)) {
        case 0: return 0;
        case 1: out[0] = (uint8_t) (pick(2) ? 0xFF : pick(4)); return 1;
        default: break;
    }
    if (len > BUFFER_BYTES / 4) {
        return 0;
    }
    memcpy(out, t->data + n->content, len);
    return LLVMFuzzerMutate(out, len, len + 64);
}

/* The same element with a non-minimal or a wrong length. */
static size_t mutate_length(const tree *t, const node *n, uint8_t *out)
{
    size_t len = n->end - n->content;
    size_t octets = 1 + (len >= 0x100) + pick(2);
    size_t stated = pick(4) == 0 ? len + pick(5) : len;
    out[0] = t->data[n->start];
    out[1] = (uint8_t) (0x80 | octets);
    for (size_t i = 0; i < octets; i++) {
        out[2 + i] = (uint8_t) (stated >> 8 * (octets - 1 - i));
    }
    memcpy(out + 2 + octets, t->data + n->content, len);
    return 2 + octets + len;
}

static uint8_t mutate_tag(int record, uint8_t tag)
{
    static const uint8_t tags[] = { 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x0A, 0x0C, 0x13, 0x16, 0x17, 0x18, 0x1C, 0x1E,
                                    0x30, 0x31, 0x80, 0x81, 0x82, 0x86, 0x87, 0x88, 0xA0, 0xA1, 0xA2, 0xA3, 0xA4 };
    static const uint8_t types[] = "CCALHNSD";
    return record      ? types[pick(sizeof(types) - 1)]
        : pick(4) == 0 ? (uint8_t) (tag ^ 1u << pick(8))
                       : tags[pick(sizeof(tags))];
}

/* Mutates one node of \p t; a node of \p donor may be inserted or replace it. */
static size_t mutate_once(const tree *t, const tree *donor, uint8_t *out, size_t max)
{
    static uint8_t replacement[BUFFER_BYTES];
    int index = pick_node(t);
    int other = pick_node(donor);
    if (index < 0 || other < 0 || t->size > BUFFER_BYTES / 2) {
        return 0;
    }
    const node *n = &t->nodes[index];
    int record = n->record == index;
    uint32_t what = pick(t == donor ? 12 : 2);
    if (record) { /* insert records only between records, and elements between elements */
        other = donor->nodes[other].record;
    } else if (what < 2 && donor->nodes[other].record == other) {
        return 0;
    }
    const uint8_t *from = donor->data + donor->nodes[other].start;
    size_t from_len = donor->nodes[other].end - donor->nodes[other].start;
    size_t content;
    size_t header;
    switch (what) {
        case 0: return splice(t, n->parent, n->start, n->end, from, from_len, out, max);
        case 1: return splice(t, n->parent, n->start, n->start, from, from_len, out, max);
        case 2: return splice(t, n->parent, n->start, n->end, from, 0, out, max);
        case 3: return splice(t, n->parent, n->end, n->end, t->data + n->start, n->end - n->start, out, max);
        case 4:
            memcpy(replacement, t->data + n->start, n->end - n->start);
            replacement[0] = mutate_tag(record, replacement[0]);
            return splice(t, n->parent, n->start, n->end, replacement, n->end - n->start, out, max);
        case 5: /* append an octet after it */
            replacement[0] = (uint8_t) pick(256);
            return record ? 0 : splice(t, n->parent, n->end, n->end, replacement, 1, out, max);
        case 6:
            if (!record) {
                return splice(t, n->parent, n->start, n->end, replacement, mutate_length(t, n, replacement), out, max);
            } /* fall through */
        default:
            content = mutate_content(t, n, replacement + 8);
            header = record ? FUZZ_RECORD_HEADER : content < 0x80 ? 2 : content < 0x100 ? 3 : 4;
            (void) write_header(replacement + 8 - header, t->data[n->start], content, record);
            return splice(t, n->parent, n->start, n->end, replacement + 8 - header, header + content, out, max);
    }
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
    static tree t;
    static uint8_t out[BUFFER_BYTES];
    random_state = seed * 2654435761u | 1;
    if (pick(16) == 0 || size < FUZZ_HEADER) {
        return LLVMFuzzerMutate(data, size, max_size);
    }
    if (pick(8) == 0) {
        data[pick(FUZZ_HEADER)] = (uint8_t) pick(256);
    }
    for (uint32_t i = 1 + pick(3); i > 0; i--) {
        read_tree(&t, data, size);
        size_t len = mutate_once(&t, &t, out, max_size < BUFFER_BYTES ? max_size : BUFFER_BYTES);
        if (len > 0) {
            memcpy(data, out, len);
            size = len;
        }
    }
    return size;
}

size_t LLVMFuzzerCustomCrossOver(const uint8_t *data1, size_t size1, const uint8_t *data2, size_t size2, uint8_t *out,
                                 size_t max_size, unsigned seed)
{
    static tree first;
    static tree second;
    random_state = seed * 2654435761u | 1;
    read_tree(&first, data1, size1);
    read_tree(&second, data2, size2);
    return mutate_once(&first, &second, out, max_size);
}
