#define MBEDTLS_ALLOW_PRIVATE_ACCESS /* sig_md, sig_pk and sig of a certificate */
#include "verify/checks.h"

#include <string.h>

#include "describe.h"
#include "mbedtls/oid.h"
#include "mbedtls/pk.h"
#include "mbedtls/sha256.h"
#include "verify/name_constraints.h"
#include "verify/names.h"
#include "verify/signatures.h"

typedef enum { LEAF, INTERMEDIATE, ANCHOR } role;

typedef struct {
    const pagetls_certificate *certificate;
    const pagetls_criteria *criteria;
    pagetls_problems *problems;
    size_t depth;
    role role;
} subject;

/* Returns NULL for a rule that this level does not have. */
static pagetls_problem *note(const subject *s, pagetls_rule rule)
{
    return pagetls_rule_get(rule)->webpki_only && !s->criteria->webpki ? NULL
        : pagetls_problems_add(s->problems, rule, s->depth);
}

static void note_if(const subject *s, int condition, pagetls_rule rule)
{
    if (condition) {
        (void) note(s, rule);
    }
}

/* Notes the rule with a number that was found, and words around it. */
static void note_number(const subject *s, pagetls_rule rule, const char *before, size_t number, const char *after)
{
    pagetls_problem *problem = note(s, rule);
    if (problem != NULL) {
        pagetls_problem_say(problem, before);
        pagetls_problem_say_number(problem, (int64_t) number);
        pagetls_problem_say(problem, after);
    }
}

/* Anchors of Mozilla's list that were made before the rules for their form: their program has vouched for them. */
static int is_known_anchor(const mbedtls_x509_crt *crt)
{
    static const uint8_t known[][8] = {
#include "verify/known_anchors.inc"
    };
    uint8_t digest[32];
    if (mbedtls_sha256(crt->raw.p, crt->raw.len, digest, 0) != 0) {
        return 0;
    }
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        if (memcmp(known[i], digest, sizeof(known[i])) == 0) {
            return 1;
        }
    }
    return 0;
}

/* --- time, key, signature ------------------------------------------------------------- */

void pagetls_check_say_time(const pagetls_criteria *criteria, pagetls_problem *problem, const char *before,
                            const mbedtls_x509_time *time)
{
    mbedtls_x509_time now;
    char text[24];
    pagetls_problem_say(problem, before);
    pagetls_format_time(text, time);
    pagetls_problem_say(problem, text);
    pagetls_problem_say(problem, ", and was judged at ");
    mbedtls_x509_time_gmtime((mbedtls_time_t) criteria->time, &now);
    pagetls_format_time(text, &now);
    pagetls_problem_say(problem, text);
}

static void check_time(const subject *s)
{
    const mbedtls_x509_crt *crt = s->certificate->crt;
    if (mbedtls_x509_time_is_past(&crt->valid_to)) {
        pagetls_check_say_time(s->criteria, note(s, PAGETLS_RULE_EXPIRED), "it was valid until ", &crt->valid_to);
    } else if (mbedtls_x509_time_is_future(&crt->valid_from)) {
        pagetls_check_say_time(s->criteria, note(s, PAGETLS_RULE_FUTURE), "it is valid from ", &crt->valid_from);
    }
}

