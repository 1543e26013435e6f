/* P-256 (NIST SP 800-186, section 3.2.1.3): nine limbs of 29 bits. Constants: test/kernels/curve-constants.js. */
#include <stdint.h>

#define CURVE pagetls_p256
#define BYTES 32
#define LIMBS 9
#define LIMB_BITS 29
#define TOP_BITS 24

/* (p + 1) m, p = 2^256 - 2^224 + 2^192 + 2^96 - 1. */
#define ADD_P(t, m)                                                                                                    \
    ((t)[3] += (m) * (INT64_C(1) << 9), (t)[6] += (m) * (INT64_C(1) << 18), (t)[7] -= (m) * (INT64_C(1) << 21),        \
     (t)[8] += (m) * (INT64_C(1) << 24))

/* 16 bytes per line. */
/* clang-format off */
#define PRIME                                                                                                \
    {                                                                                                        \
        0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,      \
            0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff   \
    }
#define ORDER                                                                                                \
    {                                                                                                        \
        0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,      \
            0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51   \
    }
/* clang-format on */

#define ONE                                                                                                            \
    {                                                                                                                  \
        32, 0, 0, -16384, 0, 0, -8388608, 67108864, 0                                                                  \
    }
#define R_SQUARED                                                                                                      \
    {                                                                                                                  \
        3072, 0, -65536, -2097152, -4194304, 0, 0, -1, 20                                                              \
    }
#define CURVE_B                                                                                                        \
    {                                                                                                                  \
        -124273669, -52469206, 25462469, 24324129, -38970912, 180318739, -100216560, -143516383, 8782020               \
    }
#define BASE_X                                                                                                         \
    {                                                                                                                  \
        -182286461, 120640537, 229641167, 92213755, 169929589, -222857694, 53542330, -84615849, 1182703                \
    }
#define BASE_Y                                                                                                         \
    {                                                                                                                  \
        -223690416, -229419057, 253945584, 238620294, 105584277, 143512095, 44659779, 43393398, 11419619               \
    }

#define VARTIME_COMBINE combine_inline /* verifies 5 % faster, for 0.5 kB more code */
#include "crypto/weierstrass.inc"
