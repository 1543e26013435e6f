/* Apart from rules.c, so that a test can put another in its place at the link. */
#include "verify/rules.h"

int pagetls_rule_applies(pagetls_rule rule, pagetls_level level)
{
    return pagetls_rule_get(rule)->level <= level;
}
