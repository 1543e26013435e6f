#include "crypto/field25519.h"

#include <stdlib.h>
#include <string.h>

#define LIMB_ONE (INT64_C(1) << LIMB_BITS)
#define FIELD_CASE field_case_25519
#define SCALE_BITS 0
#define TOP_LIMB_BITS (LIMB_BITS - 1)
#define PRODUCT_BOUND 128 /* p is 2^255 - 19, and the limbs hold up to 2^261 */
#define NUMBER_LEN 32
#define PRIME_BITS 255

#include "mbedtls/bignum.h"
#include "random.h"

static void to_prime(mbedtls_mpi *out);
static void from_number(element *out, const uint8_t bytes[32]);
static void to_number(uint8_t bytes[32], const element *a);
static const char *compare_arithmetic(random_source *from, const mbedtls_mpi *p, mbedtls_mpi *x, mbedtls_mpi *y);

#include "field_cases.inc"

static void to_prime(mbedtls_mpi *out)
{
    MUST(mbedtls_mpi_lset(out, 1));
    MUST(mbedtls_mpi_shift_l(out, 255));
    MUST(mbedtls_mpi_sub_int(out, out, 19));
}

static void reverse_bytes(uint8_t out[32], const uint8_t bytes[32])
{
    for (int i = 0; i < 32; i++) {
        out[i] = bytes[31 - i];
    }
}

static void from_number(element *out, const uint8_t bytes[32])
{
    uint8_t reversed[32];
    reverse_bytes(reversed, bytes);
    element_from_bytes(out, reversed);
}

static void to_number(uint8_t bytes[32], const element *a)
{
    uint8_t reversed[32];
    element_to_bytes(reversed, a);
    reverse_bytes(bytes, reversed);
}

/* An element of up to two units, close to a multiple of p: when it becomes a number, the multiple of 2^255 that is folded
 * can cause another, which random numbers never do. */
static void near_multiple(random_source *from, element *out)
{
    const int times = (int) random_below(from, 129) - 64;
    const int distance = (int) random_below(from, 19 * 64 + 20);
    memset(out, 0, sizeof(*out));
    out->limb[0] = (times < 0 ? -distance : distance) - 19 * times;
    out->limb[LIMBS - 1] = times * (1 << (PRIME_BITS - (LIMBS - 1) * LIMB_BITS));
}

static const char *compare_arithmetic(random_source *from, const mbedtls_mpi *p, mbedtls_mpi *x, mbedtls_mpi *y)
{
    element a, b, out;
    uint8_t bytes[32];
    switch (random_below(from, 10)) {
        case 0: /* a + 121665 b */
            random_element(from, &a, 1);
            random_element(from, &b, 2);
            element_value(x, &a);
            element_value(y, &b);
            MUST(mbedtls_mpi_mul_int(y, y, 121665));
            MUST(mbedtls_mpi_add_mpi(y, y, x));
            add_multiple(&out, &a, 121665, &b);
            return is_same(&out, y, p, 0) && is_normalized(&out, p, PRODUCT_BOUND) ? NULL : "a sum";
        case 1: /* to_number() yields the canonical number */
        case 3:
        case 4:
            if (random_below(from, 2) == 0) {
                random_element(from, &a, 1 + (int) random_below(from, 4));
            } else {
                near_multiple(from, &a);
            }
            element_value(x, &a);
            MUST(mbedtls_mpi_mod_mpi(x, x, p));
            to_number(bytes, &a);
            MUST(mbedtls_mpi_read_binary(y, bytes, sizeof(bytes)));
            return mbedtls_mpi_cmp_mpi(x, y) == 0 ? NULL : "the number of an element";
        case 2: /* a product of as many units as possible */
            random_element(from, &a, 3);
            random_element(from, &b, 4);
            element_value(x, &a);
            element_value(y, &b);
            MUST(mbedtls_mpi_mul_mpi(y, y, x));
            multiply(&out, &a, &b);
            return is_same(&out, y, p, 0) && is_normalized(&out, p, PRODUCT_BOUND) ? NULL : "a product of 12 units";
        default: return compare_product(from, p, x, y);
    }
}
