#include "import/source/token.h"

#include "import/text.h"

#include <string.h>

/* A template string in a template string in ... */
enum { DEPTH_MAX = 32 };

/* In place of a character that is not ASCII: no policy has one, so which one does not matter. */
static const char not_ascii[] = "\xef\xbf\xbd";

static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '$' ||
           (unsigned char)c >= 0x80;
}

static bool starts_with(const struct token_reader *r, const char *sign)
{
    size_t len = strlen(sign);

    return (size_t)(r->end - r->text) >= len && memcmp(r->text, sign, len) == 0;
}

/* Goes on by N characters, which are there. */
static void skip(struct token_reader *r, size_t n)
{
    for (; n > 0; n--)
        r->line += *r->text++ == '\n';
}

/* Goes on to behind MARK, or to the end. */
static void skip_past(struct token_reader *r, const char *mark)
{
    while (r->text < r->end && !starts_with(r, mark))
        skip(r, 1);
    if (r->text < r->end)
        skip(r, strlen(mark));
}

static void skip_space(struct token_reader *r)
{
    while (r->text < r->end) {
        if (starts_with(r, "//"))
            skip_past(r, "\n");
        else if (starts_with(r, "/*"))
            skip_past(r, "*/");
        else if (*r->text == ' ' || (*r->text >= '\t' && *r->text <= '\r'))
            skip(r, 1);
        else
            break;
    }
}

/* --- escapes --- */

static int hex_digit(char c)
{
    static const char digits[] = "0123456789abcdefABCDEF";
    const char *at = c != '\0' ? strchr(digits, c) : NULL;

    if (at == NULL)
        return -1;
    return (int)(at - digits) < 16 ? (int)(at - digits) : (int)(at - digits) - 6;
}

static void add_character(struct import_text *string, unsigned long c, unsigned line)
{
    if (c < 0x80)
        import_text_add(string, (char)c, line);
    for (const char *p = not_ascii; c >= 0x80 && *p != '\0'; p++)
        import_text_add(string, *p, line);
}

/* Reads up to MOST hexadecimal digits. */
static void read_hex(struct token_reader *r, size_t most, struct import_text *string)
{
    unsigned long value = 0;

    for (size_t n = 0; n < most && r->text < r->end && hex_digit(*r->text) >= 0; n++) {
        value = value < 0x110000 ? value * 16 + (unsigned long)hex_digit(*r->text) : value;
        skip(r, 1);
    }
    add_character(string, value, r->line);
}

/* Reads what is behind a backslash. */
static void read_escape(struct token_reader *r, struct import_text *string)
{
    static const char names[] = "nrtbfv0", values[] = "\n\r\t\b\f\v";
    const char c = *r->text;
    const char *name = c != '\0' ? strchr(names, c) : NULL;

    if (starts_with(r, "\r\n"))
        skip(r, 1);
    skip(r, 1);
    if (c == '\n' || c == '\r')
        return;
    if (c == 'x') {
        read_hex(r, 2, string);
    } else if (c == 'u' && starts_with(r, "{")) {
        skip(r, 1);
        read_hex(r, 8, string);
        if (starts_with(r, "}"))
            skip(r, 1);
    } else if (c == 'u') {
        read_hex(r, 4, string);
    } else {
        import_text_add(string, name != NULL ? values[name - names] : c, r->line);
    }
}

/* --- strings --- */

static void read_string(struct token_reader *r, struct token *token, struct import_text *string, unsigned depth);

/* Goes on to behind the brace that ends a ${...}. */
static void skip_filling(struct token_reader *r, unsigned depth)
{
    struct import_text ignored = { { 0 }, { 0 } };
    struct token token;

    for (size_t braces = 1; braces > 0;) {
        skip_space(r);
        if (r->text == r->end)
            break;
        if (strchr("'\"`", *r->text) != NULL && *r->text != '\0') {
            import_text_begin(&ignored, r->line);
            read_string(r, &token, &ignored, depth);
            continue;
        }
        braces += *r->text == '{';
        braces -= *r->text == '}';
        skip(r, 1);
    }
    import_text_free(&ignored);
}

/* Returns the constant with the name of LEN bytes, or NULL if its value is not known. */
static const struct known_constant *find_known(const struct known *known, const char *name, size_t len)
{
    const struct known_constant *found = NULL;

    for (size_t i = 0; known != NULL && i < known->count; i++)
        if (known->list[i].len == len && memcmp(known->list[i].name, name, len) == 0)
            found = &known->list[i];
    return found != NULL && !found->is_doubtful ? found : NULL;
}

