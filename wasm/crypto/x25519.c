/* X25519 (RFC 7748, section 5). Comments give units where they exceed one (field25519.h). */
#include "crypto/x25519.h"

#include <string.h>

#include "crypto/field25519.h"
#include "crypto/secret.h"
#include "host/zeroize.h"

/* Swaps the two if bit is 1. In constant time. */
static void swap_if(element *a, element *b, int32_t bit)
{
    const int32_t mask = secret_mask(-bit);
    for (int i = 0; i < LIMBS; i++) {
        const int32_t both = mask & (a->limb[i] ^ b->limb[i]);
        a->limb[i] ^= both;
        b->limb[i] ^= both;
    }
}

void pagetls_x25519(uint8_t out[32], const uint8_t k[32], const uint8_t u[32])
{
    struct {
        element x1, x2, z2, x3, z3, a, b, c, d;
        uint8_t k[32];
    } s;
    memset(&s, 0, sizeof(s));
    memcpy(s.k, k, sizeof(s.k));
    s.k[0] &= 248;
    s.k[31] = (uint8_t) ((s.k[31] & 127) | 64);
    element_from_bytes(&s.x1, u);
    s.x2.limb[0] = 1;
    s.x3 = s.x1;
    s.z3.limb[0] = 1;
    int32_t swapped = 0;
    for (int i = 254; i >= 0; i--) {
        const int32_t bit = s.k[i / 8] >> i % 8 & 1;
        swap_if(&s.x2, &s.x3, swapped ^ bit);
        swap_if(&s.z2, &s.z3, swapped ^ bit);
        swapped = bit;
        add(&s.a, &s.x2, &s.z2);      /* 2 */
        subtract(&s.b, &s.x2, &s.z2); /* 2 */
        add(&s.c, &s.x3, &s.z3);      /* 2 */
        subtract(&s.d, &s.x3, &s.z3); /* 2 */
        multiply(&s.d, &s.d, &s.a);   /* 4 */
        multiply(&s.c, &s.c, &s.b);   /* 4 */
        square(&s.a, &s.a);           /* 4 */
        square(&s.b, &s.b);           /* 4 */
        add(&s.x3, &s.d, &s.c);       /* 2 */
        subtract(&s.z3, &s.d, &s.c);  /* 2 */
        square(&s.x3, &s.x3);         /* 4 */
        square(&s.z3, &s.z3);         /* 4 */
        multiply(&s.z3, &s.z3, &s.x1);
        multiply(&s.x2, &s.a, &s.b);
        subtract(&s.b, &s.a, &s.b); /* 2 */
        add_multiple(&s.a, &s.a, 121665, &s.b);
        multiply(&s.z2, &s.b, &s.a); /* 2 */
    }
    swap_if(&s.x2, &s.x3, swapped);
    swap_if(&s.z2, &s.z3, swapped);
    invert(&s.z2, &s.z2);
    multiply(&s.x2, &s.x2, &s.z2);
    element_to_bytes(out, &s.x2);
    pagetls_zeroize(&s, sizeof(s));
}
