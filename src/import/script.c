#include "import/script.h"

#include "base/buf.h"
#include "import/name.h"
#include "import/reading.h"
#include "import/text.h"
#include "import/token.h"
#include "policy/domain.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* How far a key has been read. */
enum key_state {
    KEY_NONE,
    KEY_READ,     /* "host" */
    KEY_BRACKETS, /* ["host"] */
    KEY_WANTS     /* "host":  "host",  ["host"] =  and then the policy */
};

struct script {
    struct import_job *job;
    const struct import_source *source;
    struct token_reader reader;
    struct token token;       /* the current one */
    struct import_text piece; /* the text of the current token, if it is a string */
    struct import_text value; /* what was read last: strings with + between them */
    unsigned line;            /* where it begins */
    const char *why;          /* what makes it unreadable; NULL: nothing */
    enum key_state state;
    char key[DOMAIN_MAX + 1];
    bool key_is_host, key_is_argument; /* an argument: set("host", ...) */
    bool is_export, is_other;          /* IS_OTHER: behind "other =" */
    size_t found;
};

static const char computed[] = "the policy is put together when the program runs, and cannot be read; import it from where it is "
                               "served: mta-sts-probe --import";

static void next(struct script *s)
{
    token_next(&s->reader, &s->token, &s->piece);
    s->job->catalogue.failed |= s->piece.bytes.failed || s->piece.lines.failed;
}

/* --- values --- */

static void add_piece(struct script *s)
{
    import_text_append(&s->value, &s->piece);
    s->job->catalogue.failed |= s->value.bytes.failed || s->value.lines.failed;
    if (s->token.is_filled)
        s->why = computed;
    if (s->token.is_broken)
        s->why = "the string has no end; close it";
}

/* Reads "+ string ...", and ".trim()". What else may follow makes the value unreadable. */
static void read_rest(struct script *s)
{
    while (token_is_sign(&s->token, '+')) {
        next(s);
        if (s->token.kind != TOKEN_STRING) {
            s->why = computed;
            return;
        }
        add_piece(s);
        next(s);
    }
    if (token_is_sign(&s->token, '.')) {
        next(s);
        bool is_trim = token_is_word(&s->token, "trim");
        next(s);
        is_trim = is_trim && token_is_sign(&s->token, '(');
        next(s);
        if (is_trim && token_is_sign(&s->token, ')')) {
            import_text_trim(&s->value);
            next(s);
        } else {
            s->why = computed;
        }
    }
    if (s->token.kind == TOKEN_SIGN && strchr("+.([?*-%", s->token.sign) != NULL && s->token.sign != '\0')
        s->why = computed;
}

static void begin_value(struct script *s)
{
    s->why = NULL;
    s->line = s->token.line;
    import_text_begin(&s->value, s->line);
}

/* Reads the strings from the current one on into the value. */
static void read_strings(struct script *s)
{
    begin_value(s);
    add_piece(s);
    next(s);
    read_rest(s);
}

/* Reads ["line", "line"].join("\n"), from behind the bracket on, as lines. */
static void read_list(struct script *s)
{
    begin_value(s);
    for (bool first = true; s->token.kind == TOKEN_STRING; first = false) {
        if (!first)
            import_text_add(&s->value, '\n', s->token.line);
        add_piece(s);
        next(s);
        if (token_is_sign(&s->token, ','))
            next(s);
    }
    static const struct {
        char sign;
        const char *word;
    } joins[] = { { ']', NULL }, { '.', NULL }, { '\0', "join" }, { '(', NULL } };
    for (size_t i = 0; i < sizeof joins / sizeof *joins; i++, next(s))
        if (joins[i].word != NULL ? !token_is_word(&s->token, joins[i].word) : !token_is_sign(&s->token, joins[i].sign)) {
            s->why = computed;
            return;
        }
    const char *between = s->token.kind == TOKEN_STRING ? s->piece.bytes.text : NULL;
    if (between == NULL || (strcmp(between, "\n") != 0 && strcmp(between, "\r\n") != 0))
        s->why = computed;
    next(s);
    if (token_is_sign(&s->token, ')')) {
        next(s);
        read_rest(s);
    } else {
        s->why = computed;
    }
}

/* --- policies --- */

static void refuse(struct script *s, unsigned line, const char *why)
{
    import_refuse(s->job, s->source->name, line, why);
}

