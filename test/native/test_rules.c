/* Turns each rule off, into a warning and into a problem. The linker redirects pagetls_rule_effect() of
 * wasm/verify/rule_effect.c here (--wrap). */
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../helpers/add_crls.h"
#include "check.h"
#include "groups.h"
#include "pagetls.h"
#include "player.h"
#include "verify/verification.h"

/* --- the switch ------------------------------------------------------------------------- */

static enum { UNCHANGED, ONE_OFF, ONE_WARNS, ONE_ON, ALL_OFF } mode;
static pagetls_rule turned_rule;

pagetls_effect __real_pagetls_rule_effect(pagetls_rule rule, pagetls_rule_set set);
pagetls_effect __wrap_pagetls_rule_effect(pagetls_rule rule, pagetls_rule_set set);

static pagetls_effect effect_of_mode(void)
{
    return mode == ONE_ON ? PAGETLS_EFFECT_PROBLEM : mode == ONE_WARNS ? PAGETLS_EFFECT_WARNING : PAGETLS_EFFECT_NONE;
}

pagetls_effect __wrap_pagetls_rule_effect(pagetls_rule rule, pagetls_rule_set set)
{
    return mode == ALL_OFF || (mode != UNCHANGED && rule == turned_rule) ? effect_of_mode()
                                                                         : __real_pagetls_rule_effect(rule, set);
}

static void set_mode(int to, pagetls_rule rule)
{
    mode = to;
    turned_rule = rule;
}

/* --- a case ------------------------------------------------------------------------------ */

/* The result of a verification, as far as it matters here. */
typedef struct {
    pagetls_outcome outcome;
    int complete; /* no problem says that the path lacks an anchor or a verified signature */
    size_t problems;
    uint8_t broken[PAGETLS_RULES]; /* rules that the best path breaks */
    uint8_t warned[PAGETLS_RULES]; /* rules of its warnings */
    char *report;
} rule_result;

/* 1 if it is the only broken rule. PARSE for another certificate accompanies other problems, as a possible cause. */
static int is_only_broken_rule(const rule_result *f, pagetls_rule rule)
{
    size_t count = 0;
    for (int i = 0; i < PAGETLS_RULES; i++) {
        count += f->broken[i] && i != PAGETLS_RULE_PARSE;
    }
    return count == 1 && f->broken[rule];
}

/* 1 if the report names the rule anywhere. */
static int reports_rule(const rule_result *f, pagetls_rule rule)
{
    char part[60];
    snprintf(part, sizeof(part), "\"rule\":\"%s\"", pagetls_rule_get(rule)->name);
    return strstr(f->report, part) != NULL;
}

/* Problems that mean that the path is not complete, even if their rules are off. */
static int breaks_path(const pagetls_problem *problem)
{
    switch (problem->rule) {
        case PAGETLS_RULE_NOT_TRUSTED:
        case PAGETLS_RULE_SELF_SIGNED:
        case PAGETLS_RULE_SIGNATURE:
        case PAGETLS_RULE_WRONG_ISSUER:
        case PAGETLS_RULE_SIGNATURE_UNSUPPORTED: return 1;
        case PAGETLS_RULE_KEY_UNSUPPORTED:
        case PAGETLS_RULE_KEY_MALFORMED: return problem->depth > 0; /* the leaf's key has signed nothing on the path */
        default: return 0;
    }
}

static void run_verification(pagetls_verification *verification, rule_result *f)
{
    memset(f, 0, sizeof(*f));
    f->report = strdup(pagetls_verification_run(verification));
    const pagetls_attempt *best = verification->result.search.best;
    f->outcome = verification->result.outcome;
    CHECK(check_is_json(f->report));
    if (best != NULL) {
        f->complete = 1;
        f->problems = best->problems_count;
        for (size_t i = 0; i < best->problems_count; i++) {
            f->broken[best->problems[i].rule] = 1;
            f->complete &= !breaks_path(&best->problems[i]);
        }
        for (size_t i = 0; i < best->warnings_count; i++) {
            f->warned[pagetls_attempt_warnings(best)[i].rule] = 1;
        }
    }
    /* With any set of rules, a valid path has no problem and is complete. */
    CHECK_INT(f->outcome == PAGETLS_GOOD, strncmp(f->report, "{\"ok\":true,", 11) == 0);
    CHECK(f->outcome != PAGETLS_GOOD || (best->path.anchor != NULL && best->signatures_verified && f->problems == 0));
    CHECK(f->outcome != PAGETLS_BAD || f->problems > 0);
}

