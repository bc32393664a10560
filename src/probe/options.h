/* The options of mta-sts-probe, and what they set. */
#ifndef PROBE_OPTIONS_H
#define PROBE_OPTIONS_H

#include "base/buf.h"
#include "probe/check/context.h"
#include "probe/reports.h"
#include "probe/tell/format.h"
#include "program/arguments.h"
#include "program/colour.h"

enum probe_action {
    PROBE_ACTION_DOMAINS, /* probes domains: what it does without another option */
    PROBE_ACTION_EXPLAIN,
    PROBE_ACTION_IMPORT, /* of several domains */
    PROBE_ACTION_SUGGEST,
    PROBE_ACTION_TLSA,
    PROBE_ACTION_UPDATE,
    PROBE_ACTION_HELP,
    PROBE_ACTION_VERSION
};

struct probe_settings {
    enum probe_action action;
    enum colour colour;
    enum probe_format format;
    bool quiet, verbose;
    bool replaces;                        /* of --update, which has a format for its subject, and the two below */
    const char *zone, *primary;           /* of --delegate and --primary; NULL: not given */
    const char *file, *subject, *ca_file; /* SUBJECT: what the action is about; NULL: not given */
    const char *reports;                  /* of --reports; NULL: not given */
    const char *passed[PROBE_REPORTS_OPTIONS];
    const char *program;          /* argv[0] */
    struct probe_context context; /* not opened yet */
    unsigned jobs;
    char **domains; /* COUNT of them, as they were typed: not in normal form, and perhaps not valid */
    size_t count;
};

/* Puts VALUE (NULL: the option has none) into SETTINGS. Returns NULL, or what to write instead where VALUE is not valid. */
typedef const char *probe_option_take_fn(struct probe_settings *settings, const char *value);

struct probe_option {
    char letter;                        /* '\0': none */
    unsigned actions;                   /* on which it has an effect: the bit 1 << ACTION for each */
    const char *word, *argument, *does; /* ARGUMENT: NULL where it takes no value */
    probe_option_take_fn *take;
};

enum { PROBE_OPTIONS = 32 };

/* All options. The one that stands for an action has no bit but that action's, and comes before others of that kind. */
extern const struct probe_option probe_options[PROBE_OPTIONS];

/* The settings without any option. */
void probe_options_default(struct probe_settings *settings);

/* All options, for arguments_read(), which passes each that is given to TAKE. */
typedef const char *probe_options_take_fn(void *to, size_t number, const char *value);
struct arguments_options probe_options_all(probe_options_take_fn *take, void *to);

/* Adds how to call the program, and a line for each option, to OUT. */
void probe_options_usage(struct buf *out);

#endif
