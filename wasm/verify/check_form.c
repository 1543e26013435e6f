/* How a certificate is encoded: its fields and extensions. */
#include <string.h>

#include "verify/check_parts.h"
#include "verify/name_constraints.h"

/** RFC 5280, section 4.1.2.2. */
#define SERIAL_MAX_OCTETS 20

/* RFC 5280, section 4.1.2.5: with seconds, without a fraction, and in UTC. CAs must write UTCTime through 2049 and
 * GeneralizedTime from 2050 on; clients must accept either. NONE for a correct time. */
static pagetls_rule encoding_rule(const pagetls_time *time)
{
    return !time->in_rfc5280_form                                                  ? PAGETLS_RULE_VALIDITY_ENCODING
        : time->tag == DER_GENERALIZED_TIME && memcmp(time->text.p, "2050", 4) < 0 ? PAGETLS_RULE_GENERALIZED_TIME
                                                                                   : PAGETLS_RULE_NONE;
}

static void check_time_encoding(const pagetls_check_target *target)
{
    const pagetls_time *times[] = { &target->certificate->not_before, &target->certificate->not_after };
    const pagetls_rule rules[] = { encoding_rule(times[0]), encoding_rule(times[1]) };
    pagetls_problem *problem = NULL;
    for (size_t i = 0; i < 2; i++) {
        if (rules[i] == PAGETLS_RULE_NONE) {
            continue;
        }
        if (i == 1 && rules[0] == rules[1]) {
            pagetls_problem_append(problem, ", ");
        } else {
            problem = pagetls_target_add_problem(target, rules[i]);
        }
        pagetls_problem_append_untrusted(problem, times[i]->text.p, times[i]->text.len);
    }
}

void pagetls_check_serial(const pagetls_check_target *target)
{
    const pagetls_slice serial = target->certificate->serial;
    int zero = 1;
    for (size_t i = 0; i < serial.len; i++) {
        zero &= serial.p[i] == 0;
    }
    /* DER forbids the leading zero; a padded serial number would not match its CRL entry. */
    int padded = serial.len > 1 && serial.p[0] == 0 && !(serial.p[1] & 0x80);
    if (zero || padded || serial.len > SERIAL_MAX_OCTETS || (serial.p[0] & 0x80)) {
        pagetls_problem_append_octets(pagetls_target_add_problem(target, PAGETLS_RULE_SERIAL), serial);
    }
}

void pagetls_check_extensions(const pagetls_check_target *target)
{
    /* Extensions with their own rule for malformed contents, and extensions that the verifier ignores, are left out. */
    static const uint32_t checked = 1u << PAGETLS_EXT_KEY_USAGE | 1u << PAGETLS_EXT_EKU |
        1u << PAGETLS_EXT_BASIC_CONSTRAINTS | 1u << PAGETLS_EXT_SKI | 1u << PAGETLS_EXT_AKI |
        1u << PAGETLS_EXT_POLICIES | 1u << PAGETLS_EXT_AIA;
    const pagetls_certificate *c = target->certificate;
    if (c->unknown_critical.p != NULL) {
        pagetls_problem_append_oid(pagetls_target_add_problem(target, PAGETLS_RULE_UNKNOWN_CRITICAL),
                                   c->unknown_critical);
    }
    if (c->duplicate.p != NULL) {
        pagetls_problem_append_oid(pagetls_target_add_problem(target, PAGETLS_RULE_DUPLICATE_EXTENSION), c->duplicate);
    }
    pagetls_target_add_problem_if(target, c->too_many_extensions || (c->malformed & checked),
                                  PAGETLS_RULE_EXTENSION_MALFORMED);
    pagetls_target_add_problem_if(target, pagetls_certificate_critical(c, PAGETLS_EXT_AKI), PAGETLS_RULE_AKI_CRITICAL);
    pagetls_target_add_problem_if(target, pagetls_certificate_critical(c, PAGETLS_EXT_SKI), PAGETLS_RULE_SKI_CRITICAL);
    pagetls_target_add_problem_if(target, pagetls_certificate_critical(c, PAGETLS_EXT_AIA), PAGETLS_RULE_AIA_CRITICAL);
    pagetls_target_add_problem_if(target, pagetls_certificate_malformed(c, PAGETLS_EXT_POLICY_CONSTRAINTS),
                                  PAGETLS_RULE_POLICY_CONSTRAINTS);
    pagetls_target_add_problem_if(target,
                                  pagetls_certificate_has(c, PAGETLS_EXT_POLICY_CONSTRAINTS) &&
                                      !pagetls_certificate_critical(c, PAGETLS_EXT_POLICY_CONSTRAINTS),
                                  PAGETLS_RULE_POLICY_NOT_CRITICAL);
    pagetls_target_add_problem_if(target, c->path_length >= 0 && !c->ca, PAGETLS_RULE_PATH_LENGTH_NOT_CA);
    pagetls_target_add_problem_if(target, (c->key_usage & PAGETLS_KU_CERT_SIGN) && !c->ca,
                                  PAGETLS_RULE_CERT_SIGN_NOT_CA);
}