static void check_key(const subject *s)
{
    const mbedtls_x509_crt_profile *profile = s->criteria->profile;
    const mbedtls_pk_context *pk = &s->certificate->crt->pk;
    mbedtls_pk_type_t type = mbedtls_pk_get_type(pk);
    size_t bits = mbedtls_pk_get_bitlen(pk);
    if ((profile->allowed_pks & MBEDTLS_X509_ID_FLAG(type)) == 0) {
        pagetls_problem_say(note(s, PAGETLS_RULE_BAD_PK), mbedtls_pk_get_name(pk));
        return;
    }
    if (type == MBEDTLS_PK_RSA) {
        if (bits < profile->rsa_min_bitlen) {
            pagetls_problem *problem = note(s, PAGETLS_RULE_BAD_KEY);
            pagetls_problem_say(problem, "RSA of ");
            pagetls_problem_say_number(problem, (int64_t) bits);
            pagetls_problem_say(problem, " bits, at least ");
            pagetls_problem_say_number(problem, profile->rsa_min_bitlen);
            pagetls_problem_say(problem, " are needed");
        }
        if (bits % 8 != 0) {
            note_number(s, PAGETLS_RULE_RSA_MODULUS, "", bits, " bits");
        }
        if (pagetls_rsa_exponent_bits(pk) > PAGETLS_RSA_EXPONENT_BITS) {
            note_number(s, PAGETLS_RULE_RSA_EXPONENT, "", pagetls_rsa_exponent_bits(pk), " bits");
        }
    } else if (type == MBEDTLS_PK_ECKEY || type == MBEDTLS_PK_ECKEY_DH || type == MBEDTLS_PK_ECDSA) {
        mbedtls_ecp_group_id curve = mbedtls_ecp_keypair_get_group_id(mbedtls_pk_ec(*pk));
        if ((profile->allowed_curves & MBEDTLS_X509_ID_FLAG(curve)) == 0) {
            note_number(s, PAGETLS_RULE_BAD_KEY, "an elliptic curve of ", bits, " bits");
        }
    } else {
        (void) note(s, PAGETLS_RULE_BAD_KEY);
    }
}

static void check_signature_algorithm(const subject *s)
{
    const mbedtls_x509_crt *crt = s->certificate->crt;
    const mbedtls_x509_crt_profile *profile = s->criteria->profile;
    const pagetls_signed document = pagetls_signed_certificate(crt);
    const pagetls_slice algorithm = { crt->sig_oid.p, crt->sig_oid.len };
    if (!pagetls_signed_md_is_allowed(&document, profile)) {
        pagetls_problem_say_oid(note(s, PAGETLS_RULE_BAD_MD), algorithm);
    }
    if ((profile->allowed_pks & MBEDTLS_X509_ID_FLAG(crt->sig_pk)) == 0) {
        pagetls_problem_say_oid(note(s, PAGETLS_RULE_BAD_PK), algorithm);
    }
}

/* --- the form of a certificate ------------------------------------------------------------ */

/* RFC 5280, section 4.1.2.5: UTCTime through 2049, GeneralizedTime from 2050 on. */
static int times_encoded_well(const mbedtls_x509_crt *crt)
{
    pagetls_slice whole = { crt->tbs.p, crt->tbs.len };
    pagetls_slice tbs;
    pagetls_slice skipped;
    pagetls_slice validity;
    pagetls_element time;
    if (pagetls_der_expect(&whole, DER_SEQUENCE, &tbs) != 0) {
        return 0;
    }
    (void) pagetls_der_expect(&tbs, DER_CONTEXT | DER_CONSTRUCTED | 0, &skipped);
    if (pagetls_der_next(&tbs, &time) != 0 || pagetls_der_expect(&tbs, DER_SEQUENCE, &skipped) != 0 ||
        pagetls_der_expect(&tbs, DER_SEQUENCE, &skipped) != 0 || pagetls_der_expect(&tbs, DER_SEQUENCE, &validity) != 0) {
        return 0;
    }
    for (int i = 0; i < 2; i++) {
        /* Mbed TLS has read it; these lengths are with seconds and with "Z", which it lets be left out. */
        if (pagetls_der_next(&validity, &time) != 0 ||
            (time.tag == DER_UTC_TIME ? time.content.len != 13
                : time.content.len != 15 || memcmp(time.content.p, "2050", 4) < 0)) {
            return 0;
        }
    }
    return 1;
}

static void check_serial(const subject *s)
{
    const mbedtls_x509_buf *serial = &s->certificate->crt->serial;
    int zero = 1;
    for (size_t i = 0; i < serial->len; i++) {
        zero &= serial->p[i] == 0;
    }
    /* Octets that DER leaves out would hide it from a revocation list. */
    int padded = serial->len > 1 && serial->p[0] == 0 && !(serial->p[1] & 0x80);
    if (zero || padded || serial->len > 20 || (serial->p[0] & 0x80)) {
        pagetls_problem_say_octets(note(s, PAGETLS_RULE_SERIAL), serial->p, serial->len);
    }
}

