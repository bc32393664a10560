/* The checks of what senders look for before they deliver: the TXT records, the policy host, its answer, the policy. */
#ifndef PROBE_CHECK_WEB_H
#define PROBE_CHECK_WEB_H

#include "probe/check/observation.h"

check_fn probe_check_txt, probe_check_host, probe_check_https, probe_check_answer, probe_check_policy, probe_check_tlsrpt,
    probe_check_ini;

#endif
