#define pagetls_p384 tested_p384 /* the curve that wasm/crypto has is another */
#include "../../wasm/crypto/p384.c"

#define CASE field_case_p384
#include "field_nist.inc"
