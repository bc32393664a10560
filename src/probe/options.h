/* The options and arguments of mta-sts-probe. */
#ifndef PROBE_OPTIONS_H
#define PROBE_OPTIONS_H

#include "base/buf.h"
#include "probe/check/context.h"
#include "probe/tell/format.h"

enum probe_action {
    PROBE_ACTION_DOMAINS, /* probes domains: what it does without another option */
    PROBE_ACTION_EXPLAIN,
    PROBE_ACTION_IMPORT, /* of several domains */
    PROBE_ACTION_SUGGEST,
    PROBE_ACTION_TLSA,
    PROBE_ACTION_HELP,
    PROBE_ACTION_VERSION
};

enum probe_colour { PROBE_COLOUR_AUTO, PROBE_COLOUR_ALWAYS, PROBE_COLOUR_NEVER };

struct probe_settings {
    enum probe_action action;
    enum probe_colour colour;
    enum probe_format format;
    bool quiet, verbose;
    const char *file, *subject, *ca_file; /* SUBJECT: what the action is about; NULL: not given */
    struct probe_context context;         /* not opened yet */
    unsigned jobs;
    char **domains; /* COUNT of them, as they were typed: not in normal form, and perhaps not valid */
    size_t count;
};

/*
 * Reads ARGV, whose order is changed, into SETTINGS, which borrow from it. False where ARGV is wrong, and what to write instead
 * is printed on standard error. What is named in it is neither opened nor asked.
 */
bool probe_options_read(int argc, char *argv[], struct probe_settings *settings);

/* Adds how to call the program, and a line for each option, to OUT. */
void probe_options_usage(struct buf *out);

#endif
