#include "verify/rules.h"

#include <string.h>

#include "format.h"
#include "mbedtls/x509_crt.h"
#include "oid_names.h"

#define RFC5280 0
#define WEBPKI 1
static const pagetls_rule_info table[] = {
    { "", 0, 0, "", "" },
#define RULE(id, code, flag, level, text, reference) { code, MBEDTLS_X509_##flag, level, text, reference },
#include "verify/rules.def"
#undef RULE
};

const pagetls_rule_info *pagetls_rule_get(pagetls_rule rule)
{
    return &table[rule];
}

pagetls_problem *pagetls_problems_add(pagetls_problems *problems, pagetls_rule rule, size_t depth)
{
    for (size_t i = 0; i < problems->count; i++) {
        pagetls_problem *known = &problems->list[i];
        if (known->rule == rule && known->depth == depth) {
            known->detail[0] = '\0';
            return known;
        }
    }
    pagetls_problem *problem = &problems->list[problems->count];
    if (problems->count < PAGETLS_PROBLEMS_MAX - 1) { /* the last place is taken again and again */
        problems->count++;
    } else {
        problems->count = PAGETLS_PROBLEMS_MAX;
        problem = &problems->list[PAGETLS_PROBLEMS_MAX - 1];
    }
    problem->rule = rule;
    problem->depth = (uint8_t) depth;
    problem->detail[0] = '\0';
    return problem;
}

void pagetls_problem_say_foreign(pagetls_problem *problem, const uint8_t *text, size_t len)
{
    size_t at = strlen(problem->detail);
    for (size_t i = 0; i < len && at < PAGETLS_DETAIL_MAX - 1; i++) {
        problem->detail[at++] = text[i] >= 0x20 && text[i] < 0x7F ? (char) text[i] : '?';
    }
    problem->detail[at] = '\0';
}

void pagetls_problem_say(pagetls_problem *problem, const char *text)
{
    pagetls_problem_say_foreign(problem, (const uint8_t *) text, strlen(text));
}

void pagetls_problem_say_number(pagetls_problem *problem, int64_t number)
{
    char digits[24];
    pagetls_format(digits, sizeof(digits), "%lld", (long long) number);
    pagetls_problem_say(problem, digits);
}

void pagetls_problem_say_octets(pagetls_problem *problem, const uint8_t *octets, size_t len)
{
    char digits[4];
    for (size_t i = 0; i < len && i < 32; i++) {
        pagetls_format(digits, sizeof(digits), "%02X", octets[i]);
        pagetls_problem_say(problem, digits);
    }
}

void pagetls_problem_say_oid(pagetls_problem *problem, pagetls_slice oid)
{
    char dotted[PAGETLS_OID_TEXT];
    pagetls_oid_text(dotted, oid);
    const char *name = pagetls_oid_name(dotted);
    pagetls_problem_say(problem, name != NULL ? name : dotted);
}