/* AuthorityInfoAccessSyntax (section 4.2.2.1): a sequence of method and location. */
static int is_info_access(pagetls_slice value)
{
    pagetls_slice list;
    pagetls_slice description;
    pagetls_slice oid;
    pagetls_element location;
    if (pagetls_der_expect(&value, DER_SEQUENCE, &list) != 0 || value.len != 0 || list.len == 0) {
        return 0;
    }
    while (list.len > 0) {
        if (pagetls_der_expect(&list, DER_SEQUENCE, &description) != 0 ||
            pagetls_der_expect(&description, DER_OID, &oid) != 0 ||
            pagetls_der_next(&description, &location) != 0 || description.len != 0 ||
            (location.tag & 0xC0) != DER_CONTEXT) {
            return 0;
        }
    }
    return 1;
}

/* PolicyConstraints (section 4.2.1.11): requireExplicitPolicy, inhibitPolicyMapping, or both. */
static int is_policy_constraints(pagetls_slice value)
{
    pagetls_slice fields;
    pagetls_slice number;
    int64_t count = 0;
    int good = pagetls_der_expect(&value, DER_SEQUENCE, &fields) == 0 && value.len == 0 && fields.len > 0;
    for (uint8_t tag = DER_CONTEXT; good && tag <= (DER_CONTEXT | 1); tag++) {
        good = pagetls_der_expect(&fields, tag, &number) != 0 || pagetls_der_small(number, &count);
    }
    return good && fields.len == 0;
}

static void check_extensions(const subject *s)
{
    const pagetls_certificate *c = s->certificate;
    if (c->unknown_critical.p != NULL) {
        pagetls_problem_say_oid(note(s, PAGETLS_RULE_UNKNOWN_CRITICAL), c->unknown_critical);
    }
    if (c->duplicate.p != NULL) {
        pagetls_problem_say_oid(note(s, PAGETLS_RULE_DUPLICATE_EXTENSION), c->duplicate);
    }
    note_if(s, c->malformed || c->bad_basic_constraints, PAGETLS_RULE_EXTENSION_MALFORMED);
    note_if(s, pagetls_certificate_critical(c, PAGETLS_EXT_AKI), PAGETLS_RULE_AKI_CRITICAL);
    note_if(s, pagetls_certificate_critical(c, PAGETLS_EXT_SKI), PAGETLS_RULE_SKI_CRITICAL);
    note_if(s, pagetls_certificate_critical(c, PAGETLS_EXT_AIA), PAGETLS_RULE_AIA_CRITICAL);
    note_if(s, pagetls_certificate_has(c, PAGETLS_EXT_AIA) && !is_info_access(c->ext[PAGETLS_EXT_AIA]),
            PAGETLS_RULE_EXTENSION_MALFORMED);
    note_if(s, pagetls_certificate_has(c, PAGETLS_EXT_POLICY_CONSTRAINTS) &&
            (!pagetls_certificate_critical(c, PAGETLS_EXT_POLICY_CONSTRAINTS) ||
             !is_policy_constraints(c->ext[PAGETLS_EXT_POLICY_CONSTRAINTS])), PAGETLS_RULE_POLICY_CONSTRAINTS);
    note_if(s, c->path_length >= 0 && !c->ca, PAGETLS_RULE_PATH_LENGTH_NOT_CA);
    note_if(s, (c->key_usage & PAGETLS_KU_CERT_SIGN) && !c->ca, PAGETLS_RULE_CERT_SIGN_NOT_CA);
}

static void check_key_identifier_of(const subject *s, const pagetls_certificate *issuer)
{
    pagetls_slice found = s->certificate->aki;
    pagetls_slice expected = issuer->ski;
    if (found.p != NULL && expected.p != NULL && !pagetls_slice_equal(found, expected.p, expected.len)) {
        pagetls_problem *problem = note(s, PAGETLS_RULE_AKI_MISMATCH);
        pagetls_problem_say_octets(problem, found.p, found.len);
        pagetls_problem_say(problem, ", expected ");
        pagetls_problem_say_octets(problem, expected.p, expected.len);
    }
}

