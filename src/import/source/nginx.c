#include "import/source/nginx.h"

#include "base/buf.h"
#include "import/name.h"
#include "import/reading.h"
#include "import/source/block.h"
#include "import/text.h"
#include "policy/domain.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* How many words of a directive are kept apart; how many policies a server may have. */
enum { WORDS_MAX = 3, POLICIES_MAX = 8 };

#define IMPORT_IT "import it from where it is served: mta-sts-probe --import"

struct policy_found {
    struct import_text text;
    unsigned line;
    const char *doubt; /* why it may not be served; NULL: it is */
};

struct nginx {
    struct import_job *job;
    const struct import_source *source;
    const char *at, *end;
    unsigned line;
    struct import_text words[WORDS_MAX]; /* the first words of the directive; COUNT is that of all */
    unsigned word_line[WORDS_MAX];
    size_t count;
    struct buf names; /* the words of server_name in this server, each with a final NUL */
    bool is_name;     /* the directive is server_name */
    struct blocks blocks;
    const char *doubt;   /* why no policy of this server can be taken; NULL: nothing */
    struct buf maps;     /* the variables, each with a final NUL, that a map makes of the name of the host */
    bool is_map_pass;    /* the first pass: only MAPS are of interest */
    unsigned open_quote; /* the line of a string without its end; 0: there is none */
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

    const unsigned line = n->line;

