#include "crypto/sha1.h"

#include "host/zeroize.h"

static uint32_t rotate(uint32_t x, unsigned bits)
{
    return x << bits | x >> (32 - bits);
}

void pagetls_sha1_process(uint32_t state[5], const uint8_t block[64])
{
    static const uint32_t constants[] = { 0x5A827999, 0x6ED9EBA1, 0x8F1BBCDC, 0xCA62C1D6 };
    uint32_t w[16];
    uint32_t a = state[0];
    uint32_t b = state[1];
    uint32_t c = state[2];
    uint32_t d = state[3];
    uint32_t e = state[4];
    for (unsigned i = 0; i < 80; i++) {
        const unsigned round = i / 20;
        uint32_t *word = &w[i % 16];
        if (i < 16) {
            const uint8_t *p = block + 4 * i;
            *word = (uint32_t) p[0] << 24 | (uint32_t) p[1] << 16 | (uint32_t) p[2] << 8 | p[3];
        } else {
            *word = rotate(*word ^ w[(i + 2) % 16] ^ w[(i + 8) % 16] ^ w[(i + 13) % 16], 1);
        }
        const uint32_t f = round == 0 ? d ^ (b & (c ^ d)) : round == 2 ? (b & c) | (d & (b | c)) : b ^ c ^ d;
        const uint32_t next = rotate(a, 5) + f + e + constants[round] + *word;
        e = d;
        d = c;
        c = rotate(b, 30);
        b = a;
        a = next;
    }
    state[0] += a;
    state[1] += b;
    state[2] += c;
    state[3] += d;
    state[4] += e;
    pagetls_zeroize(w, sizeof(w));
}
