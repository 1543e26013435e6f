#include "host/zeroize.h"

void pagetls_zeroize(void *bytes, size_t len)
{
    pagetls_zeroize_inline(bytes, len);
}
