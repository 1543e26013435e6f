/* In a file of its own, so that a test can link a replacement. */
#include "verify/rules.h"

pagetls_effect pagetls_rule_effect(pagetls_rule rule, pagetls_rule_set set)
{
    enum { NONE = PAGETLS_EFFECT_NONE, WARNING = PAGETLS_EFFECT_WARNING, PROBLEM = PAGETLS_EFFECT_PROBLEM };
    static const uint8_t effects[PAGETLS_LEVELS][PAGETLS_RULE_SETS] = {
        /*                            rfc5280  webpki   private */
        [PAGETLS_LEVEL_RFC5280] = { PROBLEM, PROBLEM, PROBLEM }, [PAGETLS_LEVEL_FORM] = { PROBLEM, PROBLEM, WARNING },
        [PAGETLS_LEVEL_EXEMPT] = { PROBLEM, WARNING, WARNING },  [PAGETLS_LEVEL_WEBPKI] = { NONE, PROBLEM, WARNING },
        [PAGETLS_LEVEL_ADVICE] = { WARNING, WARNING, WARNING },
    };
    return (pagetls_effect) effects[pagetls_rule_get(rule)->level][set];
}
