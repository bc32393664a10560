#include "reports/take/content.h"

#include "base/buf.h"
#include "reports/take/mail.h"
#include "reports/take/sink.h"
#include "reports/take/unzip.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

enum { PIECE = 65536 };

static const char from_line[] = "From ", too_large[] = "is larger than 4 MB", no_memory[] = "cannot be read: out of memory";
/* A mail of 2 MB has room for a thousand archives of 1 MB each. */
static const char too_unpacked[] = "has parts that unpack to more than 32 MB";

/* What is read now. */
struct content {
    const struct take_sink *sink;
    const char *name;
    bool named;
    bool failed;     /* it cannot be read, and that was reported */
    size_t found;    /* parts that may be reports */
    size_t unpacked; /* bytes, of all parts */
};

static void refuse(const struct content *c, const char *why)
{
    c->sink->refuse(c->sink->to, c->name, why);
}

/* --- one file or one mail --- */

/* The first byte after white space and a byte order mark; '\0': there is none. */
static char first_byte(const char *bytes, size_t len)
{
    size_t at = len >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;

    while (at < len && strchr(" \t\r\n", bytes[at]) != NULL && bytes[at] != '\0')
        at++;
    return at < len ? bytes[at] : '\0';
}

/* Takes BYTES, which are no mail; one with them was signed by SIGNER, or NULL. CERTAIN: they have to be a report. False: they are
 * none, and need not be. */
static bool take_report(struct content *c, const char *signer, const char *bytes, size_t len, bool certain)
{
    struct buf unpacked = { 0 };
    const char *why = NULL;

    if (unzip_is_gzip(bytes, len)) {
        why = c->unpacked > TAKE_UNPACKED_MAX ? too_unpacked : unzip(bytes, len, &unpacked);
        c->unpacked += unpacked.len;
        bytes = unpacked.text;
        len = unpacked.len;
    }
    bool seems = why != NULL || first_byte(bytes, len) == '{';
    if (why != NULL)
        refuse(c, why);
    else if (seems)
        c->sink->report(c->sink->to, c->name, signer, bytes, len);
    else if (certain)
        refuse(c, "is no TLS report: it holds no JSON object");
    buf_free(&unpacked);
    return seems || certain;
}

static void take_part(void *to, const char *signer, const char *bytes, size_t len, bool is_report)
{
    struct content *c = to;

    c->found += take_report(c, signer, bytes, len, is_report);
}

/* Does it begin with the name of a header field and a colon (RFC 5322 2.2)? */
static bool is_mail(const char *bytes, size_t len)
{
    size_t at = 0;

    while (at < len && bytes[at] > ' ' && bytes[at] <= '~' && bytes[at] != ':')
        at++;
    return at > 0 && at < len && bytes[at] == ':';
}

static void take_mail(struct content *c, const char *bytes, size_t len)
{
    const struct mail_reader reader = { c->sink->verifiers, take_part, c };

    c->found = c->unpacked = 0;
    c->failed = !mail_has_memory();
    const char *why = c->failed ? no_memory : mail_read(bytes, len, &reader);
    if (why != NULL)
        refuse(c, why);
    else if (c->found == 0 && c->named)
        refuse(c, "is a mail without a TLS report");
    else if (c->found == 0)
        c->sink->other(c->sink->to);
}

/* Takes a file that is no mbox, and may be empty. */
static void take_whole(struct content *c, const char *bytes, size_t len)
{
    if (!unzip_is_gzip(bytes, len) && first_byte(bytes, len) != '{' && is_mail(bytes, len))
        take_mail(c, bytes, len);
    else if (!take_report(c, NULL, bytes, len, c->named))
        c->sink->other(c->sink->to);
}

/* --- mbox --- */

/* An mbox as it is read. */
struct mbox {
    struct content content;
    struct buf text; /* from the "From " line of the mail that is read now */
    size_t scanned;  /* up to here, no other one begins */
    size_t number;   /* of the mail, from 1 */
    bool is_large;   /* its beginning is gone */
};

