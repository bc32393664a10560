/* What comes before a step that has more senders take a policy: no advice names such a step without it. Pure. */
#ifndef PROBE_READ_FIRST_H
#define PROBE_READ_FIRST_H

/* RFC 8461 8.1: the policy is served before its record is published; 5: in mode enforce, senders that take it defer mail. */
enum probe_first {
    PROBE_FIRST_NOTHING,
    PROBE_FIRST_SERVE,         /* the policy is not served yet, as far as is known */
    PROBE_FIRST_MEND,          /* its mode is enforce, and an MX host fails */
    PROBE_FIRST_MEND_AND_SERVE /* both */
};

/* "first let the policy be served"; NULL for NOTHING. Constant. */
const char *probe_first_text(enum probe_first first);

#endif
