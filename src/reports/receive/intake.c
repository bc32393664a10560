#include "reports/receive/intake.h"

#include "base/buf.h"
#include "base/log.h"
#include "config/snapshot.h"
#include "config/store.h"
#include "reports/receive/reply.h"
#include "reports/receive/request.h"
#include "reports/receive/spool.h"
#include "reports/take/sink.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct intake {
    struct receiver *receiver;
    struct receive_request request;
    struct spool_file *file; /* NULL once it has ended */
    size_t room, len;
    enum receive_answer answer;
};

/* Requests that bring no report are no news. */
static bool is_told(enum receive_answer answer)
{
    return answer != RECEIVE_TAKEN && answer != RECEIVE_METHOD;
}

void intake_log(struct receiver *receiver, enum receive_answer answer, const char *domain, int error)
{
    struct buf text = { 0 };

    if (!is_told(answer) || !log_is_due(&receiver->logged[answer]))
        return;
    buf_print(&text, "refused a report%s%s: %s", domain[0] != '\0' ? " for " : "", domain, receive_reply_text(answer));
    if (error != 0)
        buf_print(&text, ": %s", strerror(error)); // NOLINT(concurrency-mt-unsafe): glibc's and musl's is safe
    if (!text.failed)
        log_line(text.text);
    buf_free(&text);
}

static enum receive_answer answer_to(enum spool_result result)
{
    static const enum receive_answer answers[] = {
        [SPOOL_FINE] = RECEIVE_TAKEN,          [SPOOL_DAY_FULL] = RECEIVE_DAY_FULL, [SPOOL_BUSY] = RECEIVE_BUSY,
        [SPOOL_DISK_FULL] = RECEIVE_DISK_FULL, [SPOOL_FAILED] = RECEIVE_FAILED,
    };

    return answers[result];
}

/* Logs ANSWER, the reason of which is errno, and returns it. */
static enum receive_answer refuse(struct receiver *receiver, enum receive_answer answer, const char *domain)
{
    intake_log(receiver, answer, domain, answer == RECEIVE_FAILED ? errno : 0);
    return answer;
}

/* --- the policies --- */

static enum receive_answer look_up(struct receiver *receiver, struct store *store, const char *domain)
{
    const enum snapshot_named named = store != NULL ? store_names(store, domain) : SNAPSHOT_UNSURE;

    if (named == SNAPSHOT_NAMED)
        return RECEIVE_TAKEN;
    enum receive_answer answer = named == SNAPSHOT_UNNAMED ? RECEIVE_NO_DOMAIN : RECEIVE_UNSURE;
    intake_log(receiver, answer, domain, 0);
    return answer;
}

/* --- a report --- */

static size_t room_for(const struct receiver *receiver, const struct receive_request *request)
{
    if (request->has_length)
        return request->length;
    return receiver->spool.bytes < TAKE_BYTES_MAX ? receiver->spool.bytes : TAKE_BYTES_MAX;
}

enum receive_answer intake_begin(struct receiver *receiver, struct store *store, const struct receive_request *request,
                                 int64_t now, struct intake **intake)
{
    const char *domain = request->domain;
    enum receive_answer answer = look_up(receiver, store, domain);

    if (answer != RECEIVE_TAKEN)
        return answer;
    struct intake *new = malloc(sizeof *new);
    if (new == NULL)
        return refuse(receiver, RECEIVE_FAILED, domain);
    *new = (struct intake) { .receiver = receiver, .request = *request, .room = room_for(receiver, request) };
    answer = answer_to(spool_begin(&receiver->spool, domain, new->room, request->gzip, now, &new->file));
    if (answer == RECEIVE_TAKEN) {
        *intake = new;
        return answer;
    }
    refuse(receiver, answer, domain);
    free(new);
    return answer;
}

/* The report is not taken, for the reason ANSWER. */
static bool give_up(struct intake *intake, enum receive_answer answer)
{
    intake->answer = refuse(intake->receiver, answer, intake->request.domain);
    if (intake->file != NULL)
        spool_drop(intake->file);
    intake->file = NULL;
    return false;
}

bool intake_add(struct intake *intake, const unsigned char *bytes, size_t len)
{
    if (intake->file == NULL)
        return false;
    if (len > intake->room - intake->len)
        return give_up(intake, intake->request.has_length ? RECEIVE_CUT : RECEIVE_LARGE);
    intake->len += len;
    enum receive_answer answer = answer_to(spool_add(intake->file, (const char *)bytes, len));
    return answer == RECEIVE_TAKEN || give_up(intake, answer);
}

enum receive_answer intake_end(struct intake *intake)
{
    if (intake->file == NULL)
        return intake->answer;
    if (intake->len == 0)
        (void)give_up(intake, RECEIVE_EMPTY);
    else if (intake->request.has_length && intake->len != intake->request.length)
        (void)give_up(intake, RECEIVE_CUT);
    if (intake->file == NULL)
        return intake->answer;
    intake->answer = answer_to(spool_end(intake->file));
    intake->file = NULL;
    return refuse(intake->receiver, intake->answer, intake->request.domain);
}

void intake_free(struct intake *intake)
{
    if (intake->file != NULL)
        spool_drop(intake->file);
    free(intake);
}
