/* In a file of its own: where a program has this constant itself, the linker leaves this file out of it. */
#include "base/log.h"

const char log_program[] = "mta-sts";
