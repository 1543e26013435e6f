/**
 * \file curve.h
 * \brief The NIST curves P-256, P-384 and P-521 (NIST SP 800-186, section 3.2.1): y^2 = x^3 - 3 x + b.
 *
 * Numbers are big-endian, `bytes` long; a point is x followed by y.
 */
#ifndef PAGETLS_CURVE_H
#define PAGETLS_CURVE_H

#include <stdint.h>

#define PAGETLS_CURVE_MAX_BYTES 66

typedef struct {
    unsigned bytes;       /**< length of a coordinate and of a scalar: 32, 48 or 66 */
    const uint8_t *order; /**< n, the number of points */

    /** Whether \p point is on the curve, with coordinates below p. In variable time. */
    int (*is_on_curve)(const uint8_t *point);

    /**
     * Computes k times a point. In constant time.
     * \param k      secret; from 1 to n - 1.
     * \param point  on the curve; NULL for the base point.
     */
    void (*multiply)(uint8_t *out, const uint8_t *k, const uint8_t *point);

    /**
     * Whether the x-coordinate of u1 G + u2 Q is r modulo n (FIPS 186-5, section 6.4.2, steps 4 to 7). In variable
     * time: the arguments are public.
     * \param q       on the curve.
     * \param u1, u2  below n.
     * \param r       from 1 to n - 1.
     */
    int (*verify)(const uint8_t *q, const uint8_t *u1, const uint8_t *u2, const uint8_t *r);
} pagetls_curve;

extern const pagetls_curve pagetls_p256;
extern const pagetls_curve pagetls_p384;
extern const pagetls_curve pagetls_p521;

/** Whether \p k is from 1 to n - 1. In constant time, except for the result. */
int pagetls_curve_is_scalar(const pagetls_curve *curve, const uint8_t *k);

/**
 * Calls multiply() after checking its arguments.
 * \param[out] out  a point; may equal \p point.
 * \param point     NULL for the base point.
 * \return 0, or -1 if \p k is not from 1 to n - 1 or \p point is not on the curve; then nothing is written.
 */
int pagetls_curve_multiply(const pagetls_curve *curve, uint8_t *out, const uint8_t *k, const uint8_t *point);

#endif