static pagetls_verification *prepare(const char *id)
{
    char path[1024];
    char hostname[100];
    size_t chain_len, roots_len;
    uint8_t *chain = check_cert_file(id, "chain.pem", &chain_len);
    uint8_t *roots = check_cert_file(id, "roots.pem", &roots_len);
    pagetls_verification *verification = pagetls_verification_new();
    pagetls_trust_store *store = pagetls_trust_store_new();
    snprintf(hostname, sizeof(hostname), "%s.pagetls.test", id);
    CHECK(pagetls_trust_store_add(store, roots, roots_len) > 0);
    CHECK(pagetls_verification_add_chain(verification, chain, chain_len) > 0);
    CHECK_INT(pagetls_verification_set_hostname(verification, hostname, strlen(hostname)), 0);
    pagetls_verification_set_trust(verification, store);
    pagetls_verification_set_clock(verification, CHECK_CLOCK_MS);
    pagetls_trust_store_free(store);
    snprintf(path, sizeof(path), "%s/%s/crl.pem", arguments.certs, id);
    FILE *file = fopen(path, "rb");
    if (file != NULL) {
        size_t len;
        fclose(file);
        uint8_t *crl = check_cert_file(id, "crl.pem", &len);
        CHECK(add_crls(verification, crl, len) > 0);
        free(crl);
    }
    free(chain);
    free(roots);
    return verification;
}

/* Calls \p visit for all cases with a chain. */
static void for_each_case(void (*visit)(const char *id, pagetls_verification *verification))
{
    char pattern[1024];
    glob_t found;
    snprintf(pattern, sizeof(pattern), "%s/*/chain.pem", arguments.certs);
    REQUIRE(glob(pattern, 0, NULL, &found) == 0);
    CHECK(found.gl_pathc > 60);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        char *id = found.gl_pathv[i] + strlen(arguments.certs) + 1;
        *strchr(id, '/') = '\0';
        pagetls_verification *verification = prepare(id);
        visit(id, verification);
        pagetls_verification_free(verification);
    }
    globfree(&found);
}

/* --- off --------------------------------------------------------------------------------- */

/* Cases that became valid after the only rule that they break was turned off, and those that did not. */
static int made_valid, stayed_invalid;

static void check_one_off(const rule_result *before, const rule_result *after, pagetls_rule rule)
{
    CHECK(!reports_rule(after, rule));
    if (!reports_rule(before, rule)) {
        CHECK_TEXT(after->report, before->report); /* the rule has no effect */
    } else if (is_only_broken_rule(before, rule)) {
        CHECK_INT(after->outcome, before->complete ? PAGETLS_GOOD : PAGETLS_INCOMPLETE);
        made_valid += before->complete;
        stayed_invalid += !before->complete;
    } else {
        CHECK(after->outcome == before->outcome);
        for (int other = 1; other < PAGETLS_RULES; other++) {
            CHECK_INT(after->broken[other], before->broken[other] && other != (int) rule);
        }
    }
}

/* \p after: with the rule as a warning; \p off: without it. The result and all problems are the same. */
static void check_one_warning(const rule_result *before, const rule_result *off, const rule_result *after,
                              pagetls_rule rule)
{
    CHECK_INT(after->outcome, off->outcome);
    CHECK_INT(after->problems, off->problems);
    CHECK(!after->broken[rule]);
    CHECK(!before->broken[rule] || after->outcome == PAGETLS_INCOMPLETE || after->warned[rule]);
    for (int other = 1; other < PAGETLS_RULES; other++) {
        CHECK(other == (int) rule || after->broken[other] == off->broken[other]);
        CHECK(other == (int) rule || after->warned[other] == off->warned[other]);
    }
}

/* Each reported rule, and a seventh of the others, which is a different one for each case. */
static void turn_each_off(const char *id, pagetls_verification *verification)
{
    static int turns;
    rule_result before;
    set_mode(UNCHANGED, PAGETLS_RULE_NONE);
    run_verification(verification, &before);
    turns++;
    for (int rule = 1; rule < PAGETLS_RULES; rule++) {
        rule_result after;
        rule_result warned;
        if (rule == PAGETLS_RULE_PARSE || (!reports_rule(&before, (pagetls_rule) rule) && (rule + turns) % 7 != 0)) {
            continue; /* an unreadable certificate is not a matter of rules */
        }
        check_context("%s without %s", id, pagetls_rule_get((pagetls_rule) rule)->name);
        set_mode(ONE_OFF, (pagetls_rule) rule);
        run_verification(verification, &after);
        check_one_off(&before, &after, (pagetls_rule) rule);
        set_mode(ONE_WARNS, (pagetls_rule) rule);
        run_verification(verification, &warned);
        check_one_warning(&before, &after, &warned, (pagetls_rule) rule);
        free(warned.report);
        free(after.report);
    }
    set_mode(UNCHANGED, PAGETLS_RULE_NONE);
    check_context("%s", "");
    free(before.report);
}