/* Reads the NAME} of ${NAME} if its value is known, and adds that to STRING. If not, R stays where it is. */
static bool read_known(struct token_reader *r, struct import_text *string)
{
    struct token_reader ahead = *r;

    skip_space(&ahead);
    const char *name = ahead.text;
    while (ahead.text < ahead.end && is_word(*ahead.text))
        skip(&ahead, 1);
    const struct known_constant *known = find_known(r->known, name, (size_t)(ahead.text - name));
    skip_space(&ahead);
    if (known == NULL || !starts_with(&ahead, "}"))
        return false;
    skip(&ahead, 1);
    for (size_t i = 0; i < known->value_len; i++)
        import_text_add(string, known->value[i], ahead.line);
    *r = ahead;
    return true;
}

/* Reads the string at R into STRING. */
static void read_string(struct token_reader *r, struct token *token, struct import_text *string, unsigned depth)
{
    const char quote = *r->text;

    token->is_filled = token->is_broken = false;
    for (skip(r, 1); r->text < r->end && *r->text != quote;) {
        if (quote != '`' && *r->text == '\n')
            break;
        if (*r->text == '\\' && r->end - r->text > 1) {
            skip(r, 1);
            read_escape(r, string);
        } else if (quote == '`' && starts_with(r, "${") && depth < DEPTH_MAX) {
            skip(r, 2);
            if (read_known(r, string))
                continue;
            token->is_filled = true;
            skip_filling(r, depth + 1);
        } else {
            /* In a template string the line end CRLF is LF (ECMA-262 12.9.6). */
            const char c = *r->text;
            bool is_end = quote == '`' && starts_with(r, "\r\n");
            skip(r, 1);
            if (!is_end)
                import_text_add(string, c, r->line);
        }
    }
    token->is_broken = r->text == r->end || *r->text != quote;
    if (!token->is_broken)
        skip(r, 1);
}

/* --- tokens --- */

/* Reads the rest of a regular expression. It is on one line; if it has no end there, the slash was a division. */
static void skip_regex(struct token_reader *r)
{
    const char *p = r->text;

    if (p < r->no_regex)
        return;
    for (bool in_class = false; p < r->end && *p != '\n' && (in_class || *p != '/'); p++) {
        if (*p == '\\' && r->end - p > 1)
            p++;
        else if (*p == '[' || *p == ']')
            in_class = *p == '[';
    }
    if (p < r->end && *p == '/')
        skip(r, (size_t)(p + 1 - r->text));
    else
        r->no_regex = p;
}

static bool is_one_of(const struct token *token, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (token_is_word(token, words[i]))
            return true;
    return false;
}

/* A word after which a value begins. */
static bool begins_value(const struct token *token)
{
    static const char *const words[] = { "return", "case", "typeof", "in", "of", "new", "delete", "void", "throw", "else", "do" };

    return is_one_of(token, words, sizeof words / sizeof *words);
}

/* Notes whether a value ends with TOKEN, the last one. */
static void note(struct token_reader *reader, const struct token *token)
{
    static const char *const words[] = { "if", "for", "while" };
    bool is_end = token_is_sign(token, ']') || token_is_sign(token, '}');

    if (token_is_sign(token, '('))
        reader->conditions = reader->conditions << 1 | reader->is_condition;
    if (token_is_sign(token, ')')) {
        is_end = (reader->conditions & 1) == 0;
        reader->conditions >>= 1;
    }
    reader->is_condition = is_one_of(token, words, sizeof words / sizeof *words);
    reader->ends_value = is_end || token->kind == TOKEN_STRING || (token->kind == TOKEN_WORD && !begins_value(token));
}

void token_next(struct token_reader *reader, struct token *token, struct import_text *string)
{
    skip_space(reader);
    *token = (struct token) { .kind = TOKEN_END, .at = reader->text, .line = reader->line };
    if (reader->text == reader->end)
        return;
    const char c = *reader->text;
    if (c == '"' || c == '\'' || c == '`') {
        token->kind = TOKEN_STRING;
        import_text_begin(string, reader->line);
        read_string(reader, token, string, 0);
    } else if (is_word(c)) {
        token->kind = TOKEN_WORD;
        while (reader->text < reader->end && is_word(*reader->text))
            skip(reader, 1);
    } else {
        token->kind = TOKEN_SIGN;
        token->sign = c;
        skip(reader, 1);
        if (c == '/' && !reader->ends_value)
            skip_regex(reader);
    }
    token->len = (size_t)(reader->text - token->at);
    note(reader, token);
}

bool token_is_sign(const struct token *token, char sign)
{
    return token->kind == TOKEN_SIGN && token->sign == sign;
}

bool token_is_word(const struct token *token, const char *word)
{
    return token->kind == TOKEN_WORD && strlen(word) == token->len && memcmp(token->at, word, token->len) == 0;
}

bool token_is_before_policy(const struct token *token)
{
    return token_is_sign(token, '(') || token_is_word(token, "return") || token_is_word(token, "new") ||
           token_is_word(token, "Response");
}
