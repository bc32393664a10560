#include "probe/check/file.h"

#include "base/buf.h"
#include "command/dns/delegate.h"
#include "command/dns/record.h"
#include "config/index.h"
#include "config/open.h"
#include "config/verdict.h"
#include "policy/domain.h"
#include "probe/judge/compare.h"

#include <stdlib.h>
#include <string.h>

struct probe_file {
    struct index *index;
    const char *name;
};

struct probe_file *probe_file_open(const char *name, struct buf *why)
{
    struct probe_file *file = calloc(1, sizeof *file);

    if (file == NULL) {
        buf_print(why, "out of memory");
        return NULL;
    }
    *file = (struct probe_file) { open_index(name, OPEN_WAITS, why), name };
    if (file->index != NULL)
        return file;
    free(file);
    return NULL;
}

void probe_file_close(struct probe_file *file)
{
    if (file == NULL)
        return;
    index_free(file->index);
    free(file);
}

size_t probe_file_count(const struct probe_file *file)
{
    return index_domains(file->index) - index_names(file->index, "*");
}

bool probe_file_next(const struct probe_file *file, size_t *at, char domain[DOMAIN_MAX + 1])
{
    while (index_next_domain(file->index, at, domain))
        if (strcmp(domain, "*") != 0)
            return true;
    return false;
}

bool probe_file_is_whole(struct probe_file *file, struct buf *why)
{
    const struct index_verdict *verdict = NULL;
    bool good = index_find_lost(file->index, &verdict);

    if (!good)
        buf_print(why, "out of memory");
    else if (verdict != NULL)
        buf_add(why, verdict->bytes, verdict->len);
    good = good && verdict == NULL;
    verdict_drop(verdict);
    return good;
}

bool probe_file_find(struct probe_file *file, const char *domain, struct probe_expected *expected, struct buf *text)
{
    const struct index_verdict *verdict;

    *expected = (struct probe_expected) { 0 };
    if (!index_find(file->index, domain, &verdict))
        return false;
    if (verdict == NULL) {
        buf_print(text, "%s is not in %s; write a section [%s]", domain, file->name, domain);
        expected->mistake = text->text;
        return !text->failed;
    }
    const char *bytes = verdict->bytes;
    if (verdict->alone) {
        buf_add(text, verdict->bytes, verdict->len);
        bytes = text->text;
    }
    if (verdict->found != INDEX_POLICY)
        expected->mistake = bytes;
    else
        *expected = (struct probe_expected) { bytes, verdict->len, NULL };
    verdict_drop(verdict);
    return !text->failed;
}

bool probe_file_records(struct probe_file *file, const char *domain, const char *zone, struct dns_list *list)
{
    const struct index_verdict *verdict;

    if (!index_find(file->index, domain, &verdict))
        return false;
    bool good = verdict == NULL || verdict->found == INDEX_UNSURE ||
                dns_list_make(list, file->index, domain, zone, verdict->found == INDEX_POLICY ? verdict : NULL, PROBE_TTL);
    verdict_drop(verdict);
    return good;
}

bool probe_file_delegates(const struct probe_file *file, const char *domain, const char *zone, struct buf *why)
{
    return dns_delegate_can(file->index, domain, zone, why);
}