/* Where the next mail begins in TEXT, at or after AT: a line "From " after an empty one. LEN: nowhere. */
static size_t next_mail(const char *text, size_t len, size_t at)
{
    const size_t n = sizeof from_line - 1;

    for (; at + n <= len; at++) {
        const char *f = memchr(text + at, 'F', len - n + 1 - at);
        if (f == NULL)
            break;
        at = (size_t)(f - text);
        bool after_empty = at >= 2 && text[at - 1] == '\n' &&
                           (text[at - 2] == '\n' || (at >= 3 && text[at - 2] == '\r' && text[at - 3] == '\n'));
        if (after_empty && memcmp(f, from_line, n) == 0)
            return at;
    }
    return len;
}

/* Takes the mail that is the first LEN bytes of the text. */
static void take_first(struct mbox *m, size_t len)
{
    const char *line_end = memchr(m->text.text, '\n', len);
    size_t begin = line_end != NULL ? (size_t)(line_end + 1 - m->text.text) : len;
    struct buf name = { 0 };

    m->number++;
    buf_print(&name, "%s: mail %zu", m->content.name, m->number);
    if (name.failed)
        return;
    struct content mail = { .sink = m->content.sink, .name = name.text };
    if (m->is_large || len > TAKE_BYTES_MAX)
        refuse(&mail, too_large);
    else
        take_mail(&mail, m->text.text + begin, len - begin);
    m->content.failed |= mail.failed;
    m->is_large = false;
    buf_free(&name);
}

static void drop_first(struct mbox *m, size_t len)
{
    (void)memmove(m->text.text, m->text.text + len, m->text.len - len);
    m->text.len -= len;
    m->scanned = 0;
}

/* Takes the mails that are complete. */
static void take_mails(struct mbox *m)
{
    for (;;) {
        size_t at = next_mail(m->text.text, m->text.len, m->scanned > 0 ? m->scanned : sizeof from_line - 1);
        if (at == m->text.len)
            break;
        take_first(m, at);
        drop_first(m, at);
    }
    m->scanned = m->text.len > sizeof from_line ? m->text.len - sizeof from_line + 1 : 0;
    if (m->text.len <= TAKE_BYTES_MAX)
        return;
    m->is_large = true;
    drop_first(m, m->text.len - PIECE);
}

/* --- files --- */

/* Appends a piece of FD. False at the end, or on an error, which is reported. */
static bool read_piece(struct content *c, int fd, struct buf *text)
{
    char piece[PIECE];
    ssize_t n;

    do
        n = read(fd, piece, sizeof piece);
    while (n < 0 && errno == EINTR);
    if (n > 0) {
        buf_add(text, piece, (size_t)n);
        c->sink->progress(c->sink->to, (size_t)n);
    }
    c->failed = n < 0 || text->failed;
    if (c->failed)
        refuse(c, n < 0 ? strerror(errno) : no_memory);
    return n > 0 && !c->failed;
}

/* TEXT is its beginning. */
static void read_mbox(struct content *c, int fd, struct buf *text)
{
    struct mbox mbox = { .content = *c, .text = *text };

    do
        take_mails(&mbox);
    while (!c->sink->stops(c->sink->to) && read_piece(c, fd, &mbox.text));
    if (mbox.text.len > 0 && !c->failed && !c->sink->stops(c->sink->to))
        take_first(&mbox, mbox.text.len);
    c->failed |= mbox.content.failed;
    *text = mbox.text;
}

static bool is_mbox(const struct buf *text)
{
    return text->len >= sizeof from_line - 1 && memcmp(text->text, from_line, sizeof from_line - 1) == 0;
}

bool content_read(const struct take_sink *sink, int fd, const char *name, bool named)
{
    struct content content = { .sink = sink, .name = name, .named = named };
    struct buf text = { 0 };
    bool mbox = false;

    while (!mbox && text.len <= TAKE_BYTES_MAX && read_piece(&content, fd, &text))
        mbox = is_mbox(&text);
    if (mbox)
        read_mbox(&content, fd, &text);
    else if (text.len > TAKE_BYTES_MAX)
        refuse(&content, too_large);
    else if (!content.failed)
        take_whole(&content, text.len > 0 ? text.text : "", text.len);
    buf_free(&text);
    return !content.failed;
}
