/* In a file of its own, so that a test can link a replacement. */
#include "verify/rules.h"

int pagetls_rule_applies(pagetls_rule rule, pagetls_level level)
{
    return pagetls_rule_get(rule)->level <= level;
}