static void check_key_identifiers(const subject *s)
{
    const pagetls_certificate *c = s->certificate;
    note_if(s, s->role != LEAF && c->ski.p == NULL, PAGETLS_RULE_SKI_MISSING);
    if (s->role != ANCHOR) {
        note_if(s, c->aki.p == NULL, PAGETLS_RULE_AKI_MISSING);
        return;
    }
    if (c->self_issued && pagetls_certificate_has(c, PAGETLS_EXT_AKI)) {
        note_if(s, c->aki.p == NULL || c->aki_other_fields, PAGETLS_RULE_AKI_FIELDS);
        check_key_identifier_of(s, c);
    }
}

static void check_form(const subject *s)
{
    const pagetls_certificate *c = s->certificate;
    const mbedtls_x509_crt *crt = c->crt;
    if (crt->version != 3) {
        note_number(s, PAGETLS_RULE_VERSION, "it is of version ", (size_t) crt->version, "");
    }
    check_serial(s);
    note_if(s, crt->issuer_raw.len <= 2, PAGETLS_RULE_ISSUER_EMPTY);
    note_if(s, s->role != LEAF && crt->subject_raw.len <= 2, PAGETLS_RULE_SUBJECT_EMPTY);
    note_if(s, !times_encoded_well(crt), PAGETLS_RULE_VALIDITY_ENCODING);
    note_if(s, crt->issuer_id.p != NULL || crt->subject_id.p != NULL, PAGETLS_RULE_UNIQUE_ID);
    check_extensions(s);
    check_key_identifiers(s);
    if (s->role != LEAF) {
        note_if(s, c->ca && !pagetls_certificate_critical(c, PAGETLS_EXT_BASIC_CONSTRAINTS), PAGETLS_RULE_BC_NOT_CRITICAL);
        note_if(s, s->role == ANCHOR && c->self_issued && pagetls_certificate_has(c, PAGETLS_EXT_EKU), PAGETLS_RULE_EKU_IN_ROOT);
        pagetls_name_constraints_form(c, s->depth, s->problems);
    } else if (pagetls_certificate_has(c, PAGETLS_EXT_NAME_CONSTRAINTS)) {
        (void) note(s, PAGETLS_RULE_NC_IN_LEAF);
    }
}

/* --- a CA's, a leaf's ------------------------------------------------------------------- */

int pagetls_check_may_issue(const pagetls_certificate *issuer)
{
    return issuer->ca && !(pagetls_certificate_has(issuer, PAGETLS_EXT_KEY_USAGE) &&
                           !(issuer->key_usage & PAGETLS_KU_CERT_SIGN)) &&
        !mbedtls_x509_time_is_past(&issuer->crt->valid_to) && !mbedtls_x509_time_is_future(&issuer->crt->valid_from);
}

static void say_purposes(pagetls_problem *problem, pagetls_slice value)
{
    pagetls_slice list = { NULL, 0 };
    pagetls_slice oid;
    (void) pagetls_der_expect(&value, DER_SEQUENCE, &list);
    for (int count = 0; count < 6 && pagetls_der_expect(&list, DER_OID, &oid) == 0; count++) {
        pagetls_problem_say(problem, count == 0 ? "it is for " : ", ");
        pagetls_problem_say_oid(problem, oid);
    }
}

/* 1 when the purposes allow serverAuth; *any is set when that is by anyExtendedKeyUsage. */
static int eku_allows_server(pagetls_slice value, int *any, int *count)
{
    static const uint8_t server[] = { 0x2B, 6, 1, 5, 5, 7, 3, 1 };
    static const uint8_t every[] = { 0x55, 0x1D, 37, 0 };
    pagetls_slice list;
    pagetls_slice oid;
    int allowed = 0;
    *any = 0;
    *count = 0;
    if (pagetls_der_expect(&value, DER_SEQUENCE, &list) != 0) {
        return 0;
    }
    while (pagetls_der_expect(&list, DER_OID, &oid) == 0) {
        allowed |= pagetls_slice_equal(oid, server, sizeof(server));
        *any |= pagetls_slice_equal(oid, every, sizeof(every));
        ++*count;
    }
    return allowed || *any;
}

