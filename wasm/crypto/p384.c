/* P-384 (NIST SP 800-186, section 3.2.1.4): fourteen limbs of 28 bits. Constants: test/kernels/curve-constants.js. */
#include <stdint.h>

#define CURVE pagetls_p384
#define BYTES 48
#define LIMBS 14
#define LIMB_BITS 28
#define TOP_BITS 20

/* (p + 1) m, p = 2^384 - 2^128 - 2^96 + 2^32 - 1. */
#define ADD_P(t, m)                                                                                                    \
    ((t)[1] += (m) * (INT64_C(1) << 4), (t)[3] -= (m) * (INT64_C(1) << 12), (t)[4] -= (m) * (INT64_C(1) << 16),        \
     (t)[13] += (m) * (INT64_C(1) << 20))

/* 16 bytes per line. */
/* clang-format off */
#define PRIME                                                                                                \
    {                                                                                                        \
        0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,      \
            0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe,  \
            0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff   \
    }
#define ORDER                                                                                                \
    {                                                                                                        \
        0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,      \
            0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xc7, 0x63, 0x4d, 0x81, 0xf4, 0x37, 0x2d, 0xdf,  \
            0x58, 0x1a, 0x0d, 0xb2, 0x48, 0xb0, 0xa7, 0x7a, 0xec, 0xec, 0x19, 0x6a, 0xcc, 0xc5, 0x29, 0x73   \
    }
/* clang-format on */

#define ONE                                                                                                            \
    {                                                                                                                  \
        256, -4096, 0, 1048576, 16777216, 0, 0, 0, 0, 0, 0, 0, 0, 0                                                    \
    }
#define R_SQUARED                                                                                                      \
    {                                                                                                                  \
        65536, -2097152, 16777216, 0, 2, 0, -512, 4096, 131072, 1048576, 0, 0, 0, 0                                    \
    }
#define CURVE_B                                                                                                        \
    {                                                                                                                  \
        19778765, -125367036, 49022994, -40602429, -3921490, 26345507, 133308571, -113725913, 122416789, 34164275,     \
            32775938, -6593870, -77574208, 33045                                                                       \
    }
#define BASE_X                                                                                                         \
    {                                                                                                                  \
        11872333, 123101132, -29868592, -30483091, -26352775, 88192215, 127679228, -97456136, 75924570, -35473851,     \
            119759183, 20452095, 36281877, 240348                                                                      \
    }
#define BASE_Y                                                                                                         \
    {                                                                                                                  \
        61144619, 64672256, -106159356, -67474613, 13418409, 48773893, -72489130, -11534951, 55712105, -92009364,      \
            36059498, -23209984, 39458246, 494268                                                                      \
    }

#include "crypto/weierstrass.inc"
