/**
 * \file curve.h
 * \brief The NIST curves P-256, P-384 and P-521 (NIST SP 800-186, section 3.2.1): y^2 = x^3 - 3 x + b.
 *
 * Numbers are big-endian and of the curve's length in bytes; a point is x and then y.
 */
#ifndef PAGETLS_CURVE_H
#define PAGETLS_CURVE_H

#include <stdint.h>

#define PAGETLS_CURVE_MAX_BYTES 66

typedef struct {
    unsigned bytes;       /**< of a coordinate and of a scalar: 32, 48 or 66 */
    const uint8_t *order; /**< n, the number of points */

    /**
     * Whether \p point is on the curve, with coordinates below p. Its time depends on the point.
     */
    int (*has)(const uint8_t *point);

    /**
     * k times a point, in constant time.
     * \param k      secret; below n, and not 0.
     * \param point  on the curve; NULL for the base point.
     */
    void (*multiply)(uint8_t *out, const uint8_t *k, const uint8_t *point);

    /**
     * Whether the x-coordinate of u1 G + u2 Q is r modulo n (FIPS 186-5, section 6.4.2, steps 4 to 7). Nothing is
     * secret: its time depends on all of it.
     * \param q       on the curve.
     * \param u1, u2  below n.
     * \param r       below n, and not 0.
     */
    int (*verify)(const uint8_t *q, const uint8_t *u1, const uint8_t *u2, const uint8_t *r);
} pagetls_curve;

extern const pagetls_curve pagetls_p256;
extern const pagetls_curve pagetls_p384;
extern const pagetls_curve pagetls_p521;

/** Whether \p k is neither 0 nor n or more. In constant time; that is all that it tells about k. */
int pagetls_curve_is_scalar(const pagetls_curve *curve, const uint8_t *k);

/**
 * multiply() for numbers that may be wrong.
 * \param[out] out  a point; may be \p point.
 * \param point     NULL for the base point.
 * \return 0, or -1 when \p k is no scalar or \p point is not on the curve; then nothing was written.
 */
int pagetls_curve_multiply(const pagetls_curve *curve, uint8_t *out, const uint8_t *k, const uint8_t *point);

#endif