    import_text_begin(word, line);
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
    else if (quote != '\0')
        n->open_quote = line;
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
    if (is_word(n, 0, "if") && block_is_by_host(word))
        n->doubt = "the server has an \"if\" about the name of the host; " IMPORT_IT;
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

/* The text is the policy of DOMAIN, or why it may not be. */
static void take(struct nginx *n, const char *domain, const struct import_text *text, unsigned line, const char *doubt)
{
    if (doubt != NULL)
        import_unreadable(n->job, n->source->name, line, domain, doubt);
    else if (has_variable(text->bytes.text))
        import_unreadable(n->job, n->source->name, line, domain,
                          "the policy contains a variable of nginx, and cannot be read; " IMPORT_IT);
    else
        (void)import_reading(n->job, n->source->name, domain, text);
}

/* NAME, of server_name, stands for hosts that are not known here: a pattern, or the name of a policy host with a mistake. */
static bool is_pattern(const char *name)
{
    static const char prefix[] = DOMAIN_POLICY_HOST_PREFIX;
    size_t len = strlen(name);

    return name[0] == '~' || name[0] == '.' || strchr(name, '*') != NULL ||
           (len >= sizeof prefix - 1 && domain_same(name, prefix, sizeof prefix - 1));
}

/* Takes POLICY for each policy host of the server. Returns how many these are. */
static size_t take_for_hosts(struct nginx *n, const struct policy_found *policy)
{
    size_t hosts = 0;
    bool has_pattern = false;

    for (size_t at = 0; at < n->names.len; at += strlen(n->names.text + at) + 1) {
        const char *name = n->names.text + at;
        char domain[DOMAIN_MAX + 1];
        bool is_host = import_name_is_host(name, strlen(name)) && import_name(name, strlen(name), domain);
        if (is_host)
            take(n, domain, &policy->text, policy->line, policy->doubt != NULL ? policy->doubt : n->doubt);
        hosts += is_host;
        has_pattern |= !is_host && is_pattern(name);
    }
    if (has_pattern && hosts > 0)
        import_refuse(
            n->job, n->source->name, policy->line,
            "a name in server_name is not that of one policy host; the policies of the hosts that it stands for are not "
            "imported: mta-sts-probe --import reads them where they are served");
    return hosts;
}

/* Takes the policies of the server that ends here. */
static void end_server(struct nginx *n)
{
    for (size_t i = 0; i < n->policy_count; i++) {
        const struct policy_found *policy = &n->policies[i];
        size_t hosts = take_for_hosts(n, policy);
        if (hosts == 0 && n->job->domain != NULL)
            take(n, n->job->domain, &policy->text, policy->line, policy->doubt != NULL ? policy->doubt : n->doubt);
        else if (hosts == 0)
            import_refuse(n->job, n->source->name, policy->line,
                          "no server_name with the name of a policy host is beside this policy; write --domain NAME if it is for "
                          "one domain");
        import_text_free(&n->policies[i].text);
    }
    n->policy_count = 0;
    n->names.len = 0;
    n->doubt = NULL;
}

/* True if TEXT is one variable that a map makes of the name of the host: the map has the policies then. */
static bool is_map_variable(const struct nginx *n, const char *text)
{
    for (size_t at = 0; at < n->maps.len; at += strlen(n->maps.text + at) + 1)
        if (strcmp(n->maps.text + at, text) == 0)
            return true;
    return false;
}

/* Keeps a policy until the end of its server: the server_name may be below it. */
static void keep_policy(struct nginx *n)
{
    n->found++;
    if (is_map_variable(n, word_text(n, 2)))
        return;
    if (n->policy_count == POLICIES_MAX) {
        import_refuse(n->job, n->source->name, n->word_line[2], "the server has too many policies; keep one");
        return;
    }
    n->policies[n->policy_count++] = (struct policy_found) { n->words[2], n->word_line[2], block_doubt(&n->blocks) };
    n->words[2] = (struct import_text) { { 0 }, { 0 } };
}

static void take_of_map(struct nginx *n)
{
    char domain[DOMAIN_MAX + 1];
    const char *name = word_text(n, 0);

    n->found++;
    /* A file without blocks, of policy hosts alone, is included in such a map. */
    bool is_map = block_last(&n->blocks) == BLOCK_HOSTS || (n->blocks.depth == 0 && import_name_is_host(name, strlen(name)));
    if (!is_map)
        import_refuse(n->job, n->source->name, n->word_line[1],
                      "this policy is neither in a return 200 nor in a map of $host, and cannot be read; " IMPORT_IT);
    else if (import_name(name, strlen(name), domain))
        take(n, domain, &n->words[1], n->word_line[1], NULL);
    else
        import_refuse(n->job, n->source->name, n->word_line[1], "no host name is before this policy");
}

/* --- directives --- */

static void note_return(struct nginx *n)
{
    if (n->count == 3 && is_word(n, 1, "200") && (block_last(&n->blocks) == BLOCK_POLICY || import_text_is_policy(&n->words[2])))
        keep_policy(n);
    else if (block_last(&n->blocks) == BLOCK_SERVER)
        n->doubt = "the server returns something else, whatever its locations have; " IMPORT_IT;
}

static void begin_directive(struct nginx *n)
{
    n->count = 0;
    n->is_name = false;
}

static void end_directive(struct nginx *n)
{
    if (!n->is_map_pass && is_word(n, 0, "return"))
        note_return(n);
    else if (!n->is_map_pass && n->count == 2 && import_text_is_policy(&n->words[1]))
        take_of_map(n);
    else if (!n->is_map_pass && block_last(&n->blocks) == BLOCK_HOSTS && is_word(n, 0, "include"))
        import_refuse(n->job, n->source->name, n->word_line[0], "this file of the map is not read; import it, too");
    begin_directive(n);
}

static void open_block(struct nginx *n)
{
    const char *const words[WORDS_MAX] = { word_text(n, 0), word_text(n, 1), word_text(n, 2) };
    enum block_kind kind = n->count > 0 ? block_kind(words, n->count) : BLOCK_UNSURE;

    block_push(&n->blocks, kind);
    if (kind == BLOCK_SERVER)
        end_server(n);
    if (kind == BLOCK_HOSTS && n->is_map_pass)
        buf_add(&n->maps, words[2], strlen(words[2]) + 1);
    n->job->catalogue.failed |= n->maps.failed;
    begin_directive(n);
}

static void close_block(struct nginx *n)
{
    if (block_pop(&n->blocks) == BLOCK_SERVER)
        end_server(n);
    begin_directive(n);
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

/* Reads the whole source. */
static void read_all(struct nginx *n)
{
    n->at = n->source->text;
    n->end = n->at + n->source->len;
    n->line = 1;
    n->blocks.depth = 0;
    for (skip_space(n); n->at < n->end && !n->job->catalogue.failed; skip_space(n))
        read_next(n);
}

/* A file that is cut off is not the one that is in use. */
static void end_all(struct nginx *n)
{
    if (n->blocks.depth > 0 || n->open_quote > 0) {
        n->doubt = "the file ends within this server; import the whole file";
        import_refuse(n->job, n->source->name, n->open_quote,
                      n->open_quote > 0 ? "the string that begins here has no end; close it" : "a block has no \"}\"; close it");
        n->found++;
    }
    end_server(n);
    if (n->found == 0)
        import_refuse(n->job, n->source->name, 0, "no policy is in it: it has no return 200 \"...\" with a policy");
}

void nginx_import(struct import_job *job, const struct import_source *source)
{
    struct nginx n = { .job = job, .source = source, .is_map_pass = true };

    read_all(&n);
    end_server(&n);
    begin_directive(&n);
    n.is_map_pass = false;
    n.open_quote = 0;
    read_all(&n);
    end_all(&n);
    for (size_t i = 0; i < WORDS_MAX; i++)
        import_text_free(&n.words[i]);
    buf_free(&n.names);
    buf_free(&n.maps);
}
