#define pagetls_p256 tested_p256 /* avoids a second definition */
#include "../../wasm/crypto/p256.c"

#define FIELD_CASE field_case_p256
#include "field_nist.inc"
