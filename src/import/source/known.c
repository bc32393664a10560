#include "import/source/known.h"

#include "import/source/token.h"
#include "import/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* A longer number is not printed digit by digit. */
enum { DIGITS_MAX = 15 };

/* The tokens of: const NAME = VALUE, and what follows. */
enum { AT_CONST, AT_NAME, AT_SIGN, AT_VALUE, AT_END, WINDOW };

/* Is TOKEN behind a whole value? A word in a further line begins the next statement. */
static bool is_end(const struct token *token, const struct token *value)
{
    return token->kind == TOKEN_END || token_is_sign(token, ';') || token_is_sign(token, ',') ||
           (token->kind == TOKEN_WORD && token->line > value->line);
}

/* Sets VALUE to what TOKEN stands for. False if that has to be worked out. */
static bool read_value(const struct token *token, struct known_constant *constant)
{
    bool is_string = token->kind == TOKEN_STRING && !token->is_filled && !token->is_broken;

    constant->value = token->at + (is_string ? 1 : 0);
    constant->value_len = token->len - (is_string ? 2 : 0);
    for (size_t i = 0; i < constant->value_len; i++) {
        const char c = constant->value[i];
        if (is_string ? c == '\\' || c < ' ' || c > '~' : c < '0' || c > '9')
            return false;
    }
    return is_string || (token->kind == TOKEN_WORD && token->at[0] != '0' && token->len <= DIGITS_MAX);
}

static void add_constant(struct known *known, const struct token window[WINDOW])
{
    struct known_constant constant = { .name = window[AT_NAME].at, .len = window[AT_NAME].len };

    if (known->count < KNOWN_MAX && token_is_word(&window[AT_CONST], "const") && window[AT_NAME].kind == TOKEN_WORD &&
        token_is_sign(&window[AT_SIGN], '=') && is_end(&window[AT_END], &window[AT_VALUE]) &&
        read_value(&window[AT_VALUE], &constant))
        known->list[known->count++] = constant;
}

/* NAME is in the code: a constant of this name is known only if it is this one. */
static void count_use(struct known *known, const struct token *name)
{
    for (size_t i = 0; i < known->count; i++) {
        struct known_constant *constant = &known->list[i];
        if (constant->len == name->len && memcmp(constant->name, name->at, name->len) == 0 && constant->name != name->at)
            constant->is_doubtful = true;
    }
}

/* Calls ADD_CONSTANT or COUNT_USE for each token. */
static bool read_all(struct known *known, const char *text, size_t len, bool is_count)
{
    struct token_reader reader = { .text = text, .no_regex = text, .end = text + len, .line = 1 };
    struct token window[WINDOW] = { { .kind = TOKEN_END } };
    struct import_text piece = { { 0 }, { 0 } };
    bool failed = false;

    do {
        memmove(window, window + 1, (WINDOW - 1) * sizeof *window);
        token_next(&reader, &window[AT_END], &piece);
        failed |= piece.bytes.failed || piece.lines.failed;
        if (!is_count)
            add_constant(known, window);
        else if (window[AT_END].kind == TOKEN_WORD)
            count_use(known, &window[AT_END]);
    } while (window[AT_END].kind != TOKEN_END && !failed);
    import_text_free(&piece);
    return !failed;
}

bool known_find(struct known *known, const char *text, size_t len)
{
    known->count = 0;
    return read_all(known, text, len, false) && (known->count == 0 || read_all(known, text, len, true));
}
