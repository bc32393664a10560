#include "import/source/script.h"

#include "base/buf.h"
#include "import/name.h"
#include "import/reading.h"
#include "import/source/constants.h"
#include "import/source/known.h"
#include "import/source/token.h"
#include "import/source/value.h"
#include "import/text.h"
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

/* How far a constant has been read. */
enum constant_state {
    CONSTANT_NONE,
    CONSTANT_READ, /* const */
    CONSTANT_NAME, /* const NAME */
    CONSTANT_TYPE, /* const NAME: type, in TypeScript */
    CONSTANT_WANTS /* const NAME =  and then the value */
};

/* So many are looked through for each name. */
enum { CONSTANTS_MAX = 256 };

struct script {
    struct import_job *job;
    const struct import_source *source;
    struct value value; /* what was read last, and what follows it */
    enum key_state state;
    char key[DOMAIN_MAX + 1];
    bool key_is_host, key_is_argument; /* an argument: set("host", ...) */
    enum constant_state constant_state;
    struct constant constant; /* its name, while it is read */
    struct constants constants;
    const struct known *known;
    bool is_export;
    size_t found;
    bool is_search;   /* the first reading: only DOUBT is of interest */
    bool is_joined;   /* a + or += is before the string that is read */
    struct buf doubt; /* why no policy of the source can be taken; empty: nothing */
};

static void next(struct script *s)
{
    value_next(&s->value);
    s->job->catalogue.failed |= s->value.failed;
}

/* --- policies --- */

static void refuse(struct script *s, unsigned line, const char *why)
{
    if (!s->is_search)
        import_refuse(s->job, s->source->name, line, why);
}

/* From now on no policy is taken, since line LINE WHAT. */
static void doubt(struct script *s, unsigned line, const char *what)
{
    if (s->doubt.len == 0)
        buf_print(&s->doubt, "line %u %s; import it from where it is served: mta-sts-probe --import", line, what);
    s->job->catalogue.failed |= s->doubt.failed;
}

/* There is a policy of DOMAIN, but WHY makes it unreadable. */
static void take_unreadable(struct script *s, const char *domain, unsigned line, const char *why)
{
    if (!s->is_search)
        import_unreadable(s->job, s->source->name, line, domain, why);
}

/* The text is the policy of DOMAIN. WHY makes it unreadable; NULL: nothing. */
static void take_text(struct script *s, const char *domain, const struct import_text *text, unsigned line, const char *why)
{
    s->found++;
    if (why == NULL && s->doubt.len > 0)
        why = s->doubt.text;
    if (why != NULL)
        take_unreadable(s, domain, line, why);
    else if (!s->is_search)
        (void)import_reading(s->job, s->source->name, domain, text);
}

/* The value is the policy of DOMAIN. */
static void take(struct script *s, const char *domain)
{
    take_text(s, domain, &s->value.text, s->value.line, s->value.why);
    s->state = KEY_NONE;
}

/* The text is a policy, and no name is before it. It may also be a part of one, that the program adds to others. */
static void take_unnamed(struct script *s, const struct import_text *text, unsigned line, const char *why)
{
    bool is_joined = s->is_joined || why == value_computed;

    if (s->is_search && !import_text_is_whole(text) && (is_joined || import_text_has_mx(text)))
        doubt(s, line, "has a part of a policy, perhaps of this one");
    if (s->job->domain != NULL) {
        take_text(s, s->job->domain, text, line, why);
        return;
    }
    s->found++;
    refuse(s, line,
           why != NULL ? why
                       : "no host name is before this policy; write --domain NAME if it is for one domain, or write it as [*] "
                         "if it answers for all that are not named");
}

/* The value is a policy, and no host name is before it. */
static void take_constant(struct script *s)
{
    const struct constant *constant = &s->constant;
    bool is_constant = s->constant_state == CONSTANT_WANTS;

    if (is_constant && s->is_export && constant->len == 5 && memcmp(constant->name, "other", 5) == 0) {
        take(s, "*");
    } else if (is_constant && s->constants.count < CONSTANTS_MAX) {
        struct constant kept = { constant->name, constant->len, s->value.text, s->value.line, s->value.why, false };
        s->value.text = (struct import_text) { { 0 }, { 0 } };
        constants_add(&s->constants, &kept);
        import_text_free(&kept.text);
    } else {
        take_unnamed(s, &s->value.text, s->value.line, s->value.why);
    }
}

