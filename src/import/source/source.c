#include "import/source/source.h"

#include "import/reading.h"
#include "import/source/nginx.h"
#include "import/source/script.h"
#include "import/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

static const struct {
    const char *ending;
    enum source_kind kind;
} endings[] = {
    { "/mta-sts.txt", SOURCE_POLICY }, { ".js", SOURCE_SCRIPT },   { ".mjs", SOURCE_SCRIPT }, { ".cjs", SOURCE_SCRIPT },
    { ".ts", SOURCE_SCRIPT },          { ".json", SOURCE_SCRIPT }, { ".conf", SOURCE_NGINX },
};

enum source_kind source_kind_of(const char *name)
{
    const size_t len = strlen(name);

    /* Not old-mta-sts.txt, which nobody serves. */
    if (strcmp(name, endings[0].ending + 1) == 0)
        return SOURCE_POLICY;
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        size_t n = strlen(endings[i].ending);
        if (len >= n && strcmp(name + len - n, endings[i].ending) == 0)
            return endings[i].kind;
    }
    return SOURCE_UNKNOWN;
}

/* --- content --- */

static bool begins_with_field(const char *text)
{
    static const char *const fields[] = { "version:", "mode:", "mx:", "max_age:" };

    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        if (strncmp(text, fields[i], strlen(fields[i])) == 0)
            return true;
    return false;
}

/* Decides by the content. What is nothing else is a policy: its reader says what is wrong with it. */
static enum source_kind kind_of_content(const char *text)
{
    if (begins_with_field(text))
        return SOURCE_POLICY;
    if (strstr(text, "return 200 ") != NULL || strstr(text, "server_name ") != NULL)
        return SOURCE_NGINX;
    return strpbrk(text, "{(") != NULL && strpbrk(text, "\"'`") != NULL ? SOURCE_SCRIPT : SOURCE_POLICY;
}

static void import_policy(struct import_job *job, const struct import_source *source)
{
    struct import_text text = { { 0 }, { 0 } };
    const char *domain = source->domain != NULL ? source->domain : job->domain;

    if (domain == NULL) {
        import_refuse(job, source->name, 0,
                      "no folder names its domain; write --domain NAME, or name its folder as its host, mta-sts.example.org");
        return;
    }
    import_text_set(&text, source->text, source->len);
    (void)import_reading(job, source->name, domain, &text);
    import_text_free(&text);
}

typedef void import_fn(struct import_job *job, const struct import_source *source);

void source_import(struct import_job *job, const struct import_source *source, enum source_kind kind)
{
    static import_fn *const imports[] = {
        [SOURCE_POLICY] = import_policy, [SOURCE_SCRIPT] = script_import, [SOURCE_NGINX] = nginx_import
    };

    imports[kind == SOURCE_UNKNOWN ? kind_of_content(source->text) : kind](job, source);
}
