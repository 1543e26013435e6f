#include "verify/input_errors.h"

#include "host/last_error.h"
#include "pagetls.h"

int pagetls_input_error_set(int code, const pagetls_read_error *error)
{
    pagetls_last_error_set(code, 0, "%s %s", pagetls_field_name(error->field), pagetls_reason_text(error->reason));
    return code;
}