static void check_each_rule_off(void)
{
    made_valid = stayed_invalid = 0;
    for_each_case(turn_each_off);
    CHECK(made_valid > 20);
    CHECK(stayed_invalid > 5);
}

static void turn_all_off(const char *id, pagetls_verification *verification)
{
    rule_result before;
    rule_result after;
    check_context("%s", id);
    set_mode(UNCHANGED, PAGETLS_RULE_NONE);
    run_verification(verification, &before);
    set_mode(ALL_OFF, PAGETLS_RULE_NONE);
    run_verification(verification, &after);
    set_mode(UNCHANGED, PAGETLS_RULE_NONE);
    if (!pagetls_is_readable(verification->chain)) {
        CHECK(after.outcome == PAGETLS_NOT_VERIFIED && after.broken[PAGETLS_RULE_PARSE]);
    } else {
        CHECK_INT(after.outcome, before.complete ? PAGETLS_GOOD : PAGETLS_INCOMPLETE);
        CHECK(strstr(after.report, "\"rule\":") == NULL); /* of any path */
    }
    check_context("%s", "");
    free(before.report);
    free(after.report);
}

static void check_all_rules_off(void)
{
    for_each_case(turn_all_off);
}

/* --- on ---------------------------------------------------------------------------------- */

/* A CA certificate used as a leaf, which breaks several rules of the Web PKI. */
static void check_one_rule_on(void)
{
    static const pagetls_rule rules[] = { PAGETLS_RULE_LEAF_IS_CA, PAGETLS_RULE_EKU_MISSING, PAGETLS_RULE_SAN_MISSING };
    size_t len;
    rule_result before;
    rule_result after;
    uint8_t *der = check_cert_der("good-p256", "chain.pem", 1, &len);
    pagetls_verification *verification = prepare("good-p256");
    REQUIRE(der != NULL && verification != NULL);
    pagetls_verification_drop_chain(verification);
    CHECK_INT(pagetls_verification_add_chain(verification, der, len), 1);
    CHECK_INT(pagetls_verification_set_profile(verification, PAGETLS_PROFILE_RFC5280), 0);
    run_verification(verification, &before);
    for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
        check_context("with %s", pagetls_rule_get(rules[i])->name);
        CHECK_INT(pagetls_rule_get(rules[i])->level, PAGETLS_LEVEL_WEBPKI);
        CHECK(!reports_rule(&before, rules[i]));
        set_mode(ONE_ON, rules[i]);
        run_verification(verification, &after);
        set_mode(UNCHANGED, PAGETLS_RULE_NONE);
        CHECK_INT(after.problems, before.problems + 1);
        for (int other = 1; other < PAGETLS_RULES; other++) {
            CHECK_INT(after.broken[other], before.broken[other] || other == (int) rules[i]);
        }
        free(after.report);
    }
    check_context("%s", "");
    pagetls_verification_free(verification);
    free(before.report);
    free(der);
}

/* What rules.def says of a level and a set of rules. */
static pagetls_effect documented_effect(pagetls_level level, pagetls_rule_set set)
{
    static const char *const table[PAGETLS_LEVELS] = {
        /* rfc5280, webpki, private: nothing, a warning or a problem */
        [PAGETLS_LEVEL_RFC5280] = "ppp", [PAGETLS_LEVEL_FORM] = "ppw",   [PAGETLS_LEVEL_EXEMPT] = "pww",
        [PAGETLS_LEVEL_WEBPKI] = "npw",  [PAGETLS_LEVEL_ADVICE] = "www",
    };
    const char letter = table[level][set];
    return letter == 'p' ? PAGETLS_EFFECT_PROBLEM : letter == 'w' ? PAGETLS_EFFECT_WARNING : PAGETLS_EFFECT_NONE;
}

