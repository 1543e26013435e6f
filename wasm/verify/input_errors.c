#include "verify/input_errors.h"

#include "host/last_error.h"
#include "pagetls.h"
#include "x509/pem.h"

int pagetls_input_error_set(int code, const pagetls_read_error *error)
{
    pagetls_last_error_set(code, 0, "%s %s", pagetls_field_name(error->field), pagetls_reason_text(error->reason));
    return code;
}

int pagetls_pem_result(int result)
{
    switch (result) {
        case PAGETLS_PEM_MALFORMED: return PAGETLS_ERR_PEM;
        case PAGETLS_PEM_OUT_OF_MEMORY: return PAGETLS_ERR_OUT_OF_MEMORY;
        default: return result;
    }
}
