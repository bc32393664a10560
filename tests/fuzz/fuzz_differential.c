/*
 * A whole file, read by the index and by iniparser_load(). If iniparser reads the file, and no line is one where this program is
 * stricter (tests/unit/ini/lines.c), then each domain's policy has the values that iniparser finds in its section, in the
 * template that it uses, and in [defaults].
 */
#define _GNU_SOURCE /* memfd_create() */

#include "base/buf.h"
#include "config/index.h"
#include "fuzz.h"
#include "ini/header.h"

#include <iniparser.h>
#include <sys/mman.h>
#include <unistd.h>

static int file = -1; /* in memory */

struct text {
    const char *bytes;
    size_t size;
};

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    ini_init();
    file = memfd_create("policies.ini", MFD_CLOEXEC);
    CHECK(file >= 0);
    return 0;
}

static dictionary *load(const uint8_t *data, size_t size)
{
    char path[32];

    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    CHECK(ftruncate(file, 0) == 0 && pwrite(file, data, size, 0) == (ssize_t)size);
    return iniparser_load(path);
}

static bool is_comparable(const char *text, size_t size)
{
    struct ini_line line;
    struct header header;

    if (size >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0)
        return false;
    for (size_t at = 0; at < size; at = line.next) {
        ini_line(text, size, at, &line);
        if (line.kind == INI_NEITHER || line.kind == INI_NUL || line.stop != INI_STOP_NONE)
            return false;
        if (line.kind != INI_HEADER)
            continue;
        header_read(text, &line, &header);
        /* iniparser does not read a header with a comment. With a = in it, it reads it as a key. If the comment ends in a ],
         * iniparser 4.2 has it in the name. */
        if (header.fault != NULL || header.len == 0 || memchr(line.text, ']', line.len) != line.text + line.len - 1)
            return false;
    }
    return true;
}

/* KEY of [SECTION]. iniparser_getstring() cuts long keys, so this looks them up itself. */
static const char *value_of(const dictionary *dict, const char *section, const char *key)
{
    char path[2 * INI_LINE_SIZE];

    (void)snprintf(path, sizeof path, "%s:%s", section, key);
    return dictionary_get(dict, path, NULL);
}

/* iniparser's name for the section with that header. */
static void section_name(const struct header *header, char name[INI_LINE_SIZE])
{
    size_t from = 0, len = header->len;

    while (from < len && ini_is_space(header->names[from]))
        from++;
    for (size_t i = from; i < len; i++)
        name[i - from] = domain_lower(header->names[i]);
    name[len - from] = '\0';
}

/* The header at or after *AT of the text; false at the end. */
static bool next_header(const struct text *text, size_t *at, struct header *header)
{
    struct ini_line line;

    *at = ini_next_header(text->bytes, text->size, *at);
    if (*at == text->size)
        return false;
    ini_line(text->bytes, text->size, *at, &line);
    header_read(text->bytes, &line, header);
    *at = line.next;
    return true;
}

/* The value of KEY in the first section that has NAME among its names. */
static const char *value_in(const dictionary *dict, const struct text *text, const char *name, const char *key)
{
    struct header header;
    char section[INI_LINE_SIZE];
    const char *word;

    for (size_t at = 0; next_header(text, &at, &header);) {
        section_name(&header, section);
        for (size_t in = 0, len; (len = header_next_name(header.names, header.len, &in, &word)) > 0;)
            if (strlen(name) == len && domain_same(word, name, len))
                return value_of(dict, section, key);
    }
    return NULL;
}

/* The value in the section, in its template, or in [defaults]. */
static const char *inherited(const dictionary *dict, const struct text *text, const char *section, const char *key)
{
    const char *use = value_of(dict, section, "use"), *value = value_of(dict, section, key);

    if (value == NULL && use != NULL)
        value = value_in(dict, text, use, key);
    return value != NULL ? value : value_in(dict, text, "defaults", key);
}

/* The mx lines of the POLICY in TEXT end with the words of VALUE, in which DOMAIN replaces {domain}: iniparser keeps only the
 * last line. */
static void check_mx(const char *text, size_t len, const char *value, const char *domain)
{
    static const char word_of_domain[] = "{domain}";
    const size_t word_len = sizeof word_of_domain - 1;
    struct buf end = { 0 };

    for (const char *word = value + strspn(value, ", \t"); *word != '\0'; word += strspn(word, ", \t")) {
        size_t n = strcspn(word, ", \t");
        buf_add(&end, "mx: ", 4);
        for (size_t used; n > 0; n -= used, word += used) {
            bool replaced = strcmp(domain, "*") != 0 && n >= word_len && domain_same(word, word_of_domain, word_len);
            used = replaced ? word_len : 1;
            buf_add(&end, replaced ? domain : (char[]) { domain_lower(*word) }, replaced ? strlen(domain) : 1);
        }
        buf_add(&end, "\r\n", 2);
    }
    CHECK(len >= end.len && memcmp(text + len - end.len, end.text, end.len) == 0);
    buf_free(&end);
}

static void check_policy(const dictionary *dict, const struct text *text, const char *section,
                         const struct index_verdict *verdict, const char *domain)
{
    const char *mode = inherited(dict, text, section, "mode"), *max_age = inherited(dict, text, section, "max_age"),
               *mx = inherited(dict, text, section, "mx");
    struct fuzz_policy policy;
    uint32_t seconds = POLICY_MAX_AGE_DEFAULT;

    if (verdict->fills)
        return; /* that of [*] */
    CHECK(fuzz_read_policy(verdict->bytes, verdict->len, &policy));
    CHECK(strcmp(policy.mode, mode != NULL ? mode : "testing") == 0);
    CHECK(max_age == NULL || policy_max_age_read(max_age, &seconds));
    CHECK(policy.max_age == seconds && (mx != NULL) == (policy.mx_count > 0));
    const char *end = strstr(verdict->bytes, "max_age: ");
    if (mx != NULL)
        check_mx(verdict->bytes + policy.mx, (size_t)(end - verdict->bytes) - policy.mx, mx, domain);
}

static void check_section(const dictionary *dict, const struct text *text, struct index *index, const struct header *header)
{
    char section[INI_LINE_SIZE], domain[DOMAIN_MAX + 1];
    const struct index_verdict *verdict;
    const char *word;

    section_name(header, section);
    for (size_t at = 0, len; (len = header_next_name(header->names, header->len, &at, &word)) > 0;) {
        if (len > DOMAIN_MAX || !header_names_domain(word, len))
            continue;
        domain_normal(word, len, domain);
        if (!index_names(index, domain) || !index_find(index, domain, &verdict) || verdict == NULL)
            continue;
        if (verdict->found == INDEX_POLICY)
            check_policy(dict, text, section, verdict, domain);
        verdict_drop(verdict);
    }
}

static void compare(const dictionary *dict, const struct text *text)
{
    char *copy = malloc(text->size);
    struct header header;

    CHECK(copy != NULL);
    memcpy(copy, text->bytes, text->size);
    struct index *index = index_new(copy, text->size, "policies.ini", NULL);
    CHECK(index != NULL);
    for (size_t at = 0; next_header(text, &at, &header);)
        check_section(dict, text, index, &header);
    index_free(index);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct text text = { (const char *)data, size };

    if (size == 0 || !is_comparable(text.bytes, size))
        return 0;
    dictionary *dict = load(data, size);
    if (dict == NULL)
        return 0;
    compare(dict, &text);
    iniparser_freedict(dict);
    return 0;
}