static void check_eku(const subject *s)
{
    const pagetls_certificate *c = s->certificate;
    int any;
    int count;
    if (!pagetls_certificate_has(c, PAGETLS_EXT_EKU)) {
        note_if(s, s->role == LEAF, PAGETLS_RULE_EKU_MISSING);
        return;
    }
    int allowed = eku_allows_server(c->ext[PAGETLS_EXT_EKU], &any, &count);
    note_if(s, count == 0, PAGETLS_RULE_EKU_EMPTY);
    if (count > 0 && !allowed) {
        say_purposes(note(s, PAGETLS_RULE_EXT_KEY_USAGE), c->ext[PAGETLS_EXT_EKU]);
    }
    if (s->role == LEAF) {
        note_if(s, any, PAGETLS_RULE_EKU_ANY);
        note_if(s, pagetls_certificate_critical(c, PAGETLS_EXT_EKU), PAGETLS_RULE_EKU_CRITICAL);
    }
}

static void check_ca(const subject *s)
{
    const pagetls_certificate *c = s->certificate;
    note_if(s, !c->ca, PAGETLS_RULE_NOT_A_CA);
    note_if(s, c->ca && pagetls_certificate_has(c, PAGETLS_EXT_KEY_USAGE) && !(c->key_usage & PAGETLS_KU_CERT_SIGN),
            PAGETLS_RULE_NO_CERT_SIGN);
}

static void check_host_name(const subject *s)
{
    const pagetls_hostname *hostname = s->criteria->hostname;
    const mbedtls_x509_crt *crt = s->certificate->crt;
    size_t count = 0;
    if (hostname->text[0] == '\0' || pagetls_names_match(crt, hostname)) {
        return;
    }
    pagetls_problem *problem = note(s, PAGETLS_RULE_HOST_NAME);
    pagetls_problem_say(problem, "expected ");
    pagetls_problem_say(problem, hostname->text);
    for (const mbedtls_x509_sequence *san = &crt->subject_alt_names; san != NULL && san->buf.p != NULL; san = san->next) {
        int tag = san->buf.tag & 0x1F;
        char ip[48];
        if (tag != PAGETLS_NAME_DNS && tag != PAGETLS_NAME_IP) {
            continue;
        }
        if (count == 6) {
            pagetls_problem_say(problem, ", and more");
            break;
        }
        pagetls_problem_say(problem, count++ == 0 ? ", but it names " : ", ");
        if (tag == PAGETLS_NAME_DNS) {
            pagetls_problem_say_foreign(problem, san->buf.p, san->buf.len);
        } else {
            pagetls_format_ip(ip, san->buf.p, san->buf.len);
            pagetls_problem_say(problem, ip);
        }
    }
    if (count == 0) {
        pagetls_problem_say(problem, ", but it names no host (subjectAltName)");
    }
}

/* 1 when \p cn is the alternative name in other letters: another case, or another text of the same address. */
static int is_other_writing(const mbedtls_x509_buf *cn, const pagetls_hostname *read, const mbedtls_x509_buf *san)
{
    char ip[48];
    size_t same = 0;
    if ((san->tag & 0x1F) == PAGETLS_NAME_IP) {
        pagetls_format_ip(ip, san->p, san->len);
        return read->ip_len == san->len && memcmp(read->ip, san->p, san->len) == 0 &&
            (strlen(ip) != cn->len || memcmp(ip, cn->p, cn->len) != 0);
    }
    if ((san->tag & 0x1F) != PAGETLS_NAME_DNS || san->len != cn->len) {
        return 0;
    }
    while (same < cn->len && pagetls_lower(cn->p[same]) == pagetls_lower(san->p[same])) {
        same++;
    }
    return same == cn->len && memcmp(cn->p, san->p, cn->len) != 0;
}

/* BR 7.1.4.3 wants a host in the CN to be a copy of an alternative name. A CN that names something else is
 * let pass, as browsers do, who never look at it; one that says the same differently, or is an address or
 * an internationalized name in a form that no alternative name can have, is not. */
