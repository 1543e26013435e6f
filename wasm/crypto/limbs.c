#include "crypto/limbs.h"

void pagetls_limbs_read(int32_t *limb, size_t count, unsigned bits, const uint8_t *bytes, size_t len)
{
    uint64_t held = 0;
    unsigned held_bits = 0;
    for (size_t at = 0; at < count; at++) {
        while (held_bits < bits && len > 0) {
            held |= (uint64_t) bytes[--len] << held_bits;
            held_bits += 8;
        }
        limb[at] = (int32_t) (held & ((UINT32_C(1) << bits) - 1));
        held >>= bits;
        held_bits -= held_bits < bits ? held_bits : bits;
    }
}

void pagetls_limbs_write(uint8_t *bytes, size_t len, const int32_t *limb, size_t count, unsigned bits)
{
    int64_t held = 0; /* negative after a borrow */
    unsigned held_bits = 0;
    size_t at = 0;
    while (len > 0) {
        while (held_bits < 8 && at < count) {
            held += limb[at++] * (INT64_C(1) << held_bits);
            held_bits += bits;
        }
        bytes[--len] = (uint8_t) held;
        held >>= 8;
        held_bits -= held_bits < 8 ? held_bits : 8;
    }
}
