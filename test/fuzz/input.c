#include <math.h>
#include <string.h>

#include "fuzz.h"

void fuzz_read(fuzz_case *out, const uint8_t *data, size_t size)
{
    uint8_t header[FUZZ_HEADER] = { 0 };
    memset(out, 0, sizeof(*out));
    if (size > 0) { /* else data may be NULL */
        memcpy(header, data, size < sizeof(header) ? size : sizeof(header));
    }
    out->options = header[0];
    out->depth = header[1];
    out->allocation = (unsigned) header[2] << 8 | header[3];
    for (size_t at = FUZZ_HEADER; at + FUZZ_RECORD_HEADER <= size && out->count < FUZZ_RECORDS_MAX;) {
        size_t len = (size_t) data[at + 1] << 8 | data[at + 2];
        fuzz_record record = { data[at], data + at + FUZZ_RECORD_HEADER, len };
        at += FUZZ_RECORD_HEADER;
        record.len = len < size - at ? len : size - at;
        at += record.len;
        out->record[out->count++] = record;
    }
}

fuzz_record fuzz_find(const fuzz_case *input, uint8_t type)
{
    for (size_t i = 0; i < input->count; i++) {
        if (input->record[i].type == type) {
            return input->record[i];
        }
    }
    return (fuzz_record) { type, (const uint8_t *) "", 0 };
}

double fuzz_clock(const fuzz_case *input)
{
    /* The clock of the test PKI, 2026-06-15T12:00:00Z; then dates in 2021 and 2048; then the host's clock. */
    static const double clocks[] = { 1781524800000.0, 1625000000000.0, 2475000000000.0, (double) NAN };
    return clocks[(input->options & FUZZ_CLOCK) >> 3];
}
