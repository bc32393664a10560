#include "serve/cgi.h"

#include "base/buf.h"
#include "base/file.h"
#include "base/log.h"
#include "config/standard.h"
#include "config/store.h"
#include "ini/lines.h"
#include "policy/domain.h"
#include "policy/reply.h"
#include "serve/answer.h"
#include "serve/body.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int write_cgi(const struct reply *reply)
{
    struct buf out = { 0 };

    buf_add(&out, reply->head, reply->head_len);
    buf_add(&out, reply->body, reply->body_len);
    if (out.failed)
        log_line("out of memory");
    bool good = !out.failed && file_write(STDOUT_FILENO, out.text, out.len);
    buf_free(&out);
    return good ? 0 : 1;
}

/* Not calloc(): zeroing 64 kB would take a third of the time of a small answer. */
static struct answer *new_answer(void)
{
    struct answer *answer = malloc(sizeof *answer);

    if (answer != NULL) {
        answer->log = (struct buf) { 0 };
        answer->found.len = answer->reply.head_len = answer->reply.body_len = 0;
        answer->reply.body = answer->reply.text;
    }
    return answer;
}

/* On shared hosting the file belongs beside the program: it cannot be at FILE, which nobody named. */
static void log_place(const char *file)
{
    char folder[PATH_MAX];
    struct buf out = { 0 };

    if (standard_named() != NULL || access(file, F_OK) == 0 || errno != ENOENT || getcwd(folder, sizeof folder) == NULL)
        return;
    buf_print(&out, "there is no policies.ini in ");
    buf_add_shown(&out, folder, strlen(folder), sizeof folder);
    buf_print(&out, " either; put it there, named in lower case, or set MTA_STS_POLICIES");
    if (!out.failed)
        log_line(out.text);
    buf_free(&out);
}

int cgi_answer(const char *file)
{
    const struct reply_request request = { getenv("REQUEST_METHOD"), getenv("SERVER_NAME"), getenv("HTTP_HOST") };
    const struct sigaction ignore = { .sa_handler = SIG_IGN };
    char domain[DOMAIN_MAX + 1];
    struct store *store = NULL;
    struct answer *answer = new_answer();

    (void)sigaction(SIGPIPE, &ignore, NULL); /* perhaps nobody reads the log */
    if (answer == NULL) {
        log_line("out of memory");
        return 1;
    }
    ini_init();
    answer->kind = reply_to(&request, domain);
    if (answer->kind == REPLY_POLICY)
        store = store_open(file, domain, log_line);
    if (answer->kind == REPLY_POLICY && store == NULL)
        log_place(file);
    answer_make(store, &request, domain, answer);
    /* The other hints are about what works, and on shared hosting a user cannot change it. */
    if (answer->kind == REPLY_NO_HOST)
        answer_print_hint(&answer->log, &request, REPLY_HINT_NO_HOST);
    if (answer->log.len > 0)
        log_line(answer->log.text);
    int status = write_cgi(&answer->reply);
    body_read_away();
    store_free(store);
    buf_free(&answer->log);
    free(answer);
    return status;
}
