/* P-521 (NIST SP 800-186, section 3.2.1.5): nineteen limbs of 28 bits. Constants: test/kernels/curve-constants.js. */
#include <stdint.h>

#define CURVE pagetls_p521
#define BYTES 66
#define LIMBS 19
#define LIMB_BITS 28
#define TOP_BITS 17

/* (p + 1) m, p = 2^521 - 1. */
#define ADD_P(t, m) ((t)[18] += (m) * (INT64_C(1) << 17))

#define ROWS_UNROLLED /* not unrolled: half the speed, a tenth of the size */

/* 16 bytes per line. */
/* clang-format off */
#define PRIME                                                                                                \
    {                                                                                                        \
        0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,      \
            0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,  \
            0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,  \
            0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,  \
            0xff, 0xff                                                                                       \
    }
#define ORDER                                                                                                \
    {                                                                                                        \
        0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,      \
            0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,  \
            0xff, 0xfa, 0x51, 0x86, 0x87, 0x83, 0xbf, 0x2f, 0x96, 0x6b, 0x7f, 0xcc, 0x01, 0x48, 0xf7, 0x09,  \
            0xa5, 0xd0, 0x3b, 0xb5, 0xc9, 0xb8, 0x89, 0x9c, 0x47, 0xae, 0xbb, 0x6f, 0xb7, 0x1e, 0x91, 0x38,  \
            0x64, 0x09                                                                                       \
    }
/* clang-format on */

#define ONE                                                                                                            \
    {                                                                                                                  \
        2048, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0                                                     \
    }
#define R_SQUARED                                                                                                      \
    {                                                                                                                  \
        4194304, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0                                                  \
    }
#define CURVE_B                                                                                                        \
    {                                                                                                                  \
        33030470, -1428056, 126843433, 69113370, -106193156, -36118652, 43386346, -11944565, -104165532, 82881293,     \
            -57903224, -102999483, -53634896, 23935278, 69863285, -49229733, 80805013, -55523570, 43510                \
    }
#define BASE_X                                                                                                         \
    {                                                                                                                  \
        -34917606, -15146637, 81775604, 12760353, 26887582, 25154671, 15599933, 61641855, -84689025, -19050330,        \
            -83666326, 16520280, -131465815, -30261091, -55729643, -10112238, 122580210, 56328706, 11376               \
    }
#define BASE_Y                                                                                                         \
    {                                                                                                                  \
        -80575392, -96776215, 33834485, 55654753, -106306684, -2718799, -91895798, -99409821, 60082936, 51792887,      \
            -122078733, 67885023, -88286685, -59071963, 65593037, 87022102, -33545500, 87837982, 117067                \
    }

#include "crypto/weierstrass.inc"
