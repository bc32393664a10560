/* The checks of the policy host, host and https, of its answer, and of the policy. */
#ifndef PROBE_CHECK_WEB_H
#define PROBE_CHECK_WEB_H

#include "probe/check/observation.h"

check_fn probe_check_host, probe_check_https, probe_check_answer, probe_check_policy;

#endif
