#define pagetls_p256 tested_p256 /* the curve that wasm/crypto has is another */
#include "../../wasm/crypto/p256.c"

#define CASE field_case_p256
#include "field_nist.inc"