static int cn_is_malformed(const mbedtls_x509_crt *crt, const mbedtls_x509_buf *cn)
{
    pagetls_hostname read;
    int ascii = 1;
    int spaced = 0;
    for (size_t i = 0; i < cn->len; i++) {
        ascii &= cn->p[i] < 0x80;
        spaced |= cn->p[i] == ' ';
    }
    if (spaced || (memchr(cn->p, '.', cn->len) == NULL && memchr(cn->p, ':', cn->len) == NULL)) {
        return 0; /* not a host */
    }
    if (!ascii) {
        return 1;
    }
    if (pagetls_hostname_read(&read, (const char *) cn->p, cn->len) != 0) {
        /* 192.0.02.1 and 0xC0000201 are what some would read as addresses. */
        const uint8_t *last = cn->p + cn->len - 1;
        while (last > cn->p && last[-1] != '.') {
            last--;
        }
        return *last >= '0' && *last <= '9';
    }
    for (const mbedtls_x509_sequence *san = &crt->subject_alt_names; san != NULL && san->buf.p != NULL; san = san->next) {
        if (is_other_writing(cn, &read, &san->buf)) {
            return 1;
        }
    }
    return 0;
}

static void check_alternative_names(const subject *s)
{
    const pagetls_certificate *c = s->certificate;
    const mbedtls_x509_crt *crt = c->crt;
    int empty_subject = crt->subject_raw.len <= 2;
    pagetls_slice value = c->ext[PAGETLS_EXT_SAN];
    pagetls_slice names;
    pagetls_element name;
    if (value.p == NULL) {
        note_if(s, 1, empty_subject ? PAGETLS_RULE_SAN_NEEDED : PAGETLS_RULE_SAN_MISSING);
        return;
    }
    int critical = pagetls_certificate_critical(c, PAGETLS_EXT_SAN);
    note_if(s, (empty_subject && !critical) || (s->criteria->webpki && !empty_subject && critical),
            PAGETLS_RULE_SAN_CRITICALITY);
    int good = pagetls_der_expect(&value, DER_SEQUENCE, &names) == 0 && value.len == 0 && names.len > 0;
    while (good && names.len > 0) {
        good = pagetls_der_next(&names, &name) == 0 && pagetls_names_is_tag(name.tag) &&
            ((name.tag & 0x1F) != PAGETLS_NAME_IP || name.content.len == 4 || name.content.len == 16);
    }
    note_if(s, !good, PAGETLS_RULE_SAN_MALFORMED);
    for (const mbedtls_x509_name *attribute = &crt->subject; s->criteria->webpki && attribute != NULL;
         attribute = attribute->next) {
        if (MBEDTLS_OID_CMP(MBEDTLS_OID_AT_CN, &attribute->oid) == 0 && cn_is_malformed(crt, &attribute->val)) {
            pagetls_problem *problem = note(s, PAGETLS_RULE_CN_FORM);
            pagetls_problem_say(problem, "CN=");
            pagetls_problem_say_foreign(problem, attribute->val.p, attribute->val.len);
        }
    }
}

static void check_leaf(const subject *s)
{
    const pagetls_certificate *c = s->certificate;
    check_host_name(s);
    note_if(s, pagetls_certificate_has(c, PAGETLS_EXT_KEY_USAGE) && !(c->key_usage & PAGETLS_KU_DIGITAL_SIGNATURE),
            PAGETLS_RULE_KEY_USAGE);
}

/* --- the path ------------------------------------------------------------------------------ */

static void check_lengths(const pagetls_path *path, const pagetls_criteria *criteria, pagetls_problems *problems)
{
    int64_t below = 0; /* intermediates that count, below the certificate looked at */
    for (size_t depth = 1; depth < path->len; depth++) {
        const pagetls_certificate *c = path->certificate[depth];
        if (c->path_length >= 0 && below > c->path_length) {
            pagetls_problem *problem = pagetls_problems_add(problems, PAGETLS_RULE_PATH_LENGTH, depth);
            pagetls_problem_say(problem, "pathLenConstraint is ");
            pagetls_problem_say_number(problem, c->path_length);
            pagetls_problem_say(problem, ", and there are ");
            pagetls_problem_say_number(problem, below);
        }
        below += !c->self_issued;
    }
    size_t intermediates = 0;
    for (size_t depth = 1; depth + (path->anchored ? 1 : 0) < path->len; depth++) {
        intermediates += !path->certificate[depth]->self_issued;
    }
    if (criteria->max_depth >= 0 && intermediates > (size_t) criteria->max_depth) {
        pagetls_problem *problem = pagetls_problems_add(problems, PAGETLS_RULE_TOO_DEEP, 0);
        pagetls_problem_say_number(problem, (int64_t) intermediates);
        pagetls_problem_say(problem, ", at most ");
        pagetls_problem_say_number(problem, criteria->max_depth);
    }
}

