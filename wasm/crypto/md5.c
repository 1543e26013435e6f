#include "crypto/md5.h"

#include <string.h>

#include "host/zeroize.h"

static const double TWO_TO_32 = 4294967296.0;

/* The constants are the first 32 bits of the absolute values of sin(1), sin(2) … (RFC 1321, section 3.4). Computing them
 * takes less space than a table: sin(i + 1) and cos(i + 1) follow from sin(i) and cos(i), precisely enough. */
static void make_constants(uint32_t t[64])
{
    const double sin1 = 0.8414709848078965;
    const double cos1 = 0.5403023058681398;
    double s = sin1;
    double c = cos1;
    for (int i = 0; i < 64; i++) {
        t[i] = (uint32_t) ((s < 0 ? -s : s) * TWO_TO_32);
        const double next = s * cos1 + c * sin1;
        c = c * cos1 - s * sin1;
        s = next;
    }
}

void pagetls_md5(uint8_t *data, size_t len, uint8_t out[16])
{
    static const uint8_t rotations[] = { 7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21 };
    uint32_t t[64];
    uint32_t state[] = { 0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476 };
    uint32_t x[4];
    uint32_t block[16];
    const size_t blocks = (len + 8) / 64 + 1;
    const uint64_t bits = (uint64_t) len * 8;
    make_constants(t);
    memset(data + len, 0, 64 * blocks - len);
    data[len] = 0x80;
    memcpy(data + 64 * blocks - 8, &bits, 8);
    for (size_t n = 0; n < blocks; n++) {
        memcpy(block, data + 64 * n, 64);
        memcpy(x, state, sizeof(x));
        for (unsigned i = 0; i < 64; i++) {
            const unsigned round = i / 16;
            static const uint8_t steps[] = { 1, 5, 3, 7 };
            static const uint8_t starts[] = { 0, 1, 5, 0 };
            const uint32_t b = x[1];
            const uint32_t f = round == 0 ? (b & x[2]) | (~b & x[3])
                : round == 1              ? (b & x[3]) | (x[2] & ~x[3])
                : round == 2              ? b ^ x[2] ^ x[3]
                                          : x[2] ^ (b | ~x[3]);
            const uint32_t sum = x[0] + f + block[(steps[round] * i + starts[round]) % 16] + t[i];
            const unsigned by = rotations[round * 4 + i % 4];
            x[0] = x[3];
            x[3] = x[2];
            x[2] = b;
            x[1] = b + (sum << by | sum >> (32 - by));
        }
        for (int i = 0; i < 4; i++) {
            state[i] += x[i];
        }
    }
    memcpy(out, state, sizeof(state));
    pagetls_zeroize(state, sizeof(state));
    pagetls_zeroize(x, sizeof(x));
    pagetls_zeroize(block, sizeof(block));
}
