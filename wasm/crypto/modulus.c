/* Montgomery multiplication with limbs of 27 bits: the sum of a column fits 64 bits for moduli of up to 8,192 bits.
 * Numbers are below twice the modulus, and R is more than four times the modulus, so no product needs a final
 * subtraction (C. Walter, "Montgomery exponentiation needs no final subtractions", 1999). Rows are added four at a
 * time, so a column in memory is loaded and stored once for four products. */
#include "crypto/modulus.h"

#include <string.h>

#include "crypto/limbs.h"

enum { BITS = PAGETLS_MODULUS_LIMB_BITS, MAX = PAGETLS_MODULUS_LIMBS, MASK = (1 << BITS) - 1, ROWS = 4 };

static inline uint64_t product(int32_t a, int32_t b)
{
    return (uint64_t) ((int64_t) a * b);
}

/* Adds four rows of n products: a[0] b to t, a[1] b to t + 1, ... */
static void add_rows(uint64_t *t, const int32_t a[ROWS], const int32_t *b, size_t n)
{
    const int32_t a0 = a[0], a1 = a[1], a2 = a[2], a3 = a[3];
    int32_t b1 = 0, b2 = 0, b3 = 0;
    _Pragma("GCC unroll 4") for (size_t i = 0; i < n; i++)
    {
        const int32_t b0 = b[i];
        t[i] += product(a0, b0) + product(a1, b1) + product(a2, b2) + product(a3, b3);
        b3 = b2;
        b2 = b1;
        b1 = b0;
    }
    t[n] += product(a1, b1) + product(a2, b2) + product(a3, b3);
    t[n + 1] += product(a2, b1) + product(a3, b2);
    t[n + 2] += product(a3, b1);
}

/* out = t / R. */
static void reduce(const pagetls_modulus *m, int32_t *out, uint64_t *t)
{
    const size_t n = m->limbs;
    for (size_t i = 0; i < n; i += ROWS) {
        int32_t factor[ROWS];
        uint64_t carry = 0;
        for (size_t j = 0; j < ROWS; j++) {
            uint64_t low = t[i + j] + carry;
            for (size_t k = 0; k < j; k++) {
                low += product(factor[k], m->modulus[j - k]);
            }
            factor[j] = (int32_t) ((low * m->inverse) & MASK);
            carry = (low + product(factor[j], m->modulus[0])) >> BITS;
        }
        add_rows(t + i, factor, m->modulus, n);
        t[i + ROWS] += carry;
    }
    uint64_t carry = 0;
    for (size_t i = 0; i < n; i++) {
        carry += t[n + i];
        out[i] = (int32_t) (carry & MASK);
        carry >>= BITS;
    }
}

static void multiply(const pagetls_modulus *m, int32_t *out, const int32_t *a, const int32_t *b)
{
    uint64_t t[2 * MAX + ROWS];
    memset(t, 0, (2 * m->limbs + ROWS) * sizeof(t[0]));
    for (size_t i = 0; i < m->limbs; i += ROWS) {
        add_rows(t + i, a + i, b, m->limbs);
    }
    reduce(m, out, t);
}

static void square(const pagetls_modulus *m, int32_t *out, const int32_t *a)
{
    uint64_t t[2 * MAX + ROWS];
    const size_t n = m->limbs;
    memset(t, 0, (2 * n + ROWS) * sizeof(t[0]));
    for (size_t i = 0; i < n; i += ROWS) {
        const int32_t *x = a + i;
        const int32_t twice[ROWS] = { x[0] * 2, x[1] * 2, x[2] * 2, x[3] * 2 };
        uint64_t *corner = t + 2 * i;
        corner[0] += product(x[0], x[0]);
        corner[1] += product(twice[0], x[1]);
        corner[2] += product(twice[0], x[2]) + product(x[1], x[1]);
        corner[3] += product(twice[0], x[3]) + product(twice[1], x[2]);
        corner[4] += product(twice[1], x[3]) + product(x[2], x[2]);
        corner[5] += product(twice[2], x[3]);
        corner[6] += product(x[3], x[3]);
        if (i + ROWS < n) {
            add_rows(corner + ROWS, twice, x + ROWS, n - i - ROWS);
        }
    }
    reduce(m, out, t);
}

/* Subtracts the modulus unless a is below it. */
static void reduce_once(const pagetls_modulus *m, int32_t *a)
{
    int32_t difference[MAX];
    int32_t carry = 0;
    for (size_t i = 0; i < m->limbs; i++) {
        carry += a[i] - m->modulus[i];
        difference[i] = carry & MASK;
        carry >>= BITS;
    }
    if (carry == 0) {
        memcpy(a, difference, m->limbs * sizeof(a[0]));
    }
}

