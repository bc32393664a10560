/* Policies in a configuration of nginx. Pure. */
#ifndef IMPORT_SOURCE_NGINX_H
#define IMPORT_SOURCE_NGINX_H

#include "import/reading.h"

/*
 * Imports the policies of the configuration SOURCE into JOB: return 200 "policy" in a server block, for each policy host in its
 * server_name; and lines with a host and its policy in a map of the host's name. A policy whose server has no policy host's name
 * is that of JOB's domain. A policy with a variable of nginx, and one that is perhaps not served (block.h, location.h), is not
 * imported, and a complaint names its line.
 */
void nginx_import(struct import_job *job, const struct import_source *source);

#endif
