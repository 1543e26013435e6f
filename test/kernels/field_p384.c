#define pagetls_p384 tested_p384 /* avoids a second definition */
#include "../../wasm/crypto/p384.c"

#define FIELD_CASE field_case_p384
#include "field_nist.inc"
