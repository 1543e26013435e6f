/* Rules that are in force or not (wasm/verify/rule_applies.c): each is turned off and on over the test PKI. The linker leads
 * the core's questions here (--wrap). */
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "groups.h"
#include "pagetls.h"
#include "player.h"
#include "verify/verification.h"

/* --- the switch ------------------------------------------------------------------------- */

static enum { AS_THEY_ARE, ONE_OFF, ALL_OFF, ONE_ON } mode;
static pagetls_rule turned;

int __real_pagetls_rule_applies(pagetls_rule rule, pagetls_level level);
int __wrap_pagetls_rule_applies(pagetls_rule rule, pagetls_level level);

int __wrap_pagetls_rule_applies(pagetls_rule rule, pagetls_level level)
{
    return mode == ALL_OFF                      ? 0
        : mode != AS_THEY_ARE && rule == turned ? mode == ONE_ON
                                                : __real_pagetls_rule_applies(rule, level);
}

static void turn(int to, pagetls_rule rule)
{
    mode = to;
    turned = rule;
}

/* --- a case ------------------------------------------------------------------------------ */

/* What was found of a chain, as far as it matters here. */
typedef struct {
    pagetls_outcome outcome;
    int whole; /* to an anchor, with every signature verified: as the problems say */
    size_t problems;
    uint8_t broken[PAGETLS_RULES]; /* the rules of the best path's problems */
    char *report;
} finding;

/* That another certificate cannot be read is told beside other problems only, as a possible reason of them. */
static int is_broken_alone(const finding *f, pagetls_rule rule)
{
    size_t count = 0;
    for (int i = 0; i < PAGETLS_RULES; i++) {
        count += f->broken[i] && i != PAGETLS_RULE_PARSE;
    }
    return count == 1 && f->broken[rule];
}

/* 1 when the report tells of the rule anywhere. */
static int tells_of(const finding *f, pagetls_rule rule)
{
    char part[60];
    snprintf(part, sizeof(part), "\"rule\":\"%s\"", pagetls_rule_get(rule)->name);
    return strstr(f->report, part) != NULL;
}

/* Problems without which the path would still not be whole. */
static int breaks_path(const pagetls_problem *problem)
{
    switch (problem->rule) {
        case PAGETLS_RULE_NOT_TRUSTED:
        case PAGETLS_RULE_SELF_SIGNED:
        case PAGETLS_RULE_SIGNATURE:
        case PAGETLS_RULE_WRONG_ISSUER:
        case PAGETLS_RULE_SIGNATURE_UNSUPPORTED: return 1;
        case PAGETLS_RULE_KEY_UNSUPPORTED:
        case PAGETLS_RULE_KEY_MALFORMED: return problem->depth > 0; /* by the leaf's key nothing here is signed */
        default: return 0;
    }
}

static void judge(pagetls_verification *verification, finding *f)
{
    memset(f, 0, sizeof(*f));
    f->report = strdup(pagetls_verification_run(verification));
    const pagetls_attempt *best = verification->result.search.best;
    f->outcome = verification->result.outcome;
    CHECK(check_is_json(f->report));
    if (best != NULL) {
        f->whole = 1;
        f->problems = best->problems_count;
        for (size_t i = 0; i < best->problems_count; i++) {
            f->broken[best->problems[i].rule] = 1;
            f->whole &= !breaks_path(&best->problems[i]);
        }
    }
    /* Whatever rules are in force: no problem goes with a good path, and a path that is good is whole. */
    CHECK_INT(f->outcome == PAGETLS_GOOD, strncmp(f->report, "{\"ok\":true,", 11) == 0);
    CHECK(f->outcome != PAGETLS_GOOD || (best->path.anchored && best->signatures_verified && f->problems == 0));
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
    CHECK(pagetls_trust_store_add(store, roots, roots_len, NULL) > 0);
    CHECK(pagetls_verification_add_chain(verification, chain, chain_len) > 0);
    CHECK_INT(pagetls_verification_set_hostname(verification, hostname, strlen(hostname)), 0);
    pagetls_verification_set_trust(verification, store);
    pagetls_verification_set_clock(verification, CLOCK);
    pagetls_trust_store_free(store);
    snprintf(path, sizeof(path), "%s/%s/crl.pem", arguments.certs, id);
    FILE *file = fopen(path, "rb");
    if (file != NULL) {
        size_t len;
        fclose(file);
        uint8_t *crl = check_cert_file(id, "crl.pem", &len);
        CHECK(pagetls_verification_add_crls(verification, crl, len) > 0);
        free(crl);
    }
    free(chain);
    free(roots);
    return verification;
}

