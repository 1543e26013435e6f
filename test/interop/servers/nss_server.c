/* NSS, without a certificate database. */
#include "echo_server.h"

#include <cert.h>
#include <keyhi.h>
#include <nss.h>
#include <nssb64.h>
#include <pk11pub.h>
#include <prerror.h>
#include <private/pprio.h>
#include <secerr.h>
#include <ssl.h>
#include <sslexp.h>
#include <sslproto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FILE_BYTES = 65536, MAX_CERTIFICATES = 8 };

static PRFileDesc *model;
static CERTCertificate *client_ca;
static CERTCertList *authorities;

static int failed_nss(const char *what)
{
    return failed(what, PR_ErrorToName(PR_GetError()));
}

/* The DER of the PEM blocks in a file; returns their number. */
static size_t read_pem(const char *path, SECItem *items)
{
    static char text[FILE_BYTES];
    FILE *file = fopen(path, "r");
    text[file != NULL ? fread(text, 1, sizeof(text) - 1, file) : 0] = '\0';
    if (file != NULL) {
        fclose(file);
    }
    size_t count = 0;
    for (char *at = text; count < MAX_CERTIFICATES && (at = strstr(at, "-----BEGIN")) != NULL; count++) {
        char *body = strchr(at, '\n');
        char *end = strstr(at, "-----END");
        if (body == NULL || end == NULL) {
            break;
        }
        NSSBase64_DecodeBuffer(NULL, &items[count], body, (unsigned int) (end - body));
        at = end;
    }
    return count;
}

/* The certificate must be signed by the CA, as the tests have it. */
static SECStatus check_client(void *unused, PRFileDesc *fd, PRBool check_signature, PRBool is_server)
{
    (void) unused;
    (void) check_signature;
    (void) is_server;
    CERTCertificate *peer = SSL_PeerCertificate(fd);
    SECKEYPublicKey *key = CERT_ExtractPublicKey(client_ca);
    const SECStatus status = CERT_VerifySignedDataWithPublicKey(&peer->signatureWrap, key, NULL);
    SECKEY_DestroyPublicKey(key);
    CERT_DestroyCertificate(peer);
    if (status != SECSuccess) {
        PR_SetError(SEC_ERROR_UNKNOWN_ISSUER, 0);
    }
    return status;
}

static void require_certificate(PRFileDesc *fd)
{
    SSL_OptionSet(fd, SSL_REQUEST_CERTIFICATE, PR_TRUE);
    SSL_OptionSet(fd, SSL_REQUIRE_CERTIFICATE, SSL_REQUIRE_ALWAYS);
}

static int configure_client_ca(const char *path, int later)
{
    SECItem item[MAX_CERTIFICATES] = { 0 };
    if (read_pem(path, item) != 1 ||
        (client_ca = CERT_NewTempCertificate(CERT_GetDefaultCertDB(), item, NULL, PR_FALSE, PR_TRUE)) == NULL) {
        return failed_nss("client CA");
    }
    authorities = CERT_NewCertList();
    CERT_AddCertToListTail(authorities, CERT_DupCertificate(client_ca));
    SSL_AuthCertificateHook(model, check_client, NULL);
    if (!later) {
        require_certificate(model);
    }
    return 0;
}

static int configure_key(const struct server_config *config)
{
    SECItem key_item[MAX_CERTIFICATES] = { 0 };
    SECItem items[MAX_CERTIFICATES] = { 0 };
    CERTCertificateList chain = { .certs = items, .len = (int) read_pem(config->chain, items) };
    const SSLExtraServerCertData extra = { .authType = ssl_auth_null, .certChain = &chain };
    SECKEYPrivateKey *key = NULL;
    PK11SlotInfo *slot = PK11_GetInternalSlot();
    CERTCertificate *leaf = CERT_NewTempCertificate(CERT_GetDefaultCertDB(), items, NULL, PR_FALSE, PR_TRUE);
    if (leaf == NULL || read_pem(config->key, key_item) != 1 ||
        PK11_ImportDERPrivateKeyInfoAndReturnKey(slot, key_item, NULL, NULL, PR_FALSE, PR_TRUE, KU_ALL, &key, NULL) !=
            SECSuccess ||
        SSL_ConfigServerCert(model, leaf, key, &extra, sizeof(extra)) != SECSuccess) {
        return failed_nss("key");
    }
    return 0;
}

