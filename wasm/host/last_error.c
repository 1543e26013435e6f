#include "host/last_error.h"

#include <stdarg.h>

#include "host/format.h"
#include "pagetls.h"

static int last_code;
static int last_native;
static char last_detail[PAGETLS_ERROR_DETAIL_SIZE];

void pagetls_last_error_set(int code, int native, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    pagetls_vformat(last_detail, sizeof(last_detail), format, arguments);
    va_end(arguments);
    last_code = code;
    last_native = native;
}

int pagetls_error_native(int code)
{
    return code == last_code ? last_native : 0;
}

const char *pagetls_error_detail(int code)
{
    return code == last_code ? last_detail : "";
}
