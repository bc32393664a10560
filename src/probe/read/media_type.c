#include "probe/read/media_type.h"

#include "read/span.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

/* The parameters of the media type TYPE: what follows its first semicolon. */
static struct span type_parameters(const char *type)
{
    const char *semicolon = strchr(type, ';');

    return span_without_leading(span_of(semicolon != NULL ? semicolon + 1 : NULL));
}

bool probe_media_is_text_plain(const char *type)
{
    static const char plain[] = "text/plain";
    const size_t len = sizeof plain - 1;

    return strncasecmp(type, plain, len) == 0 && (type[len] == '\0' || type[len] == ';' || type[len] == ' ' || type[len] == '\t');
}

bool probe_media_is_utf8(const char *type)
{
    static const char *const known[] = { "charset=utf-8", "charset=us-ascii", "charset=\"utf-8\"", "charset=\"us-ascii\"" };
    struct span parameters = type_parameters(type);

    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (span_is_but_case(parameters, known[i]))
            return true;
    return parameters.len == 0;
}