int stack_configure(const struct server_config *config)
{
    if (NSS_NoDB_Init(NULL) != SECSuccess || NSS_SetDomesticPolicy() != SECSuccess) {
        return failed_nss("start");
    }
    SSL_ConfigServerSessionIDCache(0, 0, 0, NULL);
    model = SSL_ImportFD(NULL, PR_NewTCPSocket());
    const SSLVersionRange versions = { SSL_LIBRARY_VERSION_TLS_1_2, SSL_LIBRARY_VERSION_TLS_1_3 };
    SSL_VersionRangeSet(model, &versions);
    SSL_OptionSet(model, SSL_HANDSHAKE_AS_SERVER, PR_TRUE);
    SSL_OptionSet(model, SSL_ENABLE_RENEGOTIATION, SSL_RENEGOTIATE_REQUIRES_XTN);
    SSL_OptionSet(model, SSL_ENABLE_POST_HANDSHAKE_AUTH, PR_TRUE);
    const SSLNamedGroup group = ssl_grp_ec_secp384r1;
    if (config->group != NULL && SSL_NamedGroupConfig(model, &group, 1) != SECSuccess) {
        return failed_nss("group");
    }
    printf("NSS %s\n", NSS_GetVersion());
    return configure_key(config) < 0 ||
            (config->client_ca != NULL && configure_client_ca(config->client_ca, config->later) < 0)
        ? -1
        : 0;
}

int stack_accept(int fd, void **connection)
{
    PRFileDesc *tls = SSL_ImportFD(model, PR_ImportTCPSocket(dup(fd)));
    *connection = tls;
    if (authorities != NULL) {
        SSL_SetTrustAnchors(tls, authorities); /* which the model does not pass on */
    }
    SSL_ResetHandshake(tls, PR_TRUE);
    return SSL_ForceHandshake(tls) == SECSuccess ? 0 : failed_nss("accept");
}

long stack_read(void *connection, void *bytes, size_t size)
{
    const PRInt32 length = PR_Read(connection, bytes, (PRInt32) size);
    return length >= 0 ? length : failed_nss("read");
}

int stack_write(void *connection, const void *bytes, size_t size)
{
    return PR_Write(connection, bytes, (PRInt32) size) == (PRInt32) size ? 0 : failed_nss("write");
}

int stack_update_keys(void *connection, int request)
{
    return SSL_KeyUpdate(connection, request ? PR_TRUE : PR_FALSE) == SECSuccess ? 0 : failed_nss("update");
}

int stack_authenticate(void *connection)
{
    SSLChannelInfo info;
    require_certificate(connection);
    if (SSL_GetChannelInfo(connection, &info, sizeof(info)) != SECSuccess) {
        return failed_nss("authenticate");
    }
    const SECStatus status = info.protocolVersion == SSL_LIBRARY_VERSION_TLS_1_3
        ? SSL_SendCertificateRequest(connection)
        : SSL_ReHandshake(connection, PR_TRUE);
    return status == SECSuccess && SSL_ForceHandshake(connection) == SECSuccess ? 0 : failed_nss("authenticate");
}

int stack_is_authenticated(void *connection)
{
    CERTCertificate *peer = SSL_PeerCertificate(connection);
    if (peer != NULL) {
        CERT_DestroyCertificate(peer);
    }
    return peer != NULL;
}

void stack_close_notify(void *connection)
{
    PR_Shutdown(connection, PR_SHUTDOWN_SEND);
}

void stack_free(void *connection)
{
    PR_Close(connection);
}
