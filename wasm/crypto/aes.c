/* AES (FIPS 197) of one block, encryption only. Substitutes all 16 bytes at once by look-ups in tables that are vectors
 * (README.md), so no memory address depends on a secret. */
#include "crypto/aes.h"

#include "crypto/simd.h"

/* ShiftRows alone, and after rotating every column by one and by three rows. */
static const u8x16 shift_rows = { 0, 5, 10, 15, 4, 9, 14, 3, 8, 13, 2, 7, 12, 1, 6, 11 };
static const u8x16 one_row_shifted = { 1, 6, 11, 12, 5, 10, 15, 0, 9, 14, 3, 4, 13, 2, 7, 8 };
static const u8x16 three_rows_shifted = { 3, 4, 9, 14, 7, 8, 13, 2, 11, 12, 1, 6, 15, 0, 5, 10 };

typedef struct {
    u8x16 i, j;
} inverted;

static inline u8x16 look_up(const uint8_t table[16], u8x16 index)
{
    return simd_swizzle(simd_load(table), index);
}

static inline u8x16 look_up_both(const uint8_t table_i[16], const uint8_t table_j[16], inverted x)
{
    return look_up(table_i, x.i) ^ look_up(table_j, x.j);
}

static inline u8x16 to_tower(u8x16 x)
{
    const pagetls_aes_table *t = &pagetls_aes_tables;
    return look_up(t->tower_low, simd_low_nibbles(x)) ^ look_up(t->tower_high, simd_high_nibbles(x));
}

static inline inverted invert(u8x16 x)
{
    const pagetls_aes_table *t = &pagetls_aes_tables;
    u8x16 i = simd_high_nibbles(x);
    u8x16 k = simd_low_nibbles(x);
    u8x16 j = i ^ k;
    u8x16 a_k = look_up(t->inverse_a, k);
    return (inverted) {
        .i = look_up(t->inverse, look_up(t->inverse, i) ^ a_k) ^ j,
        .j = look_up(t->inverse, look_up(t->inverse, j) ^ a_k) ^ i,
    };
}

/* --- the key ------------------------------------------------------------------ */

/* SubWord of FIPS 197, section 5.2. */
static uint32_t substitute_word(uint32_t word)
{
    const pagetls_aes_table *t = &pagetls_aes_tables;
    inverted x = invert(to_tower((u8x16) simd_splat32(word)));
    u8x16 out = look_up_both(t->sub_i, t->sub_j, x) ^ simd_splat8(PAGETLS_AES_SUB_CONSTANT);
    return ((u32x4) out)[0];
}

unsigned pagetls_aes_expand_key(uint8_t round_keys[PAGETLS_AES_ROUND_KEYS][16], const uint8_t *key, unsigned bits)
{
    if (bits != 128 && bits != 192 && bits != 256) {
        return 0;
    }
    uint8_t *bytes = round_keys[0];
    unsigned words = bits / 32;
    unsigned rounds = words + 6;
    uint32_t round_constant = 1; /* a power of x */
    memcpy(bytes, key, bits / 8);
    for (unsigned i = words; i < 4 * (rounds + 1); i++) {
        uint32_t last;
        uint32_t back;
        memcpy(&last, bytes + (size_t) 4 * (i - 1), 4);
        memcpy(&back, bytes + (size_t) 4 * (i - words), 4);
        if (i % words == 0) {
            last = substitute_word(last >> 8 | last << 24) ^ round_constant;
            round_constant = round_constant << 1 ^ (round_constant >> 7) * 0x11b; /* times x in GF(2^8) */
        } else if (words == 8 && i % 8 == 4) {
            last = substitute_word(last);
        }
        last ^= back;
        memcpy(bytes + (size_t) 4 * i, &last, 4);
    }
    return rounds;
}

int pagetls_aes_set_key(pagetls_aes_key *out, const uint8_t *key, unsigned bits)
{
    out->rounds = pagetls_aes_expand_key(out->round_keys, key, bits);
    if (out->rounds == 0) {
        return -1;
    }
    for (unsigned round = 1; round <= out->rounds; round++) {
        u8x16 round_key = simd_load(out->round_keys[round]) ^ simd_splat8(PAGETLS_AES_SUB_CONSTANT);
        if (round < out->rounds) {
            round_key = simd_swizzle(to_tower(round_key), shift_rows);
        }
        simd_store(out->round_keys[round], round_key);
    }
    return 0;
}

/* --- the block ------------------------------------------------------------------ */

/* ShiftRows runs at the end of the previous round: it commutes with SubBytes. */
void pagetls_aes_encrypt(const pagetls_aes_key *key, const uint8_t in[16], uint8_t out[16])
{
    const pagetls_aes_table *t = &pagetls_aes_tables;
    u8x16 x = simd_swizzle(to_tower(simd_load(in) ^ simd_load(key->round_keys[0])), shift_rows);
    for (unsigned round = 1; round < key->rounds; round++) {
        inverted y = invert(x);
        u8x16 once = look_up_both(t->once_i, t->once_j, y);
        u8x16 twice = look_up_both(t->twice_i, t->twice_j, y);
        /* MixColumns: a row becomes 2 times itself, plus 3 times the next row, plus the two rows after that. `sum` is
         * 2 times itself plus the next row; adding the next row's `sum` and the previous row completes it. */
        const u8x16 next_row = { 1, 2, 3, 0, 5, 6, 7, 4, 9, 10, 11, 8, 13, 14, 15, 12 };
        u8x16 sum = simd_swizzle(once, next_row) ^ twice;
        x = simd_swizzle(sum, shift_rows) ^ simd_swizzle(sum, one_row_shifted) ^
            (simd_swizzle(once, three_rows_shifted) ^ simd_load(key->round_keys[round]));
    }
    x = look_up_both(t->sub_i, t->sub_j, invert(x)) ^ simd_load(key->round_keys[key->rounds]);
    simd_store(out, x);
}
