#include "probe/judge/trust.h"

#include "probe/ask/lack.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    FOLDER_MAX = 4000, /* bytes of a folder's name */
    SAME_HASH_MAX = 32 /* authorities of one folder whose names have the same hash */
};

struct probe_trust {
    X509_STORE *store;
    bool is_system; /* the authorities' folders are looked into */
};

/* TEST of the folders, which are separated as in PATH, until it is true for one. */
static bool any_folder(bool (*test)(const char *folder, unsigned long data), unsigned long data)
{
    const char *list = getenv(X509_get_default_cert_dir_env());
    char folder[FOLDER_MAX];
    size_t len;

    if (list == NULL)
        list = X509_get_default_cert_dir();
    for (;; list += len + 1) {
        len = strcspn(list, ":");
        if (len > 0 && len < sizeof folder) {
            memcpy(folder, list, len);
            folder[len] = '\0';
            if (test(folder, data))
                return true;
        }
        if (list[len] == '\0')
            return false;
    }
}

/* Tries to open PATH. Returns 0, or errno. */
static int try_to_open(const char *path)
{
    FILE *file = fopen(path, "r");
    int error = file == NULL ? errno : 0;

    if (file != NULL)
        (void)fclose(file);
    return error;
}

static bool is_there(const char *folder, unsigned long data)
{
    (void)data;
    return try_to_open(folder) == 0;
}

static bool has_authorities(const struct probe_trust *trust)
{
    if (sk_X509_OBJECT_num(X509_STORE_get0_objects(trust->store)) > 0)
        return true;
    return trust->is_system && any_folder(is_there, 0);
}

struct probe_trust *probe_trust_new(const char *ca_file, char *why, size_t size)
{
    struct probe_trust *trust = calloc(1, sizeof *trust);

    if (trust != NULL)
        trust->store = X509_STORE_new();
    if (trust == NULL || trust->store == NULL) {
        (void)snprintf(why, size, PROBE_LACK_MEMORY);
        free(trust);
        return NULL;
    }
    trust->is_system = ca_file == NULL;
    int good = ca_file != NULL ? X509_STORE_load_file(trust->store, ca_file) : X509_STORE_set_default_paths(trust->store);
    ERR_clear_error();
    if (good == 1 && has_authorities(trust))
        return trust;
    if (ca_file != NULL)
        (void)snprintf(why, size, "%s: no certificate of an authority can be read there; write a file of certificates in PEM",
                       ca_file);
    else
        (void)snprintf(why, size, "this system has no certificates of authorities in %s; install ca-certificates",
                       X509_get_default_cert_dir());
    probe_trust_free(trust);
    return NULL;
}

void probe_trust_free(struct probe_trust *trust)
{
    if (trust == NULL)
        return;
    X509_STORE_free(trust->store);
    free(trust);
}

X509_STORE *probe_trust_store(const struct probe_trust *trust)
{
    return trust->store;
}

/* A folder's files have the hash of the authority's name, and a number. */
static bool is_unreadable(const char *folder, unsigned long hash)
{
    char path[FOLDER_MAX + 32];
    int error = 0;

    for (unsigned i = 0; i < SAME_HASH_MAX && error == 0; i++) {
        (void)snprintf(path, sizeof path, "%s/%08lx.%u", folder, hash, i);
        error = try_to_open(path);
    }
    return error != 0 && error != ENOENT;
}

bool probe_trust_is_unreadable(const struct probe_trust *trust, const X509 *cert)
{
    int is_known = 0;
    unsigned long hash = X509_NAME_hash_ex(X509_get_issuer_name(cert), NULL, NULL, &is_known);

    return trust->is_system && (is_known == 0 || any_folder(is_unreadable, hash));
}
