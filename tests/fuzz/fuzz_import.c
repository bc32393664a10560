/*
 * The readers of import. The first byte of the input says as which kind of source the rest is read, and whether a domain is
 * given. The sections that come out have no error, and no more domains than were taken. Each domain that is taken has the policy
 * that was found; no other is named. Complaints are clean lines; without one, everything was imported.
 */
#include "config/audit.h"
#include "fuzz.h"
#include "fuzz_ini.h"
#include "import/catalogue.h"
#include "import/reading.h"
#include "import/source/source.h"
#include "import/write.h"

static size_t complaints;

static void complain(const char *line)
{
    for (const char *c = line; *c != '\0'; c++)
        CHECK((unsigned char)*c >= ' ' && *c != 0x7f);
    complaints++;
}

static void on_problem(void *to, unsigned line, bool warning, const char *text)
{
    (void)to;
    (void)line;
    (void)text;
    CHECK(warning);
}

/* The domain has the policy of ITEM in INDEX. */
static void check_taken(struct index *index, const struct catalogue *catalogue, const struct catalogue_item *item)
{
    const struct catalogue_values values = catalogue_values(catalogue, item->values);
    const struct index_verdict *verdict;
    size_t size = policy_render(&values.policy, NULL, 0) + 1;
    char *bytes = malloc(size);

    CHECK(bytes != NULL && values.has_mode && values.has_max_age && !item->is_wrong);
    (void)policy_render(&values.policy, bytes, size);
    CHECK(index_find(index, catalogue_domain_name(catalogue, item), &verdict) && verdict != NULL);
    CHECK(verdict->found == INDEX_POLICY && strcmp(verdict->bytes, bytes) == 0);
    free(bytes);
}

static void check_sections(const struct catalogue *catalogue, const struct buf *out)
{
    const struct audit audit = { NULL, false, on_problem, NULL, NULL };
    struct index *index = index_of((const uint8_t *)out->text, out->len, NULL);
    size_t taken = 0;

    CHECK(index_audit(index, &audit) && !index_has_lost(index));
    for (size_t i = 0; i < catalogue->domain_count; i++) {
        const struct catalogue_domain *domain = &catalogue->domains[i];
        const struct catalogue_item *item = &catalogue->items[domain->item];
        const char *own = catalogue_domain_name(catalogue, item);
        CHECK(i == 0 || strcmp(catalogue_domain_name(catalogue, item - 1), own) < 0);
        if (domain->verdict == CATALOGUE_TAKEN)
            check_taken(index, catalogue, item);
        else
            CHECK(!index_names(index, own) && catalogue->count > 0);
        taken += domain->verdict == CATALOGUE_TAKEN;
    }
    CHECK(index_domains(index) == taken);
    index_free(index);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct import_job job = { .complain = complain };
    struct buf out = { 0 };

    if (size == 0)
        return 0;
    char *text = malloc(size);
    CHECK(text != NULL);
    memcpy(text, data + 1, size - 1);
    text[size - 1] = '\0';
    job.domain = data[0] & 4 ? "given.example" : NULL;
    const struct import_source source = { "file\n[a.example]", text, size - 1, data[0] & 8 ? "path.example" : NULL };
    complaints = 0;
    source_import(&job, &source, (enum source_kind)(data[0] & 3));
    bool is_complete = catalogue_settle(&job.catalogue, complain) && !job.incomplete;
    CHECK(!job.catalogue.failed && (is_complete || complaints > 0));
    import_write(&job.catalogue, false, &out);
    CHECK(!out.failed);
    buf_add(&out, "", 0);
    check_sections(&job.catalogue, &out);
    buf_free(&out);
    catalogue_free(&job.catalogue);
    free(text);
    return 0;
}