/* The ids of all cases that send a chain. */
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

/* Cases that were good with the one rule that they break turned off, and those that were not. */
static int made_good, stayed_bad;

static void check_one_off(const finding *before, const finding *after, pagetls_rule rule)
{
    CHECK(!tells_of(after, rule));
    if (!tells_of(before, rule)) {
        CHECK_TEXT(after->report, before->report); /* nothing depends on it */
    } else if (is_broken_alone(before, rule)) {
        CHECK_INT(after->outcome, before->whole ? PAGETLS_GOOD : PAGETLS_INCOMPLETE);
        made_good += before->whole;
        stayed_bad += !before->whole;
    } else {
        CHECK(after->outcome == before->outcome);
        for (int other = 1; other < PAGETLS_RULES; other++) {
            CHECK_INT(after->broken[other], before->broken[other] && other != (int) rule);
        }
    }
}

/* Each rule that is told of, and one in seven of the others, another seventh each time. */
static void turn_each_off(const char *id, pagetls_verification *verification)
{
    static int turns;
    finding before;
    turn(AS_THEY_ARE, PAGETLS_RULE_NONE);
    judge(verification, &before);
    turns++;
    for (int rule = 1; rule < PAGETLS_RULES; rule++) {
        finding after;
        if (rule == PAGETLS_RULE_PARSE || (!tells_of(&before, (pagetls_rule) rule) && (rule + turns) % 7 != 0)) {
            continue; /* that a certificate cannot be read is no question of rules */
        }
        check_about("%s without %s", id, pagetls_rule_get((pagetls_rule) rule)->name);
        turn(ONE_OFF, (pagetls_rule) rule);
        judge(verification, &after);
        check_one_off(&before, &after, (pagetls_rule) rule);
        free(after.report);
    }
    turn(AS_THEY_ARE, PAGETLS_RULE_NONE);
    check_about("%s", "");
    free(before.report);
}

static void one_off(void)
{
    made_good = stayed_bad = 0;
    for_each_case(turn_each_off);
    CHECK(made_good > 20);
    CHECK(stayed_bad > 5);
}

static void turn_all_off(const char *id, pagetls_verification *verification)
{
    finding before;
    finding after;
    check_about("%s", id);
    turn(AS_THEY_ARE, PAGETLS_RULE_NONE);
    judge(verification, &before);
    turn(ALL_OFF, PAGETLS_RULE_NONE);
    judge(verification, &after);
    turn(AS_THEY_ARE, PAGETLS_RULE_NONE);
    if (!pagetls_is_readable(verification->chain)) {
        CHECK(after.outcome == PAGETLS_NOT_VERIFIED && after.broken[PAGETLS_RULE_PARSE]);
    } else {
        CHECK_INT(after.outcome, before.whole ? PAGETLS_GOOD : PAGETLS_INCOMPLETE);
        CHECK(strstr(after.report, "\"rule\":") == NULL); /* nor of any other path */
    }
    check_about("%s", "");
    free(before.report);
    free(after.report);
}

static void all_off(void)
{
    for_each_case(turn_all_off);
}

/* --- on ---------------------------------------------------------------------------------- */