/* a = 2 a; a is below the modulus. */
static void double_modulo(const pagetls_modulus *m, int32_t *a)
{
    int32_t carry = 0;
    for (size_t i = 0; i < m->limbs; i++) {
        carry |= a[i] << 1;
        a[i] = carry & MASK;
        carry >>= BITS;
    }
    reduce_once(m, a);
}

/* Computes R^2. Doubles the largest power of two below the modulus until it is 2^j R, where j is the leading bits of
 * the logarithm of R. Then appends the other bits to j: squaring in Montgomery form doubles j, doubling increments
 * it. */
static void set_r_squared(pagetls_modulus *m, size_t modulus_bits)
{
    enum { MAX_DOUBLINGS = 64 }; /* j stays below this: one squaring costs at least as much as 64 doublings */
    const size_t log_r = m->limbs * BITS;
    unsigned halvings = 0;
    while (log_r >> halvings >= MAX_DOUBLINGS) {
        halvings++;
    }
    int32_t *x = m->r_squared;
    memset(x, 0, m->limbs * sizeof(x[0]));
    x[(modulus_bits - 1) / BITS] = (int32_t) 1 << (modulus_bits - 1) % BITS;
    for (size_t log_x = modulus_bits - 1; log_x < log_r + (log_r >> halvings); log_x++) {
        double_modulo(m, x);
    }
    while (halvings-- > 0) {
        square(m, x, x);
        reduce_once(m, x);
        if (log_r >> halvings & 1) {
            double_modulo(m, x);
        }
    }
}

int pagetls_modulus_set(pagetls_modulus *m, const uint8_t *modulus, size_t bytes)
{
    if (bytes < 8 || bytes > PAGETLS_MODULUS_MAX_BYTES || modulus[0] == 0 || modulus[bytes - 1] % 2 == 0) {
        return -1;
    }
    size_t bits = bytes * 8;
    while ((modulus[0] >> (bits - 1) % 8 & 1) == 0) {
        bits--;
    }
    m->bytes = bytes;
    m->limbs = (bits + 2 + BITS - 1) / BITS;
    m->limbs += (ROWS - m->limbs % ROWS) % ROWS;
    pagetls_limbs_read(m->modulus, m->limbs, BITS, modulus, bytes);
    /* Newton's iteration: an odd number is its own inverse in the lowest three bits; each step doubles the correct
     * bits. */
    const uint32_t lowest = (uint32_t) m->modulus[0];
    uint32_t inverse = lowest;
    for (int i = 0; i < 4; i++) {
        inverse *= 2 - lowest * inverse;
    }
    m->inverse = -inverse & MASK;
    set_r_squared(m, bits);
    return 0;
}

/* --- conversion from and to bytes ----------------------------------------------------- */

/* Reads a number into Montgomery form. */
static void read(const pagetls_modulus *m, int32_t *out, const uint8_t *number)
{
    pagetls_limbs_read(out, m->limbs, BITS, number, m->bytes);
    multiply(m, out, out, m->r_squared);
}

/* Writes a number from Montgomery form. The reduction yields at most the modulus. */
static void write(const pagetls_modulus *m, uint8_t *out, const int32_t *a)
{
    int32_t limbs[MAX];
    uint64_t t[2 * MAX + ROWS];
    memset(t, 0, (2 * m->limbs + ROWS) * sizeof(t[0]));
    for (size_t i = 0; i < m->limbs; i++) {
        t[i] = (uint64_t) a[i];
    }
    reduce(m, limbs, t);
    reduce_once(m, limbs);
    pagetls_limbs_write(out, m->bytes, limbs, m->limbs, BITS);
}

void pagetls_modulus_multiply(const pagetls_modulus *m, uint8_t *out, const uint8_t *a, const uint8_t *b)
{
    int32_t x[MAX];
    int32_t y[MAX];
    read(m, x, a);
    read(m, y, b);
    multiply(m, x, x, y);
    write(m, out, x);
}

void pagetls_modulus_power(const pagetls_modulus *m, uint8_t *out, const uint8_t *base, uint64_t exponent)
{
    int32_t x[MAX];
    int32_t power[MAX];
    read(m, x, base);
    memcpy(power, x, m->limbs * sizeof(x[0]));
    int bit = 63;
    while ((exponent >> bit & 1) == 0) {
        bit--;
    }
    while (bit-- > 0) {
        square(m, power, power);
        if (exponent >> bit & 1) {
            multiply(m, power, power, x);
        }
    }
    write(m, out, power);
}
