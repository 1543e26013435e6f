/**
 * \file simd.h
 * \brief 16-byte vectors: WebAssembly's, or the vector extensions of GCC and Clang on other targets.
 *
 * Arithmetic, logic, shifts and comparisons use the compiler's operators; this header adds the rest. No function
 * branches on the contents of a vector or uses them as an address.
 *
 * Words are little-endian, as in WebAssembly.
 */
#ifndef PAGETLS_SIMD_H
#define PAGETLS_SIMD_H

#include <stdint.h>
#include <string.h>

#ifdef __wasm_simd128__
#include <wasm_simd128.h>
#endif

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "Big-endian targets are not supported"
#endif

typedef uint8_t u8x16 __attribute__((vector_size(16)));
typedef uint32_t u32x4 __attribute__((vector_size(16)));

/**
 * SIMD_LANES selects four of the eight 32-bit lanes of a and b by index.
 * SIMD_BYTES_UP moves b up by one byte and inserts the last byte of a.
 */
#ifdef __clang__
#define SIMD_LANES(a, b, i, j, k, l) __builtin_shufflevector(a, b, i, j, k, l)
#define SIMD_BYTES_UP(a, b)                                                                                            \
    __builtin_shufflevector(a, b, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30)
#else
#define SIMD_LANES(a, b, i, j, k, l) __builtin_shuffle(a, b, (u32x4) { i, j, k, l })
#define SIMD_BYTES_UP(a, b)                                                                                            \
    __builtin_shuffle(a, b, (u8x16) { 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30 })
#endif

/** Loads 16 bytes from an address of any alignment. */
static inline u8x16 simd_load(const void *from)
{
    u8x16 x;
    memcpy(&x, from, sizeof(x));
    return x;
}

static inline void simd_store(void *to, u8x16 x)
{
    memcpy(to, &x, sizeof(x));
}

static inline u8x16 simd_splat8(uint8_t byte)
{
    return (u8x16) { byte, byte, byte, byte, byte, byte, byte, byte, byte, byte, byte, byte, byte, byte, byte, byte };
}

static inline u32x4 simd_splat32(uint32_t word)
{
    return (u32x4) { word, word, word, word };
}

/** Sixteen look-ups in a 16-byte table. An index above 15 yields 0. */
static inline u8x16 simd_swizzle(u8x16 table, u8x16 index)
{
#ifdef __wasm_simd128__
    return (u8x16) wasm_i8x16_swizzle((v128_t) table, (v128_t) index);
#else
    u8x16 out = simd_splat8(0);
    for (int i = 0; i < 16; i++) {
        out |= (u8x16) (index == simd_splat8((uint8_t) i)) & simd_splat8(table[i]);
    }
    return out;
#endif
}

/** The upper four bits of every byte. */
static inline u8x16 simd_high_nibbles(u8x16 x)
{
    /* V8 compiles a byte-wise shift to three instructions, this one to one. */
    return (u8x16) ((u32x4) x >> 4) & simd_splat8(15);
}

static inline u8x16 simd_low_nibbles(u8x16 x)
{
    return x & simd_splat8(15);
}

/** Rotates each 32-bit lane left. The variants for whole bytes take one instruction where a swizzle exists. */
static inline u32x4 simd_rotate_left(u32x4 x, int bits)
{
    return x << bits | x >> (32 - bits);
}

static inline u32x4 simd_rotate_left_16(u32x4 x)
{
#ifdef __wasm_simd128__
    const u8x16 moved = { 2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13 };
    return (u32x4) simd_swizzle((u8x16) x, moved);
#else
    return simd_rotate_left(x, 16);
#endif
}

static inline u32x4 simd_rotate_left_8(u32x4 x)
{
#ifdef __wasm_simd128__
    const u8x16 moved = { 3, 0, 1, 2, 7, 4, 5, 6, 11, 8, 9, 10, 15, 12, 13, 14 };
    return (u32x4) simd_swizzle((u8x16) x, moved);
#else
    return simd_rotate_left(x, 8);
#endif
}

/** Writes the \p len bytes of \p in XOR \p mask. \p out may equal \p in or begin before it. */
static inline void simd_xor(uint8_t *out, const uint8_t *in, const uint8_t *mask, size_t len)
{
    for (; len >= 16; len -= 16, out += 16, in += 16, mask += 16) {
        simd_store(out, simd_load(in) ^ simd_load(mask));
    }
    for (size_t i = 0; i < len; i++) {
        out[i] = in[i] ^ mask[i];
    }
}

#endif
