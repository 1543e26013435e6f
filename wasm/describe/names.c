#include "describe/describe.h"
#include "x509/general_name.h"
#include "x509/name.h"

void pagetls_describe_oid(pagetls_json *json, const char *key, pagetls_slice oid)
{
    char dotted[PAGETLS_OID_TEXT_SIZE];
    pagetls_oid_text(dotted, oid);
    pagetls_json_object(json, key);
    pagetls_json_string(json, "oid", dotted);
    pagetls_json_string(json, "name", pagetls_oid_name(dotted));
}

/* A text that is incomplete because memory ran out makes the whole document fail. */
static void write_text(pagetls_json *json, const char *key, pagetls_text *text)
{
    json->failed |= text->failed;
    pagetls_json_text(json, key, text->p, text->len);
    pagetls_text_free(text);
}

void pagetls_describe_name(pagetls_json *json, const char *key, pagetls_slice name)
{
    pagetls_name_walk walk;
    pagetls_attribute attribute;
    pagetls_text whole = { 0 };
    pagetls_json_object(json, key);
    pagetls_json_array(json, "attributes");
    /* In the order of the encoding: most general attribute first, as certificate viewers show it. */
    int more = pagetls_name_walk_start(&walk, name) == 0;
    while (more && pagetls_name_walk_next(&walk, &attribute) > 0) {
        pagetls_text value = { 0 };
        pagetls_describe_oid(json, NULL, attribute.oid);
        pagetls_text_append_value(&value, &attribute.value);
        write_text(json, "value", &value);
        pagetls_json_end_object(json);
    }
    pagetls_json_end_array(json);
    pagetls_text_append_name(&whole, name);
    write_text(json, "text", &whole);
    pagetls_json_end_object(json);
}

static int describe_other_name(pagetls_json *json, pagetls_slice content)
{
    pagetls_slice oid;
    if (pagetls_der_expect(&content, DER_OID, &oid) != 0) {
        return -1;
    }
    char dotted[PAGETLS_OID_TEXT_SIZE];
    pagetls_oid_text(dotted, oid);
    pagetls_json_string(json, "oid", dotted);
    pagetls_json_base64(json, "value", content.p, content.len);
    return 0;
}

int pagetls_describe_general_name(pagetls_json *json, const pagetls_element *name)
{
    static const char *const types[] = {
        "otherName",
        "rfc822Name",
        "dNSName",
        "x400Address",
        "directoryName",
        "ediPartyName",
        "uniformResourceIdentifier",
        "iPAddress",
        "registeredID",
    };
    int tag = name->tag & 0x1F;
    int ret = 0;
    if ((name->tag & 0xC0) != DER_CONTEXT || tag > PAGETLS_NAME_REGISTERED_ID) {
        return -1;
    }
    pagetls_json_object(json, NULL);
    pagetls_json_string(json, "type", types[tag]);
    if (tag == PAGETLS_NAME_EMAIL || tag == PAGETLS_NAME_DNS || tag == PAGETLS_NAME_URI) {
        pagetls_json_text(json, "value", name->content.p, name->content.len);
    } else if (tag == PAGETLS_NAME_IP) {
        char text[PAGETLS_IP_TEXT_SIZE];
        pagetls_ip_format(text, name->content.p, name->content.len);
        pagetls_json_string(json, "value", text);
    } else if (tag == PAGETLS_NAME_DIRECTORY) {
        ret = pagetls_name_is_well_formed(name->content) ? 0 : -1;
        pagetls_describe_name(json, "value", name->content);
    } else if (tag == PAGETLS_NAME_REGISTERED_ID) {
        char dotted[PAGETLS_OID_TEXT_SIZE];
        pagetls_oid_text(dotted, name->content);
        pagetls_json_string(json, "value", dotted);
    } else if (tag == PAGETLS_NAME_OTHER) {
        ret = describe_other_name(json, name->content);
    } else {
        pagetls_json_base64(json, "value", name->content.p, name->content.len);
    }
    pagetls_json_end_object(json);
    return ret;
}