static void check_constraints(const pagetls_path *path, size_t *comparisons, pagetls_problems *problems)
{
    for (size_t ca = path->len; ca-- > 1;) {
        for (size_t depth = 0; depth < ca; depth++) {
            const pagetls_certificate *c = path->certificate[depth];
            if (depth == 0 || !c->self_issued) {
                pagetls_name_constraints_apply(path->certificate[ca], c, depth, comparisons, problems);
            }
        }
    }
}

/* requireExplicitPolicy (section 4.2.1.11): policies themselves are not compared, only asked for. They are of
 * the whole path once the certificates below, self-issued intermediates not counted, use the number up; a leaf
 * can ask for them too (section 6.1.5, b). */
static void check_policies(const pagetls_path *path, pagetls_problems *problems)
{
    for (size_t ca = 0; ca < path->len; ca++) {
        pagetls_slice value = path->certificate[ca]->ext[PAGETLS_EXT_POLICY_CONSTRAINTS];
        pagetls_slice fields;
        pagetls_slice skip;
        int64_t count;
        int64_t below = ca > 0; /* the leaf */
        for (size_t depth = 1; depth < ca; depth++) {
            below += !path->certificate[depth]->self_issued;
        }
        if (pagetls_der_expect(&value, DER_SEQUENCE, &fields) != 0 ||
            pagetls_der_expect(&fields, DER_CONTEXT | 0, &skip) != 0 ||
            !pagetls_der_small(skip, &count) || count > below) {
            continue;
        }
        for (size_t depth = 0; depth + (path->anchored ? 1 : 0) < path->len; depth++) {
            if (!pagetls_certificate_has(path->certificate[depth], PAGETLS_EXT_POLICIES)) {
                pagetls_problems_add(problems, PAGETLS_RULE_POLICY_REQUIRED, depth);
            }
        }
    }
}

void pagetls_check_anchor(const pagetls_certificate *anchor, const pagetls_criteria *criteria, pagetls_problems *problems)
{
    subject s = { anchor, criteria, problems, 0, ANCHOR };
    check_key(&s);
    check_ca(&s);
    if (!is_known_anchor(anchor->crt)) {
        check_form(&s);
    }
}

void pagetls_check_path(const pagetls_path *path, const pagetls_criteria *criteria, size_t *comparisons,
                        pagetls_problems *problems)
{
    for (size_t depth = 0; depth < path->len; depth++) {
        int last = depth + 1 == path->len;
        subject s = { path->certificate[depth], criteria, problems, depth,
                      last && path->anchored ? ANCHOR : depth == 0 ? LEAF : INTERMEDIATE };
        check_time(&s);
        check_key(&s);
        if (depth == 0) {
            check_leaf(&s);
        } else {
            check_ca(&s);
        }
        if (s.role == ANCHOR) {
            if (depth == 0) { /* a leaf that is trusted itself */
                check_serial(&s);
                check_extensions(&s);
                check_eku(&s);
            } else if (!is_known_anchor(s.certificate->crt)) {
                check_form(&s);
            }
            continue;
        }
        check_signature_algorithm(&s);
        check_form(&s);
        check_eku(&s);
        if (depth == 0) {
            check_alternative_names(&s);
            note_if(&s, s.certificate->ca || (s.certificate->key_usage & PAGETLS_KU_CERT_SIGN), PAGETLS_RULE_LEAF_IS_CA);
        }
        if (!last) {
            check_key_identifier_of(&s, path->certificate[depth + 1]);
        }
    }
    check_lengths(path, criteria, problems);
    check_constraints(path, comparisons, problems);
    check_policies(path, problems);
}
