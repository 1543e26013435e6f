/* Triple DES (NIST SP 800-67), decryption only. Bits are permuted one by one: it is small, and slow. */
#include "crypto/des.h"

#include "crypto/secret.h"

enum { DES_KEY = 8, DES_ROUNDS = 16 };

/* Bits are numbered from 1, the most significant, as in FIPS 46-3. */
static uint64_t permute(uint64_t from, unsigned bits, const uint8_t *table, unsigned len)
{
    uint64_t out = 0;
    for (unsigned i = 0; i < len; i++) {
        out = out << 1 | (from >> (bits - table[i]) & 1);
    }
    return out;
}

static uint64_t load(const uint8_t *octets)
{
    uint64_t out = 0;
    for (unsigned i = 0; i < 8; i++) {
        out = out << 8 | octets[i];
    }
    return out;
}

static uint64_t rotate_28(uint64_t x)
{
    return (x << 1 | x >> 27) & 0xFFFFFFF;
}

static void set_one_key(uint64_t round_keys[DES_ROUNDS], const uint8_t *key)
{
    static const uint8_t choice_1[] = { 57, 49, 41, 33, 25, 17, 9,  1,  58, 50, 42, 34, 26, 18, 10, 2,  59, 51, 43,
                                        35, 27, 19, 11, 3,  60, 52, 44, 36, 63, 55, 47, 39, 31, 23, 15, 7,  62, 54,
                                        46, 38, 30, 22, 14, 6,  61, 53, 45, 37, 29, 21, 13, 5,  28, 20, 12, 4 };
    static const uint8_t choice_2[] = { 14, 17, 11, 24, 1,  5,  3,  28, 15, 6,  21, 10, 23, 19, 12, 4,
                                        26, 8,  16, 7,  27, 20, 13, 2,  41, 52, 31, 37, 47, 55, 30, 40,
                                        51, 45, 33, 48, 44, 49, 39, 56, 34, 53, 46, 42, 50, 36, 29, 32 };
    const unsigned rotated_once = 0x8103; /* in the rounds 0, 1, 8 and 15; twice in all others */
    const uint64_t chosen = permute(load(key), 64, choice_1, sizeof(choice_1));
    uint64_t c = chosen >> 28;
    uint64_t d = chosen & 0xFFFFFFF;
    for (unsigned i = 0; i < DES_ROUNDS; i++) {
        for (unsigned n = rotated_once >> i & 1; n < 2; n++) {
            c = rotate_28(c);
            d = rotate_28(d);
        }
        round_keys[i] = permute(c << 28 | d, 56, choice_2, sizeof(choice_2));
    }
}

void pagetls_des_set_key(pagetls_des_key *out, const uint8_t *key, size_t len)
{
    for (size_t i = 0; i < 3; i++) {
        set_one_key(out->round_keys[i], key + i * DES_KEY % len);
    }
}

