#include "reports/take/signer.h"

#include "policy/domain.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

enum { WORD_SIZE = 512 };

/* A value that is read from its beginning to its end. */
struct reader {
    const char *at;
    bool broken; /* this is no Authentication-Results field */
    char word[WORD_SIZE];
};

/* Skips white space and comments (RFC 5322 3.2.2, CFWS). */
static void skip(struct reader *r)
{
    size_t depth = 0;

    for (; *r->at != '\0'; r->at++) {
        if (*r->at == '(')
            depth++;
        else if (depth > 0 && *r->at == ')')
            depth--;
        else if (depth > 0 && *r->at == '\\' && r->at[1] != '\0')
            r->at++;
        else if (depth == 0 && strchr(" \t\r\n", *r->at) == NULL)
            break;
    }
    r->broken |= depth > 0;
}

/* Does the value go on with SIGN, behind white space and comments? If so, it is read. */
static bool takes(struct reader *r, char sign)
{
    skip(r);
    if (*r->at != sign || sign == '\0')
        return false;
    r->at++;
    return true;
}

static bool is_end(struct reader *r)
{
    skip(r);
    return *r->at == '\0' || *r->at == ';';
}

/* Appends BYTE to the word, LEN bytes long. */
static void add(struct reader *r, size_t *len, char byte)
{
    if (*len + 1 < sizeof r->word)
        r->word[(*len)++] = byte;
    else
        r->broken = true;
}

/* Reads a quoted string up to its closing quotation mark. */
static void read_quoted(struct reader *r, size_t *len)
{
    for (r->at++; *r->at != '\0' && *r->at != '"'; r->at++) {
        if (*r->at == '\\' && r->at[1] != '\0')
            r->at++;
        add(r, len, *r->at);
    }
    r->broken |= *r->at == '\0';
    r->at += *r->at == '"';
}

/* Reads the next word: tokens and quoted strings, up to white space, a comment, ";" or one of the characters in ENDS. */
static void read_word(struct reader *r, const char *ends)
{
    size_t len = 0;

    skip(r);
    const char *begin = r->at;
    while (*r->at != '\0' && strchr(" \t\r\n(;", *r->at) == NULL && strchr(ends, *r->at) == NULL) {
        if (*r->at == '"')
            read_quoted(r, &len);
        else
            add(r, &len, *r->at++);
    }
    r->word[len] = '\0';
    r->broken |= r->at == begin;
}

/* Is ID one of IDS, which are separated by commas? Names of hosts have no case. */
static bool is_ours(const char *id, const char *ids)
{
    size_t len = strlen(id);

    while (*ids != '\0') {
        size_t one = strcspn(ids, ",");
        if (one == len && len > 0 && strncasecmp(ids, id, len) == 0)
            return true;
        ids += one + (ids[one] == ',');
    }
    return false;
}

/* Takes NAME, a domain: labels with dots between them. Some servers write it as the sender did, in any case. */
static bool take_domain(const char *name, char domain[SIGNER_SIZE])
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._";
    size_t len = strlen(name);

    if (len == 0 || len >= SIGNER_SIZE || strspn(name, allowed) != len)
        return false;
    if (name[0] == '.' || name[len - 1] == '.' || strstr(name, "..") != NULL)
        return false;
    for (size_t i = 0; i <= len; i++)
        domain[i] = domain_lower(name[i]);
    return true;
}

/* Reads the name of a property, which may have white space and comments around its dot. True if it is header.d. */
static bool read_name(struct reader *r)
{
    read_word(r, "=.");
    bool is_domain = strcasecmp(r->word, "header") == 0;
    size_t dots = 0;

    for (; !r->broken && takes(r, '.'); dots++) {
        read_word(r, "=.");
        is_domain &= strcasecmp(r->word, "d") == 0;
    }
    return is_domain && dots == 1;
}

/*
 * Reads the properties of a result up to header.d, which becomes DOMAIN. False if it has none that is a domain. Some servers
 * write the domain as the sender did: what goes on with a comment, as in "a.example(x).b.example", may be one name in the DNS.
 */
static bool read_domain(struct reader *r, char domain[SIGNER_SIZE])
{
    while (!r->broken && !is_end(r)) {
        bool is_domain = read_name(r);
        r->broken |= !takes(r, '=');
        read_word(r, "");
        if (is_domain)
            return !r->broken && *r->at != '(' && take_domain(r->word, domain);
    }
    return false;
}

static void skip_properties(struct reader *r)
{
    char domain[SIGNER_SIZE];

    while (!r->broken && !is_end(r))
        (void)read_domain(r, domain);
}

/* Reads one result up to its properties. True if it is one of METHOD; *PASSES: it is "pass". */
static bool read_result(struct reader *r, const char *method, bool *passes)
{
    read_word(r, "=/");
    bool is_method = strcasecmp(r->word, method) == 0;
    if (takes(r, '/'))
        read_word(r, "=");
    r->broken |= !takes(r, '=');
    read_word(r, "");
    *passes = strcasecmp(r->word, "pass") == 0;
    return is_method;
}

/* Takes "none", the only result (RFC 8601 2.2, no-result), or the end behind a last semicolon. False if a result follows. */
static bool takes_none(struct reader *r)
{
    struct reader ahead = *r;

    if (!is_end(&ahead)) {
        read_word(&ahead, "=/");
        if (strcasecmp(ahead.word, "none") != 0)
            return false;
    }
    bool is_over = is_end(&ahead) && *ahead.at == '\0';
    if (is_over)
        r->at = ahead.at;
    return is_over;
}

/*
 * Only the first result of DKIM counts. opendkim 2.11 writes the i= of a signature decoded and without quotation marks: what the
 * sender put there can look like a further result. What it writes before, the domain included, the sender cannot choose.
 */
enum signer_found signer_read(const char *value, const char *ids, char domain[SIGNER_SIZE])
{
    struct reader r = { .at = value };
    bool passes;

    read_word(&r, "");
    if (r.broken || !is_ours(r.word, ids))
        return SIGNER_NOT_HERE;
    if (!is_end(&r))
        read_word(&r, ""); /* the version */
    while (!r.broken && takes(&r, ';') && !takes_none(&r)) {
        if (read_result(&r, "dkim", &passes))
            return !r.broken && passes && read_domain(&r, domain) ? SIGNER_DOMAIN : SIGNER_NONE;
        skip_properties(&r);
    }
    return r.broken || !is_end(&r) ? SIGNER_NONE : SIGNER_NOT_HERE;
}
