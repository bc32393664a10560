/* The checks of where mail goes: the MX records, what their hosts show over SMTP, and their TLSA records. Floor 7. */
#ifndef PROBE_MAIL_H
#define PROBE_MAIL_H

#include "probe/sight.h"

sight_check probe_check_mx, probe_check_smtp, probe_check_dane;

#endif
