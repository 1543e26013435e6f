#include <stdlib.h>
#include <string.h>

#include "crypto/curve.h"
#include "crypto/modulus.h"
#include "field_cases.h"
#include "mbedtls/bignum.h"

static const char *compare_inverse(random_source *from, mbedtls_mpi *x, mbedtls_mpi *y, mbedtls_mpi *n)
{
    static const pagetls_curve *const curves[] = { &pagetls_p256, &pagetls_p384, &pagetls_p521 };
    const pagetls_curve *curve = curves[random_below(from, 3)];
    uint8_t a[PAGETLS_CURVE_MAX_BYTES];
    uint8_t inverse[PAGETLS_CURVE_MAX_BYTES];
    MUST(mbedtls_mpi_read_binary(n, curve->order, curve->bytes));
    (void) kernel_random_bytes(from, a, curve->bytes);
    const unsigned how = random_below(from, 8);
    if (how == 0) { /* a single byte that is not 0 */
        memset(a, 0, curve->bytes);
        a[random_below(from, curve->bytes)] = (uint8_t) (1 + random_below(from, 255));
    }
    MUST(mbedtls_mpi_read_binary(x, a, curve->bytes));
    if (how == 1) {
        MUST(mbedtls_mpi_sub_int(x, n, 1 + (int) random_below(from, 100)));
    }
    if (how == 2) { /* the inverse is close to 0 or to the order */
        MUST(mbedtls_mpi_lset(x, 1 + (int) random_below(from, 1000)));
        if (random_below(from, 2) == 0) {
            MUST(mbedtls_mpi_sub_mpi(x, n, x));
        }
        MUST(mbedtls_mpi_inv_mod(x, x, n));
    }
    MUST(mbedtls_mpi_mod_mpi(x, x, n));
    if (mbedtls_mpi_cmp_int(x, 0) == 0) {
        return NULL;
    }
    MUST(mbedtls_mpi_write_binary(x, a, curve->bytes));
    pagetls_modulus_invert(inverse, a, curve->order, curve->bytes);
    MUST(mbedtls_mpi_read_binary(y, inverse, curve->bytes));
    if (mbedtls_mpi_cmp_mpi(y, n) >= 0) {
        return "an inverse that is not below the order";
    }
    MUST(mbedtls_mpi_mul_mpi(y, x, y));
    MUST(mbedtls_mpi_mod_mpi(y, y, n));
    return mbedtls_mpi_cmp_int(y, 1) == 0 ? NULL : "an inverse modulo an order";
}

static const char *compare_product(random_source *from, mbedtls_mpi *x, mbedtls_mpi *y, mbedtls_mpi *n)
{
    static pagetls_modulus modulus;
    uint8_t bytes[3][300];
    const size_t len = 8 + random_below(from, random_below(from, 16) == 0 ? 292 : 60);
    for (size_t i = 0; i < 3; i++) {
        (void) kernel_random_bytes(from, bytes[i], len);
        if (random_below(from, 8) == 0) {
            memset(bytes[i], random_below(from, 2) == 0 ? 0 : 0xff, len);
        }
    }
    bytes[0][0] |= (uint8_t) (1u << random_below(from, 8));
    bytes[0][len - 1] |= 1;
    MUST(mbedtls_mpi_read_binary(n, bytes[0], len));
    MUST(mbedtls_mpi_read_binary(x, bytes[1], len));
    MUST(mbedtls_mpi_read_binary(y, bytes[2], len));
    MUST(mbedtls_mpi_mod_mpi(x, x, n));
    MUST(mbedtls_mpi_mod_mpi(y, y, n));
    MUST(mbedtls_mpi_write_binary(x, bytes[1], len));
    MUST(mbedtls_mpi_write_binary(y, bytes[2], len));
    MUST(pagetls_modulus_set(&modulus, bytes[0], len));
    pagetls_modulus_multiply(&modulus, bytes[1], bytes[1], bytes[2]);
    MUST(mbedtls_mpi_mul_mpi(x, x, y));
    MUST(mbedtls_mpi_mod_mpi(x, x, n));
    MUST(mbedtls_mpi_read_binary(y, bytes[1], len));
    return mbedtls_mpi_cmp_mpi(x, y) == 0 ? NULL : "a product modulo a number";
}

const char *modulus_case(random_source *from)
{
    mbedtls_mpi x, y, n;
    mbedtls_mpi_init(&x);
    mbedtls_mpi_init(&y);
    mbedtls_mpi_init(&n);
    const char *what = (random_below(from, 2) == 0 ? compare_inverse : compare_product)(from, &x, &y, &n);
    mbedtls_mpi_free(&x);
    mbedtls_mpi_free(&y);
    mbedtls_mpi_free(&n);
    return what;
}