/* The value is the policy of DOMAIN. */
static void take(struct script *s, const char *domain)
{
    s->found++;
    if (s->why != NULL)
        import_unreadable(s->job, s->source->name, s->line, domain, s->why);
    else
        (void)import_reading(s->job, s->source->name, domain, &s->value);
    s->state = KEY_NONE;
}

/* The value is a policy, and no name is before it. */
static void take_unnamed(struct script *s, bool is_other)
{
    const char *domain = s->is_export && is_other ? "*" : s->job->domain;

    if (domain != NULL) {
        take(s, domain);
        return;
    }
    s->found++;
    refuse(s, s->line,
           s->why != NULL ? s->why : "no host name is before this policy; write --domain NAME if it is for one domain");
    s->state = KEY_NONE;
}

/* What is behind the key is no string. */
static void take_other(struct script *s)
{
    bool is_null = token_is_word(&s->token, "null");

    s->state = KEY_NONE;
    if (!is_null && s->key_is_argument && !s->key_is_host)
        return;
    s->found++;
    import_unreadable(s->job, s->source->name, s->token.line, s->key,
                      is_null ? "there is no policy: policies.ini had a mistake when the Worker was exported" : computed);
}

/* Reads the value as a key if it may be one. */
static bool read_key(struct script *s, bool is_argument)
{
    const struct buf *value = &s->value.bytes;

    if (s->why != NULL || value->text == NULL || !import_name(value->text, value->len, s->key) ||
        !(token_is_sign(&s->token, ':') || token_is_sign(&s->token, ',') || token_is_sign(&s->token, ']')))
        return false;
    s->key_is_host = import_name_is_host(value->text, value->len);
    s->key_is_argument = is_argument;
    s->state = KEY_READ;
    return true;
}

/* A string begins here. IS_ARGUMENT: a parenthesis is before it. IS_OTHER: "other =" is. */
static void read_value(struct script *s, bool is_argument, bool is_other)
{
    read_strings(s);
    const bool is_policy = import_text_is_policy(&s->value);

    if (!is_policy && read_key(s, is_argument))
        return;
    if (s->state == KEY_WANTS && (is_policy || s->key_is_host))
        take(s, s->key);
    else if (is_policy)
        take_unnamed(s, is_other);
    s->state = KEY_NONE;
}

/* --- tokens that are no strings --- */

/* Words that may be between a host name and its policy: case "host": return new Response(`policy`). */
static bool may_be_between(const struct token *token)
{
    return token_is_sign(token, '(') || token_is_word(token, "return") || token_is_word(token, "new") ||
           token_is_word(token, "Response");
}

static void read_wanted(struct script *s)
{
    if (may_be_between(&s->token)) {
        next(s);
    } else if (token_is_sign(&s->token, '[')) {
        next(s);
        read_list(s);
        if (s->why == NULL)
            take(s, s->key);
        else
            take_other(s);
    } else {
        take_other(s);
    }
}

static void read_other(struct script *s)
{
    const struct token *token = &s->token;

    switch (s->state) {
    case KEY_WANTS:
        read_wanted(s);
        return;
    case KEY_READ:
        s->state = token_is_sign(token, ']')                                ? KEY_BRACKETS
                   : token_is_sign(token, ':') || token_is_sign(token, ',') ? KEY_WANTS
                                                                            : KEY_NONE;
        break;
    case KEY_BRACKETS:
        s->state = token_is_sign(token, ':') || token_is_sign(token, '=') ? KEY_WANTS : KEY_NONE;
        break;
    case KEY_NONE:
        break;
    }
    next(s);
}

void script_import(struct import_job *job, const struct import_source *source)
{
    struct script s = {
        .job = job,
        .source = source,
        .reader = { .text = source->text, .end = source->text + source->len, .line = 1 },
        .is_export = strstr(source->text, "made by \"mta-sts export --worker\"") != NULL,
    };
    bool is_argument = false, is_name = false, is_other = false;

    for (next(&s); s.token.kind != TOKEN_END && !job->catalogue.failed;) {
        if (s.token.kind == TOKEN_STRING) {
            read_value(&s, is_argument, is_other);
            is_argument = is_name = is_other = false;
            continue;
        }
        is_other = is_name && token_is_sign(&s.token, '=');
        is_name = token_is_word(&s.token, "other");
        is_argument = token_is_sign(&s.token, '(');
        read_other(&s);
    }
    if (s.found == 0)
        refuse(&s, 0, "no policy is in it: a policy has to be a string behind the name of its host");
    import_text_free(&s.piece);
    import_text_free(&s.value);
}
