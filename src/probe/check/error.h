/* Messages on standard error about the program itself: its command line, its files, its memory. */
#ifndef PROBE_CHECK_ERROR_H
#define PROBE_CHECK_ERROR_H

/* Why probe_dns_new() may fail. */
#define PROBE_ERROR_NO_RESOLVER "out of memory; write a lower -j"

/* Prints "mta-sts-probe: ", the message and a line end. Returns PROBE_STATUS_UNKNOWN, the exit status that goes with it. */
__attribute__((format(printf, 1, 2))) int probe_error(const char *format, ...);

#endif
