#include "serve/answer.h"
#include "base/buf.h"
#include "config/snapshot.h"
#include "config/store.h"
#include "policy/reply.h"

#include <string.h>

enum { SHOWN_MAX = 64 };

static void print_name(struct buf *text, const char *variable, const char *name)
{
    buf_print(text, "%s ", variable);
    if (name == NULL) {
        buf_print(text, "is not set");
        return;
    }
    buf_print(text, "is \"");
    buf_add_shown(text, name, strlen(name), SHOWN_MAX);
    buf_print(text, "\"");
}

void answer_print_hint(struct buf *text, const struct reply_request *request, enum reply_hint hint)
{
    print_name(text, "SERVER_NAME", request->server_name);
    buf_print(text, ", ");
    print_name(text, "HTTP_HOST", request->http_host);
    buf_print(text, ": %s", reply_hint_text(hint));
}

void answer_make(struct store *store, const struct reply_request *request, const char *domain, struct answer *answer)
{
    static const enum reply_kind kinds[] = {
        [SNAPSHOT_POLICY] = REPLY_POLICY,
        [SNAPSHOT_ABSENT] = REPLY_ABSENT,
        [SNAPSHOT_BROKEN] = REPLY_BROKEN,
        [SNAPSHOT_FAILED] = REPLY_FAILED,
    };

    if (answer->kind == REPLY_POLICY && store == NULL)
        answer->kind = REPLY_FAILED;
    if (answer->kind == REPLY_POLICY) {
        store_find(store, domain, &answer->found);
        answer->kind = kinds[answer->found.found];
        if (answer->kind == REPLY_BROKEN || answer->kind == REPLY_FAILED)
            buf_add(&answer->log, answer->found.bytes, answer->found.len);
    }
    reply_make(answer->kind, request, domain, answer->found.bytes, answer->found.len, &answer->reply);
}