void pagetls_check_key_identifier(const pagetls_check_target *target, const pagetls_certificate *issuer)
{
    pagetls_slice found = target->certificate->authority_key_id;
    pagetls_slice expected = issuer->subject_key_id;
    if (found.p != NULL && expected.p != NULL && !pagetls_slices_equal(found, expected)) {
        pagetls_problem *problem = pagetls_target_add_problem(target, PAGETLS_RULE_AKI_MISMATCH);
        pagetls_problem_append_octets(problem, found);
        pagetls_problem_append(problem, ", expected ");
        pagetls_problem_append_octets(problem, expected);
    }
}

static void check_key_identifiers(const pagetls_check_target *target)
{
    const pagetls_certificate *c = target->certificate;
    pagetls_target_add_problem_if(target, target->role != PAGETLS_ROLE_LEAF && c->subject_key_id.p == NULL,
                                  PAGETLS_RULE_SKI_MISSING);
    if (target->role != PAGETLS_ROLE_ANCHOR || !c->self_issued) { /* RFC 5280 exempts only self-signed certificates */
        pagetls_target_add_problem_if(target, c->authority_key_id.p == NULL,
                                      target->role == PAGETLS_ROLE_ANCHOR ? PAGETLS_RULE_ANCHOR_AKI_MISSING
                                                                          : PAGETLS_RULE_AKI_MISSING);
        return;
    }
    if (c->self_issued && pagetls_certificate_has(c, PAGETLS_EXT_AKI)) {
        pagetls_target_add_problem_if(
            target, c->authority_key_id.p == NULL || c->authority_issuer.p != NULL || c->authority_serial.p != NULL,
            PAGETLS_RULE_AKI_FIELDS);
        pagetls_check_key_identifier(target, c);
    }
}

/* An empty Name is only its header. */
static int is_empty(pagetls_slice name)
{
    return name.len <= 2;
}

void pagetls_check_form(const pagetls_check_target *target)
{
    const pagetls_certificate *c = target->certificate;
    if (c->version != 3 && !(target->role == PAGETLS_ROLE_ANCHOR && pagetls_is_version_1_anchor(c))) {
        pagetls_problem *problem = pagetls_target_add_problem(target, PAGETLS_RULE_VERSION);
        pagetls_problem_append(problem, "it has version ");
        pagetls_problem_append_number(problem, c->version);
    }
    pagetls_check_serial(target);
    pagetls_target_add_problem_if(target, c->algorithms_differ, PAGETLS_RULE_ALGORITHM_MISMATCH);
    pagetls_target_add_problem_if(target, is_empty(c->issuer), PAGETLS_RULE_ISSUER_EMPTY);
    pagetls_target_add_problem_if(target, target->role != PAGETLS_ROLE_LEAF && is_empty(c->subject),
                                  PAGETLS_RULE_SUBJECT_EMPTY);
    check_time_encoding(target);
    pagetls_target_add_problem_if(target, c->has_unique_id, PAGETLS_RULE_UNIQUE_ID);
    pagetls_check_extensions(target);
    check_key_identifiers(target);
    if (target->role != PAGETLS_ROLE_LEAF) {
        pagetls_target_add_problem_if(target, c->ca && !pagetls_certificate_critical(c, PAGETLS_EXT_BASIC_CONSTRAINTS),
                                      PAGETLS_RULE_BC_NOT_CRITICAL);
        pagetls_target_add_problem_if(target,
                                      target->role == PAGETLS_ROLE_ANCHOR && c->self_issued &&
                                          pagetls_certificate_has(c, PAGETLS_EXT_EKU),
                                      PAGETLS_RULE_EKU_IN_ROOT);
        pagetls_name_constraints_form(c, target->depth, target->problems);
    } else {
        pagetls_target_add_problem_if(target, pagetls_certificate_has(c, PAGETLS_EXT_NAME_CONSTRAINTS),
                                      PAGETLS_RULE_NC_IN_LEAF);
    }
}
