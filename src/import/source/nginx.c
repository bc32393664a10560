#include "import/source/nginx.h"

#include "base/buf.h"
#include "import/name.h"
#include "import/reading.h"
#include "import/source/block.h"
#include "import/source/location.h"
#include "import/source/server.h"
#include "import/text.h"
#include "policy/domain.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* How many words of a directive are kept apart. */
enum { WORDS_MAX = 3 };

#define IMPORT_IT "import it from where it is served: mta-sts-probe --import"

struct nginx {
    struct import_job *job;
    const struct import_source *source;
    const char *at, *end;
    unsigned line;
    struct import_text words[WORDS_MAX]; /* the first words of the directive; COUNT is that of all */
    unsigned word_line[WORDS_MAX];
    size_t count;
    bool is_name; /* the directive is server_name */
    struct blocks blocks;
    size_t location; /* the number of the location that is open; 0: none */
    struct server server;
    bool is_map_pass;    /* only the names of maps are of interest */
    unsigned open_quote; /* the line of a string without its end; 0: there is none */
    size_t found;
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
        buf_add(&n->server.names, word, len + 1);
    if (is_word(n, 0, "if") && block_is_by_host(word))
        n->server.doubt = "the server has an \"if\" about the name of the host; " IMPORT_IT;
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
    n->job->catalogue.failed |= word->bytes.failed || word->lines.failed || n->server.names.failed;
    n->count++;
    import_text_free(&more);
}

/* --- policies --- */

/* Keeps a policy until the end of its server: the server_name may be below it. */
static void keep_policy(struct nginx *n)
{
    const struct server_policy policy = {
        .line = n->word_line[2],
        .doubt = block_doubt(&n->blocks),
        .location = n->location,
        .is_elsewhere = block_is_elsewhere(&n->blocks),
    };

    n->found++;
    server_add(&n->server, &n->words[2], &policy);
}

static void take_of_map(struct nginx *n)
{
    char domain[DOMAIN_MAX + 1];
    const char *name = word_text(n, 0);
    const unsigned line = n->word_line[1];

    n->found++;
    /* A file without blocks, of policy hosts alone, is included in such a map. */
    bool is_map = block_last(&n->blocks) == BLOCK_HOSTS || (n->blocks.depth == 0 && import_name_is_host(name, strlen(name)));
    if (!is_map)
        server_refuse(&n->server, line,
                      "this policy is neither in a return 200 nor in a map of $host, and cannot be read; " IMPORT_IT);
    else if (!import_name(name, strlen(name), domain))
        server_refuse(&n->server, line, "no host name is before this policy");
    else
        server_take(&n->server, domain, &n->words[1], line,
                    server_shows_map(&n->server, domain) ? NULL : "no server returns this policy of the map; " IMPORT_IT);
}

/* --- directives --- */

static void note_return(struct nginx *n)
{
    bool is_meant = block_last(&n->blocks) == BLOCK_POLICY || import_text_is_policy(&n->words[2]) ||
                    server_is_map(&n->server, word_text(n, 2));

    if (n->count == 3 && is_word(n, 1, "200") && is_meant)
        keep_policy(n);
    else if (block_last(&n->blocks) == BLOCK_SERVER)
        n->server.doubt = "the server returns something else, whatever its locations have; " IMPORT_IT;
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
        server_refuse(&n->server, n->word_line[0], "this file of the map is not read; import it, too");
    begin_directive(n);
}

/* A location begins. Returns its kind. */
static enum block_kind open_location(struct nginx *n, const char *const words[WORDS_MAX])
{
    const struct location location = location_read(words, n->count);
    enum block_kind kind = block_of_location(&n->blocks, &location);

    if (block_is_location(kind))
        n->location = location_add(&n->server.locations, &location);
    return kind;
}

static void open_block(struct nginx *n)
{
    const char *const words[WORDS_MAX] = { word_text(n, 0), word_text(n, 1), word_text(n, 2) };
    enum block_kind kind = n->count > 1 && is_word(n, 0, "location") ? open_location(n, words)
                           : n->count > 0                            ? block_kind(words, n->count)
                                                                     : BLOCK_UNSURE;

    block_push(&n->blocks, kind);
    if (kind == BLOCK_SERVER) {
        server_end(&n->server);
        n->server.is_one = true;
    }
    if (kind == BLOCK_HOSTS && n->is_map_pass)
        buf_add(&n->server.maps, words[2], strlen(words[2]) + 1);
    n->job->catalogue.failed |= n->server.maps.failed;
    begin_directive(n);
}

static void close_block(struct nginx *n)
{
    enum block_kind kind = block_pop(&n->blocks);

    if (kind == BLOCK_SERVER)
        server_end(&n->server);
    if (block_is_location(kind))
        n->location = 0;
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
    n->blocks.depth = n->location = 0;
    n->open_quote = 0;
    begin_directive(n);
    for (skip_space(n); n->at < n->end && !n->job->catalogue.failed; skip_space(n))
        read_next(n);
    /* A file that is cut off is not the one that is in use. */
    if (n->blocks.depth > 0 || n->open_quote > 0) {
        n->server.doubt = "the file ends within this server; import the whole file";
        server_refuse(&n->server, n->open_quote,
                      n->open_quote > 0 ? "the string that begins here has no end; close it" : "a block has no \"}\"; close it");
        n->found++;
    }
    server_end(&n->server);
}

void nginx_import(struct import_job *job, const struct import_source *source)
{
    struct nginx n = { .job = job, .source = source, .server = { .job = job, .source = source, .is_quiet = true } };

    /* First the maps, then where they are used: both may be below the policies. */
    n.is_map_pass = true;
    read_all(&n);
    n.is_map_pass = false;
    read_all(&n);
    n.server.is_quiet = false;
    n.found = 0;
    read_all(&n);
    if (n.found == 0)
        import_refuse(job, source->name, 0, "no policy is in it: it has no return 200 \"...\" with a policy");
    for (size_t i = 0; i < WORDS_MAX; i++)
        import_text_free(&n.words[i]);
    server_free(&n.server);
}
