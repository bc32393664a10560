/* What mta-sts-probe can be asked to do. */
#ifndef PROBE_ACTIONS_H
#define PROBE_ACTIONS_H

#include "probe/options.h"

/* Does ACTION ask the network, so that the context of the settings has to be opened before? */
bool probe_action_asks(enum probe_action action);

/* Does what SETTINGS ask for, and prints what came of it. The exit status. */
int probe_action_run(const struct probe_settings *settings);

#endif
