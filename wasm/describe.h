/**
 * \file describe.h
 * \brief Certificates as JSON. Reads the DER itself, so that it can also describe
 *        what Mbed TLS cannot parse.
 */
#ifndef PAGETLS_DESCRIBE_H
#define PAGETLS_DESCRIBE_H

#include "der.h"
#include "json.h"
#include "mbedtls/x509.h"

/** A time as YYYY-MM-DDTHH:MM:SSZ. */
void pagetls_format_time(char text[24], const mbedtls_x509_time *time);
/** An address of 4 or 16 octets, or an IPv4 address and mask of 8; else 20 octets at most in hexadecimal. */
void pagetls_format_ip(char text[48], const uint8_t *ip, size_t len);

/** A Name (RFC 5280, section 4.1.2.4): {text: RFC 4514, attributes: [{oid, name, value}]}. */
int pagetls_describe_name(pagetls_json *json, const char *key, pagetls_slice name);
/** A GeneralName (section 4.2.1.6): {type, value, …}. */
int pagetls_describe_general_name(pagetls_json *json, const pagetls_element *name);
/** {oid, name} with \p oid's content octets; the object stays open. */
void pagetls_describe_oid(pagetls_json *json, const char *key, pagetls_slice oid);
/** Every extension: those that pagetls knows decoded, under their own keys, and all of them raw. */
int pagetls_describe_extensions(pagetls_json *json, pagetls_slice extensions);
/** 1 when a certificate has its fields, names included, in DER and nothing else. Mbed TLS takes more than that. */
int pagetls_describe_can_read(const uint8_t *der, size_t len);

#endif
