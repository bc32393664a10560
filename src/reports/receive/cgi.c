#include "reports/receive/cgi.h"

#include "base/buf.h"
#include "base/file.h"
#include "base/log.h"
#include "config/standard.h"
#include "config/store.h"
#include "ini/lines.h"
#include "reports/receive/intake.h"
#include "reports/receive/reply.h"
#include "reports/receive/request.h"
#include "reports/receive/settings.h"
#include "serve/body.h"
#include "serve/confine.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { BODY_MS = 120000 };

static bool add(void *to, const unsigned char *bytes, size_t len)
{
    return intake_add(to, bytes, len);
}

static enum receive_answer take_body(struct receiver *receiver, struct store *store, const struct receive_request *request)
{
    struct intake *intake;
    enum receive_answer answer = intake_begin(receiver, store, request, time(NULL), &intake);

    if (answer != RECEIVE_TAKEN)
        return answer;
    if (body_read(request->has_length ? (long long)request->length : LLONG_MAX, BODY_MS, add, intake)) {
        answer = intake_end(intake);
    } else {
        answer = errno == ETIMEDOUT ? RECEIVE_SLOW : RECEIVE_FAILED;
        intake_log(receiver, answer, request->domain, errno);
    }
    intake_free(intake);
    return answer;
}

static enum receive_answer take(const struct receive_request *request)
{
    const struct receive_settings settings = { .file = standard_file(),
                                               .folder = getenv("MTA_STS_REPORTS"),
                                               .reports = RECEIVE_REPORTS,
                                               .megabytes = RECEIVE_MEGABYTES,
                                               .kept = RECEIVE_KEPT };
    struct receiver receiver = { 0 };
    struct buf confined = { 0 };

    if (!receive_open(&settings, &receiver.spool, log_line))
        return RECEIVE_FAILED;
    confine_to(settings.file, settings.folder, &confined);
    buf_free(&confined);
    ini_init();
    struct store *store = store_open(settings.file, request->domain, log_line);
    enum receive_answer answer = take_body(&receiver, store, request);
    store_free(store);
    (void)close(receiver.spool.folder);
    return answer;
}

static int write_reply(enum receive_answer answer)
{
    char reply[RECEIVE_REPLY_MAX];
    size_t len = receive_reply(answer, getenv("REQUEST_METHOD"), time(NULL), reply);

    return file_write(STDOUT_FILENO, reply, len) ? 0 : 1;
}

int receive_cgi(void)
{
    const struct receive_variables variables = { getenv("REQUEST_METHOD"), getenv("CONTENT_TYPE"), getenv("CONTENT_LENGTH"),
                                                 getenv("REQUEST_URI"),    getenv("PATH_INFO"),    getenv("SCRIPT_NAME") };
    const struct sigaction ignore = { .sa_handler = SIG_IGN };
    struct receiver none = { 0 };
    struct receive_request request;

    (void)sigaction(SIGPIPE, &ignore, NULL); /* perhaps nobody reads the log */
    (void)sigaction(SIGXFSZ, &ignore, NULL); /* beyond the limit of a file's size write() fails */
    enum receive_answer answer = receive_request_read(&variables, &request);
    if (answer == RECEIVE_TAKEN)
        answer = take(&request);
    else
        intake_log(&none, answer, request.domain, 0);
    int status = write_reply(answer);
    if (answer != RECEIVE_TAKEN)
        body_read_away();
    return status;
}
