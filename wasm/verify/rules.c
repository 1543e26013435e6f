#include "verify/rules.h"

static const pagetls_rule_info rules[] = {
    { "", "", 0, PAGETLS_LEVEL_RFC5280, "", "" },
#define RULE(id, code, flag, level, text, reference)                                                                   \
    { #id, code, PAGETLS_FLAG_##flag, PAGETLS_LEVEL_##level, text, reference },
#include "verify/rules.def"
#undef RULE
};

const pagetls_rule_info *pagetls_rule_get(pagetls_rule rule)
{
    return &rules[rule];
}

const pagetls_flag_info *pagetls_flags(void)
{
    static const pagetls_flag_info flags[] = {
#define FLAG(name, bit, text) { #name, bit, text },
#include "verify/flags.def"
#undef FLAG
        { NULL, 0, NULL },
    };
    return flags;
}
