#include "crypto/wnaf.h"

#include <string.h>

void pagetls_wnaf_digits(int8_t *digit, const uint8_t *number, size_t bytes, int width)
{
    const size_t bits = bytes * 8;
    int carried = 0;
    memset(digit, 0, bits + 1);
    for (size_t i = 0; i <= bits;) {
        int window = 0;
        for (int j = 0; j < width && i + (size_t) j < bits; j++) {
            const size_t at = i + (size_t) j;
            window |= (number[bytes - 1 - at / 8] >> at % 8 & 1) << j;
        }
        if (((window + carried) & 1) == 0) {
            i++;
            continue;
        }
        window += carried;
        carried = window >> (width - 1);
        digit[i] = (int8_t) (window - carried * (1 << width));
        i += (size_t) width;
    }
}
