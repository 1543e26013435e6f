#define pagetls_p521 tested_p521 /* the curve that wasm/crypto has is another */
#include "../../wasm/crypto/p521.c"

#define CASE field_case_p521
#include "field_nist.inc"
