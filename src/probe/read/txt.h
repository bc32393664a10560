/* Reads the TXT records at _mta-sts.<domain> and _smtp._tls.<domain>, and finds everything that is wrong with them. Pure. */
#ifndef PROBE_READ_TXT_H
#define PROBE_READ_TXT_H

#include "probe/ask/dns_answer.h"
#include "probe/read/first.h"
#include "read/finding.h"

struct probe_txt {
    struct buf value; /* the id or rua of the only record, if it is valid; else empty */
    bool is_absent;   /* no record is meant for this, well written or not */
    struct probe_findings findings;
};

/*
 * Read the COUNT STRINGS of all records of the name (RFC 8461 3.1; RFC 8460 3 for TLSRPT). The strings of one record are joined
 * without a space. The verdict and every fault are in TXT's findings: no TLSRPT record is a warning, no _mta-sts record a FAIL.
 * FIRST comes before a record is published or corrected, and the advice says so. Where findings.failed or value.failed is set,
 * memory ran out and nothing in TXT counts. TXT need not be initialised and borrows nothing. The caller calls probe_txt_free().
 */
void probe_txt_read(const struct probe_txt_string *strings, size_t count, enum probe_first first, struct probe_txt *txt);
void probe_tlsrpt_read(const struct probe_txt_string *strings, size_t count, struct probe_txt *txt);

/* Does one of these records begin with the version, perhaps in quotation marks? False where memory runs out. */
bool probe_txt_is_there(const struct probe_txt_string *strings, size_t count);
bool probe_tlsrpt_is_there(const struct probe_txt_string *strings, size_t count);

void probe_txt_free(struct probe_txt *txt);

/* All rules that such records can break. */
extern const struct probe_rules probe_txt_rules;
extern const struct probe_rules probe_tlsrpt_rules;

#endif
