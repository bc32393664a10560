#include "probe/read/first.h"

#include <stddef.h>

const char *probe_first_text(enum probe_first first)
{
    static const char *const texts[] = {
        [PROBE_FIRST_NOTHING] = NULL,
        [PROBE_FIRST_SERVE] = "first let the policy be served",
        [PROBE_FIRST_MEND] = "first mend what fails in mx and smtp, or serve mode testing",
        [PROBE_FIRST_MEND_AND_SERVE] = "first mend what fails in mx and smtp, and let the policy be served",
    };

    return texts[first];
}
