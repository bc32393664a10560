/* The checks of where mail goes: the MX records, what their hosts show over SMTP, and their TLSA records. */
#ifndef PROBE_CHECK_MAIL_H
#define PROBE_CHECK_MAIL_H

#include "probe/check/observation.h"

check_fn probe_check_mx, probe_check_smtp, probe_check_dane;

#endif
