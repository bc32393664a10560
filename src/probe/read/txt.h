/* The probe's reading of the TXT records at _mta-sts.<domain> and _smtp._tls.<domain>. Pure. Floor 2. */
#ifndef PROBE_READ_TXT_H
#define PROBE_READ_TXT_H

#include "probe/ask/dns_answer.h"
#include "probe/read/finding.h"

struct probe_txt {
    struct buf value; /* of id or rua, where exactly one record has a valid one; else empty */
    struct probe_findings findings;
};

/*
 * Judge the records, STRINGS being COUNT strings of none, one or several (RFC 8461 3.1, and RFC 8460 3 for TLSRPT): the strings
 * of one record are joined without a space. The verdict and every fault are in TXT's findings. No TLSRPT record is a warning, no
 * _mta-sts record a FAIL. Where findings.failed or value.failed is set, memory ran out and nothing here counts. TXT need not
 * be initialised; it does not borrow; probe_txt_free() is due.
 */
void probe_txt_read(const struct probe_txt_string *strings, size_t count, struct probe_txt *txt);
void probe_tlsrpt_read(const struct probe_txt_string *strings, size_t count, struct probe_txt *txt);

void probe_txt_free(struct probe_txt *txt);

/* All rules of this file. */
extern const struct probe_rules probe_txt_rules;
extern const struct probe_rules probe_tlsrpt_rules;

#endif
