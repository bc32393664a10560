#include "command/hosts.h"

#include "base/buf.h"
#include "command/common.h"
#include "command/meant.h"
#include "config/index.h"
#include "policy/domain.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>

/*
 * What a front server takes for a policy host: without a folder of certificates, and with one. @ is the policy host, % the file
 * of its certificate and key. NULL: it takes none; INSTEAD says why.
 */
static const struct front {
    const char *name;
    const char *host, *certified;
    const char *between; /* after each but the last */
    const char *instead;
} fronts[] = {
    { "nginx", "server_name @;\n",
      "server {\n    server_name @;\n    ssl_certificate \"%\";\n    ssl_certificate_key \"%\";\n    include mta-sts.inc;\n}\n",
      "", NULL },
    { "lighttpd", NULL, "$HTTP[\"host\"] == \"@\" { ssl.pemfile = \"%\" }\n", "",
      "needs no list of names; name the folder of the certificates" },
    { "apache", "ServerAlias @\n",
      "<VirtualHost *:443>\n    ServerName @\n    SSLCertificateFile \"%\"\n    Include mta-sts.inc\n</VirtualHost>\n", "",
      NULL },
    { "haproxy", NULL, "% @\n", "", "needs no list of names; name the folder of the certificates" },
    { "h2o", "  \"@\": { paths: *policy }\n",
      "  \"@\": { listen: { port: 443, ssl: { certificate-file: \"%\", key-file: \"%\", ocsp-update-interval: 0 } }, paths: "
      "*policy }\n",
      "", NULL },
    { "caddy", "@", NULL, ",\n", "gets the certificates itself; leave out the folder" },
};

enum { FRONTS = sizeof fronts / sizeof *fronts };

static const char *name_of(size_t i)
{
    return i < FRONTS ? fronts[i].name : NULL;
}

void hosts_front_names(struct buf *out)
{
    for (size_t i = 0; i < FRONTS; i++)
        buf_print(out, "%s%s", i > 0 ? ", " : "", fronts[i].name);
}

/* The front server NAME. NULL, with a complaint, where there is none. */
static const struct front *find_front(const char *name)
{
    struct buf why = { 0 };

    for (size_t i = 0; i < FRONTS; i++)
        if (strcmp(fronts[i].name, name) == 0)
            return &fronts[i];
    const char *near = meant_nearest(name, name_of);
    buf_print(&why, "hosts --for: ");
    buf_add_shown(&why, name, strlen(name), DOMAIN_MAX);
    buf_print(&why, ": unknown front server; write ");
    if (near != NULL)
        buf_print(&why, "%s; there are ", near);
    else
        buf_print(&why, "one of ");
    hosts_front_names(&why);
    command_complain_of(&why);
    return NULL;
}

/* The folder stands in configurations of five languages: an absolute path, of characters that none of them reads in its own way.
 */
static bool is_plain_path(const char *folder)
{
    return folder[0] == '/' &&
           folder[strspn(folder, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/._-")] == '\0';
}

static bool complain_of_path(const char *path, const char *what)
{
    struct buf why = { 0 };

    buf_add_shown(&why, path, strlen(path), (size_t)-1);
    buf_print(&why, ": %s", what);
    command_complain_of(&why);
    return false;
}

static bool is_folder(const char *folder)
{
    struct stat found;

    if (!is_plain_path(folder))
        return complain_of_path(folder,
                                "write the folder of the certificates as an absolute path of letters, digits, . _ - and /");
    if (stat(folder, &found) != 0)
        return complain_of_path(folder, strerror(errno));
    if (!S_ISDIR(found.st_mode))
        return complain_of_path(folder,
                                "is not a folder; name the one that has a file mta-sts.example.org.pem for each policy host");
    return true;
}

/* Sets *THERE: PATH exists. False, with a complaint, where that cannot be found out: without its certificate a host would be
 * lost. */
static bool look_for(const char *path, bool *there)
{
    struct stat found;

    *there = stat(path, &found) == 0;
    return *there || errno == ENOENT || complain_of_path(path, strerror(errno));
}

/* Appends TEMPLATE to OUT, with HOST and FILE in it. */
static void fill(struct buf *out, const char *template, const char *host, const char *file)
{
    for (size_t len; *template != '\0'; template += len) {
        len = strcspn(template, "@%");
        buf_add(out, template, len);
        if (template[len] != '\0')
            buf_print(out, "%s", template[len++] == '@' ? host : file);
    }
}

static bool next_host(struct index *index, size_t *at, char host[sizeof DOMAIN_POLICY_HOST_PREFIX + DOMAIN_MAX])
{
    char *domain = host + sizeof DOMAIN_POLICY_HOST_PREFIX - 1;

    (void)memcpy(host, DOMAIN_POLICY_HOST_PREFIX, sizeof DOMAIN_POLICY_HOST_PREFIX);
    while (index_next_domain(index, at, domain))
        if (strcmp(domain, "*") != 0)
            return true;
    return false;
}

/* Prints what FRONT takes for each policy host. FOLDER: for those that have their certificate in it; or NULL. */
static bool print_for(struct index *index, const struct front *front, const char *folder, struct buf *out)
{
    char host[sizeof DOMAIN_POLICY_HOST_PREFIX + DOMAIN_MAX];
    struct buf file = { 0 };
    bool there = true, good = true;

    for (size_t at = 0; good && next_host(index, &at, host);) {
        if (folder != NULL) {
            file.len = 0;
            buf_print(&file, "%s/%s.pem", folder, host);
            good = !file.failed && look_for(file.text, &there);
        }
        if (good && there) {
            if (out->len > 0)
                buf_print(out, "%s", front->between);
            fill(out, folder != NULL ? front->certified : front->host, host, file.text);
        }
    }
    if (*front->between != '\0' && out->len > 0)
        buf_print(out, "\n");
    out->failed |= file.failed;
    buf_free(&file);
    return good;
}

/* Prints all or, where a certificate cannot be looked for or a header cannot be read, nothing: what is missing would be taken out
 * of service. */
static int print_front(struct index *index, const char *name, const char *folder, struct buf *out)
{
    const struct front *front = find_front(name);

    if (front == NULL)
        return COMMAND_USAGE;
    if ((folder != NULL ? front->certified : front->host) == NULL) {
        complain_of_path(name, front->instead);
        return COMMAND_USAGE;
    }
    if (!command_names_all(index, false, out) || (folder != NULL && !is_folder(folder)) ||
        !print_for(index, front, folder, out)) {
        buf_free(out);
        return COMMAND_WRONG;
    }
    return COMMAND_FINE;
}

int command_hosts(struct index *index, int argc, char *argv[], struct buf *out)
{
    char host[sizeof DOMAIN_POLICY_HOST_PREFIX + DOMAIN_MAX];

    if ((argc == 3 || argc == 4) && strcmp(argv[1], "--for") == 0)
        return print_front(index, argv[2], argc == 4 ? argv[3] : NULL, out);
    if (argc != 1)
        return COMMAND_USAGE;
    for (size_t at = 0; next_host(index, &at, host);)
        buf_print(out, "%s\n", host);
    return command_names_all(index, false, out) ? COMMAND_FINE : COMMAND_WRONG;
}
