/* Modular inverse by division steps (D. Bernstein, B.-Y. Yang, "Fast constant-time gcd computation and modular
 * inversion", 2019), thirty at a time on the lowest limbs, in P. Wuille's variable-time variant for public numbers,
 * which takes consecutive steps that only halve at once. */
#include <string.h>

#include "crypto/limbs.h"
#include "crypto/modulus.h"

enum { BITS = 30, MASK = (1 << BITS) - 1, MAX = (PAGETLS_INVERSE_MAX_BYTES * 8 + 2 + BITS - 1) / BITS };

/* The effect of thirty steps: 2^30 times the new f is u f + v g, and 2^30 times the new g is q f + r g. */
typedef struct {
    int32_t u, v, q, r;
} step_matrix;

/* f, which is odd, and g are the lowest limbs. delta decides whether a step swaps them; it is updated. */
static step_matrix division_steps(int *delta, uint32_t f, uint32_t g)
{
    uint32_t u = 1;
    uint32_t v = 0;
    uint32_t q = 0;
    uint32_t r = 1;
    for (int left = BITS;;) {
        const int zeros = __builtin_ctz(g | UINT32_MAX << left);
        g >>= zeros;
        u <<= zeros;
        v <<= zeros;
        *delta += zeros;
        left -= zeros;
        if (left == 0) {
            return (step_matrix) { (int32_t) u, (int32_t) v, (int32_t) q, (int32_t) r };
        }
        if (*delta > 0) { /* f, g = g, -f */
            *delta = -*delta;
            const uint32_t old[] = { f, u, v };
            f = g;
            u = q;
            v = r;
            g = -old[0];
            q = -old[1];
            r = -old[2];
        }
        /* Take all steps before the next swap at once, but at most six: adding a multiple of f clears that many bits
         * of g. */
        const int more = 1 - *delta < left ? 1 - *delta : left;
        const uint32_t mask = (UINT32_MAX >> (32 - more)) & 63;
        const uint32_t times = (f * g * (f * f - 2)) & mask;
        g += f * times;
        q += u * times;
        r += v * times;
    }
}

/* (f, g) becomes the matrix times (f, g), divided by 2^30, which is exact. */
static void apply_steps(int32_t *f, int32_t *g, size_t n, const step_matrix *s)
{
    int64_t sum_f = 0;
    int64_t sum_g = 0;
    for (size_t i = 0; i < n; i++) {
        sum_f += (int64_t) s->u * f[i] + (int64_t) s->v * g[i];
        sum_g += (int64_t) s->q * f[i] + (int64_t) s->r * g[i];
        if (i > 0) {
            f[i - 1] = (int32_t) (sum_f & MASK);
            g[i - 1] = (int32_t) (sum_g & MASK);
        }
        sum_f >>= BITS;
        sum_g >>= BITS;
    }
    f[n - 1] = (int32_t) sum_f;
    g[n - 1] = (int32_t) sum_g;
}

/* The same for (d, e) modulo m: adds multiples of m that make the division exact. inverse is 1/m modulo 2^30. d and e
 * stay between -2 m and m. */
static void apply_steps_modulo(int32_t *d, int32_t *e, size_t n, const step_matrix *s, const int32_t *m,
                               uint32_t inverse)
{
    const int32_t d_sign = d[n - 1] >> 31;
    const int32_t e_sign = e[n - 1] >> 31;
    int32_t md = (s->u & d_sign) + (s->v & e_sign);
    int32_t me = (s->q & d_sign) + (s->r & e_sign);
    int64_t sum_d = (int64_t) s->u * d[0] + (int64_t) s->v * e[0];
    int64_t sum_e = (int64_t) s->q * d[0] + (int64_t) s->r * e[0];
    md -= (int32_t) ((inverse * (uint32_t) sum_d + (uint32_t) md) & MASK);
    me -= (int32_t) ((inverse * (uint32_t) sum_e + (uint32_t) me) & MASK);
    sum_d = (sum_d + (int64_t) m[0] * md) >> BITS;
    sum_e = (sum_e + (int64_t) m[0] * me) >> BITS;
    for (size_t i = 1; i < n; i++) {
        sum_d += (int64_t) s->u * d[i] + (int64_t) s->v * e[i] + (int64_t) m[i] * md;
        sum_e += (int64_t) s->q * d[i] + (int64_t) s->r * e[i] + (int64_t) m[i] * me;
        d[i - 1] = (int32_t) (sum_d & MASK);
        e[i - 1] = (int32_t) (sum_e & MASK);
        sum_d >>= BITS;
        sum_e >>= BITS;
    }
    d[n - 1] = (int32_t) sum_d;
    e[n - 1] = (int32_t) sum_e;
}

/* a += times m */
static void add_multiple(int32_t *a, size_t n, int times, const int32_t *m)
{
    int64_t carry = 0;
    for (size_t i = 0; i < n; i++) {
        carry += a[i] + (int64_t) times * m[i];
        a[i] = (int32_t) (i == n - 1 ? carry : carry & MASK);
        carry >>= BITS;
    }
}

static int is_zero(const int32_t *a, size_t n)
{
    int32_t bits = 0;
    for (size_t i = 0; i < n; i++) {
        bits |= a[i];
    }
    return bits == 0;
}

void pagetls_modulus_invert(uint8_t *out, const uint8_t *a, const uint8_t *modulus, size_t bytes)
{
    int32_t m[MAX];
    int32_t f[MAX];
    int32_t g[MAX];
    int32_t d[MAX] = { 0 };
    int32_t e[MAX] = { 1 };
    const size_t n = (bytes * 8 + 2 + BITS - 1) / BITS;
    pagetls_limbs_read(m, n, BITS, modulus, bytes);
    pagetls_limbs_read(g, n, BITS, a, bytes);
    memcpy(f, m, sizeof(f));
    uint32_t inverse = (uint32_t) m[0];
    for (int i = 0; i < 4; i++) {
        inverse *= 2 - (uint32_t) m[0] * inverse;
    }
    inverse &= MASK;
    int delta = 1;
    while (!is_zero(g, n)) {
        const step_matrix s = division_steps(&delta, (uint32_t) f[0], (uint32_t) g[0]);
        apply_steps_modulo(d, e, n, &s, m, inverse);
        apply_steps(f, g, n, &s);
    }
    /* f is 1 or -1, and d is f times 1/a. */
    if (d[n - 1] < 0) {
        add_multiple(d, n, 1, m);
    }
    if (f[n - 1] < 0) {
        for (size_t i = 0; i < n; i++) {
            d[i] = -d[i];
        }
    }
    add_multiple(d, n, 0, m); /* propagates carries */
    if (d[n - 1] < 0) {
        add_multiple(d, n, 1, m);
    }
    pagetls_limbs_write(out, bytes, d, n, BITS);
}