/* Every rule in every set, unchanged, off, as a warning and as a problem. */
static void adds_problems_and_warnings(void)
{
    static pagetls_problems problems;
    static const int modes[] = { UNCHANGED, ONE_OFF, ONE_WARNS, ONE_ON };
    for (int at = 0; at < 4 * PAGETLS_RULES * PAGETLS_RULE_SETS; at++) {
        const pagetls_rule rule = (pagetls_rule) (at / 4 / PAGETLS_RULE_SETS);
        const pagetls_rule_set set = (pagetls_rule_set) (at / 4 % PAGETLS_RULE_SETS);
        const pagetls_rule other = rule == PAGETLS_RULE_EXPIRED ? PAGETLS_RULE_FUTURE : PAGETLS_RULE_EXPIRED;
        if (rule == PAGETLS_RULE_NONE) {
            continue;
        }
        check_context("%s in set %d, mode %d", pagetls_rule_get(rule)->name, set, modes[at % 4]);
        set_mode(modes[at % 4], rule);
        const pagetls_effect expected =
            mode == UNCHANGED ? documented_effect(pagetls_rule_get(rule)->level, set) : effect_of_mode();
        const size_t count = expected == PAGETLS_EFFECT_PROBLEM;
        pagetls_problems_reset(&problems, set);
        pagetls_problem *problem = pagetls_problems_add(&problems, rule, 1);
        pagetls_problem_append(problem, "what was found");
        CHECK_INT(problems.count, count);
        CHECK_INT(problems.warnings_count, expected == PAGETLS_EFFECT_WARNING);
        CHECK_TEXT(problem->detail, "what was found"); /* even if it is discarded */
        CHECK(problem ==
              (expected == PAGETLS_EFFECT_PROBLEM       ? problems.list
                   : expected == PAGETLS_EFFECT_WARNING ? problems.warnings
                                                        : &problems.ignored));
        problem = pagetls_problems_add(&problems, other, 2);
        CHECK_INT(problems.count, count + 1);
        CHECK(problem == &problems.list[count] && problem->detail[0] == '\0' && problem->depth == 2);
        CHECK_INT(pagetls_problems_flags(problems.list, problems.count),
                  pagetls_rule_get(other)->flag | (count ? pagetls_rule_get(rule)->flag : 0));
        set_mode(UNCHANGED, PAGETLS_RULE_NONE);
    }
    check_context("%s", "");
}

/* Warnings that fill their list never displace a problem. */
static void keeps_problems_apart_from_warnings(void)
{
    static pagetls_problems problems;
    pagetls_problems_reset(&problems, PAGETLS_RULE_SET_PRIVATE);
    pagetls_problem_append(pagetls_problems_add(&problems, PAGETLS_RULE_EXPIRED, 0), "valid until yesterday");
    for (size_t depth = 0; depth < PAGETLS_WARNINGS_MAX + 5; depth++) {
        (void) pagetls_problems_add(&problems, PAGETLS_RULE_SERIAL, depth);
    }
    CHECK_INT(problems.count, 1);
    CHECK_TEXT(problems.list[0].detail, "valid until yesterday");
    CHECK_INT(problems.warnings_count, PAGETLS_WARNINGS_MAX);
    for (size_t depth = 1; depth < PAGETLS_PROBLEMS_MAX + 5; depth++) {
        (void) pagetls_problems_add(&problems, PAGETLS_RULE_EXPIRED, depth);
    }
    CHECK_INT(problems.count, PAGETLS_PROBLEMS_MAX);
    CHECK_INT(problems.warnings_count, PAGETLS_WARNINGS_MAX);
    CHECK_INT(problems.more_problems, 5);
    CHECK_INT(problems.more_warnings, 5);
    for (int i = 0; i < 3; i++) { /* one is kept already, one was counted, and one is new */
        (void) pagetls_problems_add(&problems, PAGETLS_RULE_EXPIRED, 1);
        (void) pagetls_problems_add(&problems, PAGETLS_RULE_EXPIRED, PAGETLS_PROBLEMS_MAX + 4);
        (void) pagetls_problems_add(&problems, PAGETLS_RULE_FUTURE, 1);
    }
    CHECK_INT(problems.more_problems, 6);
    pagetls_problems_reset(&problems, PAGETLS_RULE_SET_PRIVATE);
    CHECK_INT(problems.count + problems.more_problems + problems.more_warnings, 0);
}

const native_test rules_tests[] = {
    { "a violation is a problem, a warning or nothing, as its level and the rules of the profile say",
      adds_problems_and_warnings },
    { "warnings never displace a problem", keeps_problems_apart_from_warnings },
    { "with a rule off, or as a warning, a chain that breaks only that rule is valid if its path is complete",
      check_each_rule_off },
    { "with all rules off, a path is valid exactly if it ends at an anchor and every signature is verified",
      check_all_rules_off },
    { "a Web PKI rule can be turned on for RFC 5280", check_one_rule_on },
    { NULL, NULL },
};
