#include "describe/describe.h"

static unsigned take_number(pagetls_slice *from, size_t octets)
{
    unsigned number = 0;
    for (; octets > 0; octets--) {
        number = number << 8 | *from->p;
        *from = (pagetls_slice) { from->p + 1, from->len - 1 };
    }
    return number;
}

static void write_numbers(pagetls_json *json, const char *key, pagetls_slice list, size_t octets)
{
    pagetls_json_array(json, key);
    while (list.len >= octets) {
        pagetls_json_int(json, NULL, take_number(&list, octets));
    }
    pagetls_json_end_array(json);
}

char *pagetls_describe_request(const pagetls_request_summary *summary)
{
    pagetls_json json = { 0 };
    pagetls_slice rest = summary->authorities;
    pagetls_json_object(&json, NULL);
    pagetls_json_bool(&json, "tls13", summary->tls13);
    write_numbers(&json, "signatureAlgorithms", summary->schemes, 2);
    write_numbers(&json, "certificateTypes", summary->types, 1);
    pagetls_json_array(&json, "authorities");
    while (rest.len >= 2) {
        size_t len = take_number(&rest, 2);
        len = len < rest.len ? len : rest.len;
        const pagetls_slice name = { rest.p, len };
        rest = (pagetls_slice) { rest.p + len, rest.len - len };
        pagetls_json_object(&json, NULL);
        pagetls_describe_name(&json, "name", name);
        pagetls_json_base64(&json, "raw", name.p, name.len);
        pagetls_json_end_object(&json);
    }
    pagetls_json_end_array(&json);
    pagetls_json_end_object(&json);
    return pagetls_json_take(&json);
}
