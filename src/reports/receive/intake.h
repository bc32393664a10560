/* A report on its way: from a request that may be taken to the file on the disk. The same for CGI and FastCGI. */
#ifndef REPORTS_RECEIVE_INTAKE_H
#define REPORTS_RECEIVE_INTAKE_H

#include "config/snapshot.h"
#include "config/store.h"
#include "reports/receive/reply.h"
#include "reports/receive/request.h"
#include "reports/receive/spool.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What takes reports. All zero but SPOOL. Several threads use it at once. */
struct receiver {
    struct spool spool;
    _Atomic int64_t logged[RECEIVE_ANSWERS];
};

struct intake;

/*
 * Begins to take the report of REQUEST, for which receive_request_read() returned RECEIVE_TAKEN, at NOW. Where it returns that,
 * too, *INTAKE is to be given to intake_free(). STORE may be NULL: the policies cannot be read.
 */
enum receive_answer intake_begin(struct receiver *receiver, struct store *store, const struct receive_request *request,
                                 int64_t now, struct intake **intake);

/* Takes LEN more bytes. False where no more are wanted. */
bool intake_add(struct intake *intake, const unsigned char *bytes, size_t len);

/* The body has ended, or no more was wanted. With RECEIVE_TAKEN the report is on the disk. */
enum receive_answer intake_end(struct intake *intake);

/* Frees INTAKE; a report that has not ended leaves nothing. */
void intake_free(struct intake *intake);

/* Logs once a minute that a report was refused with ANSWER, whatever the domain. DOMAIN may be empty. ERROR is an errno, or 0. */
void intake_log(struct receiver *receiver, enum receive_answer answer, const char *domain, int error);

#endif
