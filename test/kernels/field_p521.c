#define pagetls_p521 tested_p521 /* avoids a second definition */
#include "../../wasm/crypto/p521.c"

#define FIELD_CASE field_case_p521
#include "field_nist.inc"