/* A CA's certificate where a server's should be, which the Web PKI has much to say about. */
static void one_on(void)
{
    static const pagetls_rule rules[] = { PAGETLS_RULE_LEAF_IS_CA, PAGETLS_RULE_EKU_MISSING, PAGETLS_RULE_SAN_MISSING };
    size_t len;
    finding before;
    finding after;
    uint8_t *der = check_cert_der("good-p256", "chain.pem", 1, &len);
    pagetls_verification *verification = prepare("good-p256");
    REQUIRE(der != NULL && verification != NULL);
    pagetls_verification_drop_chain(verification);
    CHECK_INT(pagetls_verification_add_chain(verification, der, len), 1);
    CHECK_INT(pagetls_verification_set_profile(verification, PAGETLS_PROFILE_RFC5280), 0);
    judge(verification, &before);
    for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
        check_about("with %s", pagetls_rule_get(rules[i])->name);
        CHECK_INT(pagetls_rule_get(rules[i])->level, PAGETLS_LEVEL_WEBPKI);
        CHECK(!tells_of(&before, rules[i]));
        turn(ONE_ON, rules[i]);
        judge(verification, &after);
        turn(AS_THEY_ARE, PAGETLS_RULE_NONE);
        CHECK_INT(after.problems, before.problems + 1);
        for (int other = 1; other < PAGETLS_RULES; other++) {
            CHECK_INT(after.broken[other], before.broken[other] || other == (int) rules[i]);
        }
        free(after.report);
    }
    check_about("%s", "");
    pagetls_verification_free(verification);
    free(before.report);
    free(der);
}

/* Every rule, at either level, as it is and turned. */
static void problems_are_added_by_rules_in_force(void)
{
    static pagetls_problems problems;
    for (int rule = 1; rule < PAGETLS_RULES; rule++) {
        const pagetls_level first = pagetls_rule_get((pagetls_rule) rule)->level;
        for (int level = PAGETLS_LEVEL_RFC5280; level <= PAGETLS_LEVEL_WEBPKI; level++) {
            static const int modes[] = { AS_THEY_ARE, ONE_OFF, ONE_ON };
            for (size_t i = 0; i < 3; i++) {
                const pagetls_rule other = rule == PAGETLS_RULE_EXPIRED ? PAGETLS_RULE_FUTURE : PAGETLS_RULE_EXPIRED;
                int expected = modes[i] == ONE_OFF ? 0 : modes[i] == ONE_ON || (int) first <= level;
                check_about("%s at level %d, mode %d", pagetls_rule_get((pagetls_rule) rule)->name, level, modes[i]);
                pagetls_problems_reset(&problems, (pagetls_level) level);
                turn(modes[i], (pagetls_rule) rule);
                pagetls_problem *problem = pagetls_problems_add(&problems, (pagetls_rule) rule, 1);
                pagetls_problem_append(problem, "what was found");
                CHECK_INT(problems.count, expected);
                CHECK_TEXT(problem->detail, "what was found"); /* wherever it went */
                CHECK(expected == (problem == &problems.list[0]));
                problem = pagetls_problems_add(&problems, other, 2);
                CHECK_INT(problems.count, expected + 1);
                CHECK(problem == &problems.list[expected] && problem->detail[0] == '\0' && problem->depth == 2);
                CHECK_INT(pagetls_problems_flags(problems.list, problems.count),
                          pagetls_rule_get(other)->flag | (expected ? pagetls_rule_get((pagetls_rule) rule)->flag : 0));
                turn(AS_THEY_ARE, PAGETLS_RULE_NONE);
            }
        }
    }
    check_about("%s", "");
}

const native_test rules_tests[] = {
    { "a problem is added if its rule is in force, and its details go nowhere otherwise",
      problems_are_added_by_rules_in_force },
    { "without a rule no chain breaks it; one that breaks no other is good then, unless a signature could not be verified",
      one_off },
    { "without any rule a path to an anchor is good if every signature on it is verified, and no other is", all_off },
    { "a rule of the Web PKI that is put in force for RFC 5280 is added to what that asks", one_on },
    { NULL, NULL },
};
