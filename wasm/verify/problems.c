#include "verify/problems.h"

#include <string.h>

#include "host/format.h"
#include "x509/name.h"

static void reset_problem(pagetls_problem *problem, pagetls_rule rule, size_t depth)
{
    problem->rule = rule;
    problem->depth = (uint16_t) depth;
    problem->error = (pagetls_read_error) { PAGETLS_FIELD_NONE, PAGETLS_REASON_NONE };
    problem->detail[0] = '\0';
    problem->cut = 0;
}

void pagetls_problems_reset(pagetls_problems *problems, pagetls_rule_set rules)
{
    problems->rules = rules;
    problems->count = problems->warnings_count = 0;
    problems->more_problems = problems->more_warnings = 0;
    memset(problems->counted, 0, sizeof(problems->counted));
}

/* Where the violation of a rule goes: into the entry for this rule and depth, or else into a new one; NULL if there is no
 * space for that. */
static pagetls_problem *find_entry(pagetls_problem *list, size_t *count, size_t max, pagetls_rule rule, size_t depth)
{
    size_t at = 0;
    while (at < *count && (list[at].rule != rule || list[at].depth != depth)) {
        at++;
    }
    if (at == max) {
        return NULL;
    }
    *count = at < *count ? *count : at + 1;
    return &list[at];
}

/* 1 at the first call with this rule and depth. */
static int count_once(pagetls_problems *problems, pagetls_rule rule, size_t depth)
{
    uint8_t *octet = &problems->counted[depth % PAGETLS_PATH_MAX][rule / 8];
    const uint8_t bit = (uint8_t) (1u << rule % 8);
    const int is_first = !(*octet & bit);
    *octet |= bit;
    return is_first;
}

static pagetls_problem *add(pagetls_problems *problems, pagetls_effect effect, pagetls_rule rule, size_t depth)
{
    pagetls_problem *problem = NULL;
    switch (effect) {
        case PAGETLS_EFFECT_PROBLEM:
            problem = find_entry(problems->list, &problems->count, PAGETLS_PROBLEMS_MAX, rule, depth);
            problems->more_problems += problem == NULL && count_once(problems, rule, depth);
            break;
        case PAGETLS_EFFECT_WARNING:
            problem = find_entry(problems->warnings, &problems->warnings_count, PAGETLS_WARNINGS_MAX, rule, depth);
            problems->more_warnings += problem == NULL && count_once(problems, rule, depth);
            break;
        case PAGETLS_EFFECT_NONE: break;
    }
    problem = problem == NULL ? &problems->ignored : problem;
    reset_problem(problem, rule, depth);
    return problem;
}

pagetls_problem *pagetls_problems_add(pagetls_problems *problems, pagetls_rule rule, size_t depth)
{
    return add(problems, pagetls_rule_effect(rule, problems->rules), rule, depth);
}

pagetls_problem *pagetls_problems_add_warning(pagetls_problems *problems, pagetls_rule rule, size_t depth)
{
    const pagetls_effect effect = pagetls_rule_effect(rule, problems->rules);
    return add(problems, effect == PAGETLS_EFFECT_PROBLEM ? PAGETLS_EFFECT_WARNING : effect, rule, depth);
}

uint32_t pagetls_problems_flags(const pagetls_problem *list, size_t count)
{
    uint32_t flags = 0;
    for (size_t i = 0; i < count; i++) {
        flags |= pagetls_rule_get(list[i].rule)->flag;
    }
    return flags;
}

/* Appends one character, or marks the detail as cut if it does not fit: whole, and with room for the mark. */
static void append_character(pagetls_problem *problem, const char *character, size_t len)
{
    static const char ellipsis[] = "\xE2\x80\xA6"; /* U+2026 */
    size_t at = strlen(problem->detail);
    if (problem->cut) {
        return;
    }
    problem->cut = at + len + sizeof(ellipsis) > PAGETLS_DETAIL_MAX;
    if (problem->cut) {
        character = ellipsis;
        len = sizeof(ellipsis) - 1;
    }
    memcpy(problem->detail + at, character, len);
    problem->detail[at + len] = '\0';
}

void pagetls_problem_append_escaped(pagetls_problem *problem, uint8_t octet)
{
    char escaped[4];
    pagetls_format(escaped, sizeof(escaped), "\\%02x", octet);
    append_character(problem, escaped, 3);
}

void pagetls_problem_append_untrusted(pagetls_problem *problem, const uint8_t *text, size_t len)
{
    const int utf8 = pagetls_is_utf8(text, len);
    for (size_t i = 0; i < len && !problem->cut;) {
        const uint8_t c = text[i];
        const size_t octets = !utf8 || c < 0xC0 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
        if (octets == 1 && (c < ' ' || c > '~')) {
            pagetls_problem_append_escaped(problem, c);
        } else {
            append_character(problem, (const char *) text + i, octets);
        }
        i += octets;
    }
}

void pagetls_problem_append(pagetls_problem *problem, const char *text)
{
    pagetls_problem_append_untrusted(problem, (const uint8_t *) text, strlen(text));
}

void pagetls_problem_append_number(pagetls_problem *problem, int64_t number)
{
    char digits[24];
    pagetls_format(digits, sizeof(digits), "%lld", (long long) number);
    pagetls_problem_append(problem, digits);
}

void pagetls_problem_append_octets(pagetls_problem *problem, pagetls_slice octets)
{
    char digits[4];
    for (size_t i = 0; i < octets.len && i < PAGETLS_OCTETS_SHOWN; i++) {
        pagetls_format(digits, sizeof(digits), "%02X", octets.p[i]);
        pagetls_problem_append(problem, digits);
    }
}

void pagetls_problem_append_oid(pagetls_problem *problem, pagetls_slice oid)
{
    char dotted[PAGETLS_OID_TEXT_SIZE];
    pagetls_oid_text(dotted, oid);
    const char *name = pagetls_oid_name(dotted);
    pagetls_problem_append(problem, name != NULL ? name : dotted);
}

void pagetls_problem_append_name(pagetls_problem *problem, pagetls_slice name)
{
    pagetls_text text = { 0 };
    pagetls_text_append_name(&text, name); /* out of memory: the text is shorter */
    if (text.len > 0) {
        pagetls_problem_append_untrusted(problem, text.p, text.len);
    }
    pagetls_text_free(&text);
}

void pagetls_problem_append_date(pagetls_problem *problem, int64_t time)
{
    char text[PAGETLS_TIME_TEXT_SIZE];
    pagetls_time_format(text, time);
    pagetls_problem_append(problem, text);
}

void pagetls_problem_append_time(pagetls_problem *problem, const char *before, int64_t time, int64_t now)
{
    pagetls_problem_append(problem, before);
    pagetls_problem_append_date(problem, time);
    pagetls_problem_append(problem, ", verified at ");
    pagetls_problem_append_date(problem, now);
}
