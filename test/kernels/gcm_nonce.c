/* The field of GHASH, bit by bit as in NIST SP 800-38D, section 6.3. */
#include "gcm_nonce.h"

#include <string.h>

typedef struct {
    uint64_t high, low; /* high has the lower degrees: bit 63 is the coefficient of 1 */
} element;

static element load(const uint8_t bytes[16])
{
    element x = { 0, 0 };
    for (int i = 0; i < 8; i++) {
        x.high = x.high << 8 | bytes[i];
        x.low = x.low << 8 | bytes[8 + i];
    }
    return x;
}

static void store(uint8_t bytes[16], element x)
{
    for (int i = 0; i < 8; i++) {
        bytes[i] = (uint8_t) (x.high >> (56 - 8 * i));
        bytes[8 + i] = (uint8_t) (x.low >> (56 - 8 * i));
    }
}

static element times(element x, element y)
{
    element z = { 0, 0 };
    for (int i = 0; i < 128; i++) {
        if ((i < 64 ? y.high >> (63 - i) : y.low >> (127 - i)) & 1) {
            z.high ^= x.high;
            z.low ^= x.low;
        }
        uint64_t carry = x.low & 1;
        x.low = x.low >> 1 | x.high << 63;
        x.high = x.high >> 1 ^ (carry ? UINT64_C(0xe1) << 56 : 0);
    }
    return z;
}

/* x^(2^128 - 2). */
static element inverse(element x)
{
    element out = { UINT64_C(1) << 63, 0 };
    for (int i = 1; i < 128; i++) {
        x = times(x, x);
        out = times(out, x);
    }
    return out;
}

/* The first block is (nonce * h + length) * h (section 7.1, step 2). */
void kernel_gcm_nonce_for(uint8_t nonce[16], const uint8_t first[16], const uint8_t h[16])
{
    element back = inverse(load(h));
    element x = times(load(first), back);
    x.low ^= 128; /* the nonce's length in bits */
    store(nonce, times(x, back));
}
