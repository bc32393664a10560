#include "import/source/value.h"

#include "import/source/token.h"
#include "import/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

const char value_computed[] = "the policy is put together when the program runs, and cannot be read; import it from where it is "
                              "served: mta-sts-probe --import";

void value_next(struct value *v)
{
    v->end = v->reader.line;
    token_next(&v->reader, &v->token, &v->piece);
    v->failed |= v->piece.bytes.failed || v->piece.lines.failed;
}

static void add_piece(struct value *v)
{
    import_text_append(&v->text, &v->piece);
    v->failed |= v->text.bytes.failed || v->text.lines.failed;
    if (v->token.is_filled)
        v->why = value_computed;
    if (v->token.is_broken)
        v->why = "the string has no end; close it";
}

/* May the current token follow a whole value? A word in a further line begins the next statement. */
static bool is_end(const struct value *v)
{
    if (v->token.kind == TOKEN_WORD)
        return v->token.line > v->end || token_is_word(&v->token, "as") || token_is_word(&v->token, "satisfies");
    return v->token.kind == TOKEN_END ||
           (v->token.kind == TOKEN_SIGN && v->token.sign != '\0' && strchr(",;:)]}", v->token.sign) != NULL);
}

/* Reads ".trim()", from the point on. */
static void read_trim(struct value *v)
{
    value_next(v);
    bool is_trim = token_is_word(&v->token, "trim");
    value_next(v);
    is_trim = is_trim && token_is_sign(&v->token, '(');
    value_next(v);
    if (!is_trim || !token_is_sign(&v->token, ')')) {
        v->why = value_computed;
        return;
    }
    import_text_trim(&v->text);
    value_next(v);
}

/* Reads ".trim()", which is for the first string alone, and "+ string ...". What else may follow makes the value unreadable. */
static void read_rest(struct value *v)
{
    if (token_is_sign(&v->token, '.'))
        read_trim(v);
    while (token_is_sign(&v->token, '+')) {
        value_next(v);
        if (v->token.kind != TOKEN_STRING) {
            v->why = value_computed;
            return;
        }
        add_piece(v);
        value_next(v);
    }
    if (!is_end(v))
        v->why = value_computed;
}

static void begin_value(struct value *v)
{
    v->why = NULL;
    v->line = v->token.line;
    import_text_begin(&v->text, v->line);
}

void value_read(struct value *v)
{
    begin_value(v);
    add_piece(v);
    value_next(v);
    read_rest(v);
}

void value_read_list(struct value *v)
{
    begin_value(v);
    for (bool first = true; v->token.kind == TOKEN_STRING; first = false) {
        if (!first)
            import_text_add(&v->text, '\n', v->token.line);
        add_piece(v);
        value_next(v);
        if (token_is_sign(&v->token, ','))
            value_next(v);
    }
    static const struct {
        char sign;
        const char *word;
    } joins[] = { { ']', NULL }, { '.', NULL }, { '\0', "join" }, { '(', NULL } };
    for (size_t i = 0; i < sizeof joins / sizeof *joins; i++, value_next(v))
        if (joins[i].word != NULL ? !token_is_word(&v->token, joins[i].word) : !token_is_sign(&v->token, joins[i].sign)) {
            v->why = value_computed;
            return;
        }
    const char *between = v->token.kind == TOKEN_STRING ? v->piece.bytes.text : NULL;
    if (between == NULL || (strcmp(between, "\n") != 0 && strcmp(between, "\r\n") != 0))
        v->why = value_computed;
    value_next(v);
    if (token_is_sign(&v->token, ')')) {
        value_next(v);
        read_rest(v);
    } else {
        v->why = value_computed;
    }
}

void value_free(struct value *v)
{
    import_text_free(&v->piece);
    import_text_free(&v->text);
}