/* The S-boxes: the entry for six input bits is the lower half of an octet, or its upper half if the last bit is set. */
static const uint8_t boxes[8][32] = {
    { 0x0E, 0xF4, 0x7D, 0x41, 0xE2, 0x2F, 0xDB, 0x18, 0xA3, 0x6A, 0xC6, 0xBC, 0x95, 0x59, 0x30, 0x87,
      0xF4, 0xC1, 0x8E, 0x28, 0x4D, 0x96, 0x12, 0x7B, 0x5F, 0xBC, 0x39, 0xE7, 0xA3, 0x0A, 0x65, 0xD0 },
    { 0x3F, 0xD1, 0x48, 0x7E, 0xF6, 0x2B, 0x83, 0xE4, 0xC9, 0x07, 0x12, 0xAD, 0x6C, 0x90, 0xB5, 0x5A,
      0xD0, 0x8E, 0xA7, 0x1B, 0x3A, 0xF4, 0x4D, 0x21, 0xB5, 0x68, 0x7C, 0xC6, 0x09, 0x53, 0xE2, 0x9F },
    { 0xDA, 0x70, 0x09, 0x9E, 0x36, 0x43, 0x6F, 0xA5, 0x21, 0x8D, 0x5C, 0xE7, 0xCB, 0xB4, 0xF2, 0x18,
      0x1D, 0xA6, 0xD4, 0x09, 0x68, 0x9F, 0x83, 0x70, 0x4B, 0xF1, 0xE2, 0x3C, 0xB5, 0x5A, 0x2E, 0xC7 },
    { 0xD7, 0x8D, 0xBE, 0x53, 0x60, 0xF6, 0x09, 0x3A, 0x41, 0x72, 0x28, 0xC5, 0x1B, 0xAC, 0xE4, 0x9F,
      0x3A, 0xF6, 0x09, 0x60, 0xAC, 0x1B, 0xD7, 0x8D, 0x9F, 0x41, 0x53, 0xBE, 0xC5, 0x72, 0x28, 0xE4 },
    { 0xE2, 0xBC, 0x24, 0xC1, 0x47, 0x7A, 0xDB, 0x16, 0x58, 0x05, 0xF3, 0xAF, 0x3D, 0x90, 0x8E, 0x69,
      0xB4, 0x82, 0xC1, 0x7B, 0x1A, 0xED, 0x27, 0xD8, 0x6F, 0xF9, 0x0C, 0x95, 0xA6, 0x43, 0x50, 0x3E },
    { 0xAC, 0xF1, 0x4A, 0x2F, 0x79, 0xC2, 0x96, 0x58, 0x60, 0x1D, 0xD3, 0xE4, 0x0E, 0xB7, 0x35, 0x8B,
      0x49, 0x3E, 0x2F, 0xC5, 0x92, 0x58, 0xFC, 0xA3, 0xB7, 0xE0, 0x14, 0x7A, 0x61, 0x0D, 0x8B, 0xD6 },
    { 0xD4, 0x0B, 0xB2, 0x7E, 0x4F, 0x90, 0x18, 0xAD, 0xE3, 0x3C, 0x59, 0xC7, 0x25, 0xFA, 0x86, 0x61,
      0x61, 0xB4, 0xDB, 0x8D, 0x1C, 0x43, 0xA7, 0x7E, 0x9A, 0x5F, 0x06, 0xF8, 0xE0, 0x25, 0x39, 0xC2 },
    { 0x1D, 0xF2, 0xD8, 0x84, 0xA6, 0x3F, 0x7B, 0x41, 0xCA, 0x59, 0x63, 0xBE, 0x05, 0xE0, 0x9C, 0x27,
      0x27, 0x1B, 0xE4, 0x71, 0x49, 0xAC, 0x8E, 0xD2, 0xF0, 0xC6, 0x9A, 0x0D, 0x3F, 0x53, 0x65, 0xB8 },
};

static uint32_t round_function(uint32_t right, uint64_t round_key)
{
    static const uint8_t permutation[] = { 16, 7, 20, 21, 29, 12, 28, 17, 1,  15, 23, 26, 5,  18, 31, 10,
                                           2,  8, 24, 14, 32, 27, 3,  9,  19, 13, 30, 6,  22, 11, 4,  25 };
    uint32_t out = 0;
    for (unsigned i = 0; i < 8; i++) {
        const unsigned by = (4 * i + 31) % 32;
        const uint32_t expanded = (right << by | right >> (32 - by) % 32) >> 26;
        const uint32_t index = expanded ^ (uint32_t) (round_key >> (42 - 6 * i) & 0x3F);
        const uint32_t pair = secret_look_up(boxes[i], sizeof(boxes[i]), index >> 1);
        out = out << 4 | (pair >> 4 * (index & 1) & 0xF);
    }
    return (uint32_t) permute(out, 32, permutation, sizeof(permutation));
}

/* The initial permutation, or its inverse. */
static uint64_t permute_block(uint64_t from, int inverse)
{
    uint64_t out = 0;
    for (unsigned i = 0; i < 64; i++) {
        const unsigned j = 63 - ((7 - i % 8) * 8 + (2 * (i / 8) + 1) % 9);
        const unsigned to = 63 - i;
        out |= inverse ? (from >> to & 1) << j : (from >> j & 1) << to;
    }
    return out;
}

void pagetls_des_decrypt(const pagetls_des_key *key, uint8_t block[8])
{
    uint64_t x = permute_block(load(block), 0);
    uint32_t left = (uint32_t) (x >> 32);
    uint32_t right = (uint32_t) x;
    for (unsigned pass = 3; pass-- > 0;) {
        const unsigned reversed = pass == 1 ? 0 : DES_ROUNDS - 1; /* the pass in the middle encrypts */
        for (unsigned i = 0; i < DES_ROUNDS; i++) {
            const uint32_t next = left ^ round_function(right, key->round_keys[pass][i ^ reversed]);
            left = right;
            right = next;
        }
        const uint32_t last = left;
        left = right;
        right = last;
    }
    x = permute_block((uint64_t) left << 32 | right, 1);
    for (unsigned i = 8; i-- > 0; x >>= 8) {
        block[i] = (uint8_t) x;
    }
}
