#include "import/source/nginx.h"

#include "base/buf.h"
#include "import/name.h"
#include "import/reading.h"
#include "import/text.h"
#include "policy/domain.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* How many words of a directive are kept apart; how many policies a server may have. */
enum { WORDS_MAX = 3, POLICIES_MAX = 8 };

struct policy_found {
    struct import_text text;
    unsigned line;
};

struct nginx {
    struct import_job *job;
    const struct import_source *source;
    const char *at, *end;
    unsigned line;
    struct import_text words[WORDS_MAX]; /* the first words of the directive; COUNT is that of all */
    unsigned word_line[WORDS_MAX];
    size_t count;
    struct buf names;            /* the words of server_name in this server, each with a final NUL */
    bool is_name, is_well_known; /* the directive is server_name; the location is that of policies */
    size_t depth, server_depth;  /* braces; those around the server's content. 0: in no server */
    size_t location_depth;
    struct policy_found policies[POLICIES_MAX]; /* of this server */
    size_t policy_count, found;
};

static void skip(struct nginx *n)
{
    n->line += *n->at++ == '\n';
}

static bool is_white(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static void skip_space(struct nginx *n)
{
    while (n->at < n->end && (is_white(*n->at) || *n->at == '#')) {
        if (*n->at == '#')
            while (n->at < n->end && *n->at != '\n')
                skip(n);
        else
            skip(n);
    }
}

/* --- words --- */

/* Reads a backslash and the next character, as nginx does: others than these keep their backslash. */
static void read_escape(struct nginx *n, struct import_text *word)
{
    static const char names[] = "\"'\\trn", values[] = "\"'\\\t\r\n";
    const char *name = n->end - n->at > 1 && n->at[1] != '\0' ? strchr(names, n->at[1]) : NULL;

    skip(n);
    if (name == NULL) {
        import_text_add(word, '\\', n->line);
        return;
    }
    skip(n);
    import_text_add(word, values[name - names], n->line);
}

/* Reads the word at N into WORD. */
static void read_word(struct nginx *n, struct import_text *word)
{
    const char quote = *n->at == '"' || *n->at == '\'' ? *n->at : '\0';

    import_text_begin(word, n->line);
    if (quote != '\0')
        skip(n);
    while (n->at < n->end) {
        const char c = *n->at;
        if (quote != '\0' ? c == quote : is_white(c) || c == ';' || (c == '{' && n->at[-1] != '$'))
            break;
        if (c == '\\') {
            read_escape(n, word);
            continue;
        }
        skip(n);
        import_text_add(word, c, n->line);
    }
    if (quote != '\0' && n->at < n->end)
        skip(n);
}

static bool is_word(const struct nginx *n, size_t number, const char *text)
{
    const struct buf *word = &n->words[number].bytes;

    return n->count > number && word->text != NULL && strcmp(word->text, text) == 0;
}

static const char *word_text(const struct nginx *n, size_t number)
{
    return n->words[number].bytes.text != NULL ? n->words[number].bytes.text : "";
}

/* Looks at WORD, LEN bytes and a final NUL, the next one of the directive. */
static void note_word(struct nginx *n, const char *word, size_t len)
{
    if (n->is_name)
        buf_add(&n->names, word, len + 1);
    if (is_word(n, 0, "location") && strstr(word, "mta-sts") != NULL)
        n->is_well_known = true;
    if (n->count == 0)
        n->is_name = strcmp(word, "server_name") == 0;
}

/* Reads the next word of the directive. */
static void add_word(struct nginx *n)
{
    struct import_text more = { { 0 }, { 0 } };
    struct import_text *word = n->count < WORDS_MAX ? &n->words[n->count] : &more;

    if (n->count < WORDS_MAX)
        n->word_line[n->count] = n->line;
    read_word(n, word);
    if (!word->bytes.failed && !word->lines.failed)
        note_word(n, word->bytes.text, word->bytes.len);
    n->job->catalogue.failed |= word->bytes.failed || word->lines.failed || n->names.failed;
    n->count++;
    import_text_free(&more);
}

/* --- policies --- */

static bool has_variable(const char *text)
{
    for (const char *at = text; (at = strchr(at, '$')) != NULL; at++)
        if (at[1] == '{' || at[1] == '_' || (domain_lower(at[1]) >= 'a' && domain_lower(at[1]) <= 'z'))
            return true;
    return false;
}

static void take(struct nginx *n, const char *domain, const struct import_text *text, unsigned line)
{
    if (has_variable(text->bytes.text))
        import_unreadable(n->job, n->source->name, line, domain,
                          "the policy contains a variable of nginx, and cannot be read; import it from where it is served: "
                          "mta-sts-probe --import");
    else
        (void)import_reading(n->job, n->source->name, domain, text);
}

/* Takes the policies of the server that ends here, for each of its policy hosts. */
static void end_server(struct nginx *n)
{
    for (size_t i = 0; i < n->policy_count; i++) {
        const struct policy_found *policy = &n->policies[i];
        size_t hosts = 0;
        for (size_t at = 0; at < n->names.len; at += strlen(n->names.text + at) + 1) {
            const char *name = n->names.text + at;
            char domain[DOMAIN_MAX + 1];
            if (!import_name_is_host(name, strlen(name)) || !import_name(name, strlen(name), domain))
                continue;
            take(n, domain, &policy->text, policy->line);
            hosts++;
        }
        if (hosts == 0 && n->job->domain != NULL)
            take(n, n->job->domain, &policy->text, policy->line);
        else if (hosts == 0)
            import_refuse(n->job, n->source->name, policy->line,
                          "no server_name with the name of a policy host is beside this policy; write --domain NAME if it is for "
                          "one domain");
        import_text_free(&n->policies[i].text);
    }
    n->policy_count = 0;
    n->names.len = 0;
    n->server_depth = 0;
}

/* Keeps a policy until the end of its server: the server_name may be below it. */
static void keep_policy(struct nginx *n)
{
    n->found++;
    if (n->policy_count == POLICIES_MAX) {
        import_refuse(n->job, n->source->name, n->word_line[2], "the server has too many policies; keep one");
        return;
    }
    n->policies[n->policy_count++] = (struct policy_found) { n->words[2], n->word_line[2] };
    n->words[2] = (struct import_text) { { 0 }, { 0 } };
}

static void take_of_map(struct nginx *n)
{
    char domain[DOMAIN_MAX + 1];
    const char *name = word_text(n, 0);

    n->found++;
    if (import_name(name, strlen(name), domain))
        take(n, domain, &n->words[1], n->word_line[1]);
    else
        import_refuse(n->job, n->source->name, n->word_line[1], "no host name is before this policy");
}

/* --- directives --- */

static void end_directive(struct nginx *n)
{
    if (n->count == 3 && is_word(n, 0, "return") && is_word(n, 1, "200") &&
        (n->is_well_known || import_text_is_policy(&n->words[2])))
        keep_policy(n);
    else if (n->count == 2 && import_text_is_policy(&n->words[1]))
        take_of_map(n);
    n->count = 0;
    n->is_name = false;
}

static void open_block(struct nginx *n)
{
    n->depth++;
    if (n->count == 1 && is_word(n, 0, "server")) {
        end_server(n);
        n->server_depth = n->depth;
    }
    if (is_word(n, 0, "location"))
        n->location_depth = n->depth;
    else if (n->location_depth == 0)
        n->is_well_known = false;
    n->count = 0;
    n->is_name = false;
}

static void close_block(struct nginx *n)
{
    if (n->depth == n->location_depth) {
        n->location_depth = 0;
        n->is_well_known = false;
    }
    if (n->depth == n->server_depth)
        end_server(n);
    n->depth -= n->depth > 0;
    n->count = 0;
    n->is_name = false;
}

static void read_next(struct nginx *n)
{
    const char c = *n->at;

    if (c != ';' && c != '{' && c != '}') {
        add_word(n);
        return;
    }
    skip(n);
    if (c == ';')
        end_directive(n);
    else if (c == '{')
        open_block(n);
    else
        close_block(n);
}

void nginx_import(struct import_job *job, const struct import_source *source)
{
    struct nginx n = { .job = job, .source = source, .at = source->text, .end = source->text + source->len, .line = 1 };

    for (skip_space(&n); n.at < n.end && !job->catalogue.failed; skip_space(&n))
        read_next(&n);
    end_server(&n);
    if (n.found == 0)
        import_refuse(job, source->name, 0, "no policy is in it: it has no return 200 \"...\" with a policy");
    for (size_t i = 0; i < WORDS_MAX; i++)
        import_text_free(&n.words[i]);
    buf_free(&n.names);
}