/* What is behind the key is no string. */
static void take_other(struct script *s, const struct token *token)
{
    static const struct {
        const char *word, *why;
    } words[] = {
        { "null", "there is no policy: policies.ini had a mistake when the Worker was exported" },
        { "case", "the policy is that of the case below; write it behind each of them" },
    };
    bool is_null = token_is_word(token, words[0].word);
    const char *why = value_computed;

    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (token_is_word(token, words[i].word))
            why = words[i].why;

    s->state = KEY_NONE;
    if (!is_null && s->key_is_argument && !s->key_is_host)
        return;
    s->found++;
    take_unreadable(s, s->key, token->line, why);
}

/* A name is behind the key: it may be that of a constant. */
static void take_name(struct script *s)
{
    struct constant_use use = {
        .name = s->value.token.at,
        .len = s->value.token.len,
        .line = s->value.token.line,
        .is_doubtful = s->key_is_argument && !s->key_is_host,
    };
    const struct token name = s->value.token;

    next(s);
    if (s->value.token.kind != TOKEN_SIGN || s->value.token.sign == '\0' || strchr(",;}])", s->value.token.sign) == NULL) {
        take_other(s, &name);
        return;
    }
    memcpy(use.domain, s->key, sizeof use.domain);
    constants_use(&s->constants, &use);
    s->state = KEY_NONE;
}

/* Takes the policies that are written as the names of constants, and then the constants that nothing names. */
static void take_constants(struct script *s)
{
    s->is_joined = false;
    s->job->catalogue.failed |= s->constants.failed;
    for (size_t i = 0; i < s->constants.use_count && !s->job->catalogue.failed; i++) {
        const struct constant_use *use = &s->constants.uses[i];
        const struct constant *constant = constants_find(&s->constants, use);
        if (constant != NULL)
            take_text(s, use->domain, &constant->text, constant->line, constant->why);
        else if (!use->is_doubtful)
            take_text(s, use->domain, &s->value.text, use->line, value_computed);
    }
    for (size_t i = 0; i < s->constants.count && !s->job->catalogue.failed; i++) {
        const struct constant *constant = &s->constants.list[i];
        if (!constant->is_used)
            take_unnamed(s, &constant->text, constant->line, constant->why);
    }
}

/* Reads the value as a key if it may be one. */
static bool read_key(struct script *s, bool is_argument)
{
    const struct buf *value = &s->value.text.bytes;

    if (s->value.why != NULL || value->text == NULL || !import_name(value->text, value->len, s->key) ||
        !(token_is_sign(&s->value.token, ':') || token_is_sign(&s->value.token, ',') || token_is_sign(&s->value.token, ']')))
        return false;
    s->key_is_host = import_name_is_host(value->text, value->len);
    s->key_is_argument = is_argument;
    s->state = KEY_READ;
    return true;
}

/* STRING has no end: it is probably none, and what is behind it was not read as what it is. */
static void refuse_broken(struct script *s, const struct token *string)
{
    if (string->at[0] == '`')
        doubt(s, string->line, "has a string without an end, so that others may be read wrongly");
    refuse(s, string->line, "the string has no end; close it");
    s->found++;
}

/* A string begins here. IS_ARGUMENT: a parenthesis is before it. */
static void read_value(struct script *s, bool is_argument)
{
    const struct token string = s->value.token;

    value_read(&s->value);
    s->job->catalogue.failed |= s->value.failed;
    const bool is_policy = import_text_is_policy(&s->value.text);

    if (!is_policy && read_key(s, is_argument))
        return;
    if (s->state == KEY_WANTS && (is_policy || s->key_is_host))
        take(s, s->key);
    else if (is_policy)
        take_constant(s);
    else if (string.is_broken)
        refuse_broken(s, &string);
    s->state = KEY_NONE;
}

/* --- tokens that are no strings --- */

static void read_wanted(struct script *s)
{
    if (token_is_before_policy(&s->value.token)) {
        next(s);
    } else if (token_is_sign(&s->value.token, '[')) {
        const struct token list = s->value.token;
        next(s);
        value_read_list(&s->value);
        s->job->catalogue.failed |= s->value.failed;
        if (s->value.why == NULL)
            take(s, s->key);
        else
            take_other(s, &list);
    } else if (s->value.token.kind == TOKEN_WORD && !token_is_word(&s->value.token, "null")) {
        take_name(s);
    } else {
        take_other(s, &s->value.token);
    }
}

