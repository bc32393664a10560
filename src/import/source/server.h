/* The policies of one server in an nginx configuration, and for which hosts they are. Pure. */
#ifndef IMPORT_SOURCE_SERVER_H
#define IMPORT_SOURCE_SERVER_H

#include "base/buf.h"
#include "import/reading.h"
#include "import/source/location.h"
#include "import/text.h"

#include <stdbool.h>
#include <stddef.h>

enum { SERVER_POLICIES_MAX = 8 };

struct server_policy {
    struct import_text text;
    unsigned line;
    const char *doubt; /* why it may not be served; NULL: nothing */
    size_t location;   /* the number of its location; 0: it is in none, and answers for all paths */
    bool is_elsewhere; /* its location is not that of the policy */
};

/* Set JOB and SOURCE; the rest is zero. Free it with server_free(). */
struct server {
    struct import_job *job;
    const struct import_source *source;
    bool is_quiet;     /* nothing is imported, and nothing complained of */
    struct buf names;  /* of server_name, each with a final NUL */
    const char *doubt; /* why no policy of it can be taken; NULL: nothing */
    struct locations locations;
    struct server_policy policies[SERVER_POLICIES_MAX];
    size_t count;
    /* What follows is not of one server, but of all. */
    struct buf maps;     /* the variables, each with a final NUL, that a map makes of the name of the host */
    struct buf hosts;    /* the domains, each with a final NUL, for whose hosts such a variable is surely returned */
    bool is_any, is_one; /* it is returned for hosts that are not known; there is a server */
};

/* Keeps the policy *TEXT, which is emptied. */
void server_add(struct server *server, struct import_text *text, const struct server_policy *policy);

/* Imports the policies of SERVER for its policy hosts, and empties it for the next one. */
void server_end(struct server *server);

/* Imports TEXT as the policy of DOMAIN, or complains of DOUBT. */
void server_take(struct server *server, const char *domain, const struct import_text *text, unsigned line, const char *doubt);

void server_refuse(struct server *server, unsigned line, const char *why);

/* True if TEXT is a variable that a map makes of the name of the host. */
bool server_is_map(const struct server *server, const char *text);

/* True if a variable of a map is returned for the policy host of DOMAIN, or if that cannot be said since there is no server. */
bool server_shows_map(const struct server *server, const char *domain);

void server_free(struct server *server);

#endif
