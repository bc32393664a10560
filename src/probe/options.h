/* The arguments of mta-sts-probe. Floor 10. */
#ifndef PROBE_OPTIONS_H
#define PROBE_OPTIONS_H

#include "probe/run.h"

#include <stdio.h>

enum probe_action { PROBE_LOOK, PROBE_EXPLAIN, PROBE_SUGGEST, PROBE_TLSA, PROBE_HELP, PROBE_VERSION };
enum probe_colour { PROBE_COLOUR_AUTO, PROBE_COLOUR_ALWAYS, PROBE_COLOUR_NEVER };

struct probe_settings {
    enum probe_action action;
    enum probe_colour colour;
    bool json, quiet, verbose;
    const char *file, *subject, *ca_file; /* SUBJECT: of the action; each NULL: none */
    struct probe_options probe;           /* but for trust, hosts and stop */
    unsigned jobs;
    char **domains; /* COUNT of them, as given */
    size_t count;
};

/* Reads ARGV, whose order is changed: SETTINGS borrows from it. False, and said why on standard error, where it is wrong. */
bool probe_options_read(int argc, char *argv[], struct probe_settings *settings);

void probe_options_usage(FILE *out);

#endif
