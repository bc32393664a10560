/* One run of mta-sts-reports: reads the reports, judges each domain of policies.ini, prints the verdicts. */
#ifndef REPORTS_RUN_H
#define REPORTS_RUN_H

#include "reports/options.h"

/* Does what SETTINGS say. Returns the exit status: the worst of all domains, or 3 if a path could not be read. */
int reports_run(const struct reports_settings *settings);

#endif
