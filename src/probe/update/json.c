/* json: an array of objects, one for each domain. Later versions may add members; none is renamed or removed. */
#include "base/buf.h"
#include "command/dns/quote.h"
#include "command/dns/record.h"
#include "policy/place.h"
#include "probe/judge/compare.h"
#include "probe/update/domain.h"
#include "probe/update/plan.h"
#include "probe/update/print.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

static void add_text(struct buf *out, const char *before, const char *text)
{
    buf_print(out, "%s", before);
    dns_quote_json(out, text);
}

static void add_record(struct buf *out, bool first, const char *type, uint32_t ttl, const char *data)
{
    add_text(out, first ? "{\"type\":" : ",{\"type\":", type);
    if (ttl > 0)
        buf_print(out, ",\"ttl\":%" PRIu32, ttl);
    add_text(out, ",\"data\":", data);
    buf_print(out, "}");
}

/* All records of NAME as they are, and as they are to be. */
static void add_change(const struct update *update, size_t i, struct buf *out)
{
    const struct update_name *name = &update->names[i];
    bool first = true;

    add_text(out, "{\"name\":", name->name);
    if (update->zones[i][0] != '\0')
        add_text(out, ",\"zone\":", update->zones[i]);
    buf_print(out, ",\"order\":%u", name->wanted[0].order);
    add_text(out, ",\"why\":", name->wanted[0].why);
    buf_print(out, ",\"old\":[");
    for (size_t k = 0; k < name->seen_count; k++)
        add_record(out, k == 0, name->seen[k].type, 0, name->seen[k].data);
    buf_print(out, "],\"new\":[");
    for (size_t k = 0; k < name->seen_count; k++) {
        if (!update_stays(name, &name->seen[k], update->replaces))
            continue;
        add_record(out, first, name->seen[k].type, PROBE_TTL, name->seen[k].data);
        first = false;
    }
    for (size_t k = 0; k < name->wanted_count; k++)
        add_record(out, first && k == 0, name->wanted[k].type, name->wanted[k].ttl, name->wanted[k].data);
    buf_print(out, "]}");
}

static void add_obstacles(const struct buf *lines, struct buf *out)
{
    const char *at = lines->text;

    for (const char *end; at != NULL && (end = strchr(at, '\n')) != NULL; at = end + 1) {
        buf_print(out, "%s", at == lines->text ? "\n    " : ",\n    ");
        buf_add_json(out, at, (size_t)(end - at));
    }
}

void update_json(const struct update *update, struct buf *out)
{
    const char *separator = "\n    ";

    add_text(out, "\n  {\"domain\":", update->domain);
    buf_print(out, ",\"changes\":[");
    for (size_t i = 0; i < PLACES; i++) {
        if (update->steps[i] != UPDATE_CHANGE)
            continue;
        buf_print(out, "%s", separator);
        separator = ",\n    ";
        add_change(update, i, out);
    }
    buf_print(out, "],\"obstacles\":[");
    add_obstacles(&update->obstacles, out);
    buf_print(out, "]}");
}
