/* The checks of what senders discover: the TXT records, the policy host, its answer, the policy. Floor 7. */
#ifndef PROBE_WEB_H
#define PROBE_WEB_H

#include "probe/sight.h"

sight_check probe_check_txt, probe_check_host, probe_check_https, probe_check_answer, probe_check_policy, probe_check_tlsrpt,
    probe_check_ini;

#endif