/* const NAME = ["line", "line"].join("\n"), from the bracket on. Other lists are looked through like all else. */
static void read_constant_list(struct script *s)
{
    next(s);
    if (s->value.token.kind != TOKEN_STRING)
        return;
    value_read_list(&s->value);
    s->job->catalogue.failed |= s->value.failed;
    if (import_text_is_policy(&s->value.text))
        take_constant(s);
}

/* Follows "const NAME =". */
static void follow_constant(struct script *s)
{
    const struct token *token = &s->value.token;
    bool is_set = token_is_sign(token, '=');

    switch (s->constant_state) {
    case CONSTANT_READ:
        s->constant_state = token->kind == TOKEN_WORD ? CONSTANT_NAME : CONSTANT_NONE;
        s->constant.name = token->at;
        s->constant.len = token->len;
        break;
    case CONSTANT_NAME:
        s->constant_state = is_set ? CONSTANT_WANTS : token_is_sign(token, ':') ? CONSTANT_TYPE : CONSTANT_NONE;
        break;
    case CONSTANT_TYPE:
        s->constant_state = is_set ? CONSTANT_WANTS : token->kind == TOKEN_WORD ? CONSTANT_TYPE : CONSTANT_NONE;
        break;
    case CONSTANT_NONE:
    case CONSTANT_WANTS:
        s->constant_state = token_is_word(token, "const") ? CONSTANT_READ : CONSTANT_NONE;
        break;
    }
}

static void read_other(struct script *s)
{
    const struct token *token = &s->value.token;

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
        if (token_is_sign(token, '+'))
            take_unreadable(s, s->key, token->line, value_computed);
        break;
    case KEY_NONE:
        break;
    }
    next(s);
}

/* In other languages a # begins a comment, which may have an old policy. */
static void check_language(struct script *s)
{
    const struct token *token = &s->value.token;
    const char *next = token->at + token->len;

    if (token_is_sign(token, '#') && next < s->source->text + s->source->len && strchr(" \t\"'`[{", *next) != NULL)
        doubt(s, token->line, "is no JavaScript, in which # begins no comment");
}

/* Reads the whole source. */
static void read_all(struct script *s)
{
    bool is_argument = false, is_plus = false, is_set = false;

    s->value.reader = (struct token_reader) { .text = s->source->text,
                                              .no_regex = s->source->text,
                                              .end = s->source->text + s->source->len,
                                              .line = 1,
                                              .known = s->known };
    for (next(s); s->value.token.kind != TOKEN_END && !s->job->catalogue.failed;) {
        if (s->value.token.kind == TOKEN_STRING) {
            read_value(s, is_argument);
            is_argument = s->is_joined = false;
            s->constant_state = CONSTANT_NONE;
        } else if (s->constant_state == CONSTANT_WANTS && token_is_sign(&s->value.token, '[')) {
            read_constant_list(s);
            s->constant_state = CONSTANT_NONE;
        } else {
            /* An argument of set() is the key of a map; that of another function may be anything. */
            is_argument = token_is_sign(&s->value.token, '(') && !is_set;
            is_set = token_is_word(&s->value.token, "set");
            s->is_joined = token_is_sign(&s->value.token, '+') || (is_plus && token_is_sign(&s->value.token, '='));
            is_plus = token_is_sign(&s->value.token, '+');
            check_language(s);
            follow_constant(s);
            read_other(s);
        }
    }
    take_constants(s);
}

static void free_script(struct script *s)
{
    value_free(&s->value);
    constants_free(&s->constants);
}

void script_import(struct import_job *job, const struct import_source *source)
{
    struct known known;
    const struct script begin = {
        .job = job,
        .source = source,
        .known = &known,
        .is_export = strstr(source->text, "made by \"mta-sts export --worker\"") != NULL,
    };
    struct script search = begin, s = begin;

    job->catalogue.failed |= !known_find(&known, source->text, source->len);
    search.is_search = true;
    read_all(&search);
    free_script(&search);
    s.doubt = search.doubt;
    read_all(&s);
    if (s.found == 0)
        refuse(&s, 0, "no policy is in it: a policy has to be a string behind the name of its host");
    free_script(&s);
    buf_free(&s.doubt);
}
