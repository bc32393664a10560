/* The checks of the TXT records, txt and tlsrpt, and of what is published beside policies.ini, ini. */
#ifndef PROBE_CHECK_RECORD_H
#define PROBE_CHECK_RECORD_H

#include "probe/check/observation.h"

check_fn probe_check_txt, probe_check_tlsrpt, probe_check_ini;

#endif
