#include "crypto/curve.h"

#include <stddef.h>

int pagetls_curve_is_scalar(const pagetls_curve *curve, const uint8_t *k)
{
    int below = 0; /* the borrow of k - n: -1 if k is below n, in the bytes compared so far */
    unsigned bits = 0;
    for (size_t i = curve->bytes; i-- > 0;) {
        below = (k[i] - curve->order[i] + below) >> 8;
        bits |= k[i];
    }
    return (below & (int) ((bits + 0xff) >> 8)) != 0;
}

int pagetls_curve_multiply(const pagetls_curve *curve, uint8_t *out, const uint8_t *k, const uint8_t *point)
{
    if (!pagetls_curve_is_scalar(curve, k) || (point != NULL && !curve->is_on_curve(point))) {
        return -1;
    }
    curve->multiply(out, k, point);
    return 0;
}
