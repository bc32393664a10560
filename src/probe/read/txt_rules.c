#include "probe/read/txt_rules.h"

#include "read/finding.h"
#include "read/share.h"

enum { SENDERS = PROBE_SENDERS_TXT };

#define RFC_STS "RFC 8461 3.1"
#define RFC_RPT "RFC 8460 3"

const struct probe_rule probe_txt_rule[STS_RULES] = {
    [ABSENT] = { "txt-absent", PROBE_FAIL, 16, 16, SENDERS,
                 "there is no TXT record; publish \"v=STSv1; id=...;\" (\"mta-sts dns\" prints it)", RFC_STS },
    [NO_VERSION] = { "txt-version", PROBE_FAIL, 9, 16, SENDERS,
                     "does not begin with \"v=STSv1;\"; write that first, as it stands here", RFC_STS },
    [FOREIGN] = { "txt-foreign", PROBE_FAIL, 16, 16, SENDERS,
                  "is not a record of MTA-STS; publish \"v=STSv1; id=...;\" at this name; if this one comes from a wildcard, "
                  "leave that as it is",
                  RFC_STS },
    [QUOTES] = { "txt-quotes", PROBE_FAIL, 14, 14, SENDERS,
                 "has quotation marks within it, which the form of a DNS provider adds by itself; enter it there without them",
                 RFC_STS },
    [TWO_RECORDS] = { "txt-several", PROBE_FAIL, 13, 13, SENDERS,
                      "is one of several records that begin with \"v=STSv1;\"; keep one", RFC_STS },
    [OTHER_RECORD] = { "txt-other", PROBE_WARN, 2, 7, SENDERS, "is another record at the same name; remove it", RFC_STS },
    [SPACE_SEMICOLON] = { "txt-space-semicolon", PROBE_FAIL, 3, 3, SENDERS,
                          "has white space before the first semicolon; leave it out", RFC_STS },
    [SPACE_TRAILING] = { "txt-space-trailing", PROBE_FAIL, 3, 3, SENDERS, "has white space at its end; leave it out", RFC_STS },
    [SPACE_EQUALS] = { "txt-space-equals", PROBE_FAIL, 11, 11, SENDERS, "has white space before the =; leave it out", RFC_STS },
    [FIELD_EMPTY] = { "txt-empty", PROBE_FAIL, 4, 4, SENDERS, "has two semicolons with nothing between; keep one", RFC_STS },
    [FIELD_NO_EQUALS] = { "txt-no-equals", PROBE_FAIL, 5, 5, SENDERS, "has no =; write name=value, or leave it out", RFC_STS },
    [FIELD_CASE] = { "txt-case", PROBE_FAIL, 12, 12, SENDERS, "has capitals in the name; write id", RFC_STS },
    [FIELD_REPEATED] = { "txt-repeated", PROBE_WARN, 5, 5, SENDERS, "is a second id; keep one", RFC_STS },
    [FIELD_MISSING] = { "txt-missing", PROBE_FAIL, 15, 15, SENDERS, "has no id; write id= and 1 to 32 letters and digits",
                        RFC_STS },
    [VERSION_REPEATED] = { "txt-version-repeated", PROBE_WARN, 2, 2, SENDERS, "is a second version; keep the first", RFC_STS },
    [EXT_BAD] = { "txt-unknown-bad", PROBE_FAIL, 4, 6, SENDERS, "is an unknown field, and is not valid; leave it out", RFC_STS },
    [EXT] = { "txt-unknown", PROBE_WARN, 1, 1, SENDERS, "is an unknown field, which senders are to ignore; leave it out",
              RFC_STS },
    [VALUE_BAD] = { "txt-id", PROBE_FAIL, 8, 9, SENDERS, "is not a valid id; write letters and digits only", RFC_STS },
    [VALUE_EMPTY] = { "txt-id-empty", PROBE_FAIL, 12, 12, SENDERS, "has nothing after the =; write 1 to 32 letters and digits",
                      RFC_STS },
    [VALUE_QUOTES] = { "txt-id-quotes", PROBE_FAIL, 8, 8, SENDERS, "is an id with quotation marks; write it without", RFC_STS },
    [VALUE_LONG] = { "txt-id-long", PROBE_FAIL, 6, 6, SENDERS, "is longer than 32 letters and digits; write fewer", RFC_STS },
};

const struct probe_rule probe_tlsrpt_rule[TLSRPT_RULES] = {
    [ABSENT] = { "tlsrpt-absent", PROBE_WARN, 0, 0, 0,
                 "there is no TXT record, so nobody reports failures; publish \"v=TLSRPTv1; rua=mailto:...\"", RFC_RPT },
    [NO_VERSION] = { "tlsrpt-version", PROBE_FAIL, 0, 0, 0,
                     "does not begin with \"v=TLSRPTv1;\"; write that first, as it stands here", RFC_RPT },
    [FOREIGN] = { "tlsrpt-foreign", PROBE_WARN, 0, 0, 0,
                  "is not a record of TLSRPT, so nobody reports failures; publish \"v=TLSRPTv1; rua=mailto:...\" at this name; "
                  "if this one comes from a wildcard, leave that as it is",
                  RFC_RPT },
    [QUOTES] = { "tlsrpt-quotes", PROBE_FAIL, 0, 0, 0,
                 "has quotation marks within it, which the form of a DNS provider adds by itself; enter it there without them",
                 RFC_RPT },
    [TWO_RECORDS] = { "tlsrpt-several", PROBE_FAIL, 0, 0, 0,
                      "is one of several records that begin with \"v=TLSRPTv1;\"; keep one", RFC_RPT },
    [OTHER_RECORD] = { "tlsrpt-other", PROBE_WARN, 0, 0, 0, "is another record at the same name; remove it", RFC_RPT },
    [SPACE_SEMICOLON] = { "tlsrpt-space-semicolon", PROBE_FAIL, 0, 0, 0,
                          "has white space before the first semicolon; leave it out", RFC_RPT },
    [SPACE_TRAILING] = { "tlsrpt-space-trailing", PROBE_FAIL, 0, 0, 0, "has white space at its end; leave it out", RFC_RPT },
    [SPACE_EQUALS] = { "tlsrpt-space-equals", PROBE_FAIL, 0, 0, 0, "has white space before the =; leave it out", RFC_RPT },
    [FIELD_EMPTY] = { "tlsrpt-empty", PROBE_FAIL, 0, 0, 0, "has two semicolons with nothing between; keep one", RFC_RPT },
    [FIELD_NO_EQUALS] = { "tlsrpt-no-equals", PROBE_FAIL, 0, 0, 0, "has no =; write name=value, or leave it out", RFC_RPT },
    [FIELD_CASE] = { "tlsrpt-case", PROBE_FAIL, 0, 0, 0, "has capitals in the name; write rua", RFC_RPT },
    [FIELD_REPEATED] = { "tlsrpt-repeated", PROBE_WARN, 0, 0, 0,
                         "has several rua fields, of which senders may take one; write all addresses in one, with commas between",
                         RFC_RPT },
    [FIELD_MISSING] = { "tlsrpt-missing", PROBE_FAIL, 0, 0, 0, "has no rua; write rua=mailto:name@domain", RFC_RPT },
    [VERSION_REPEATED] = { "tlsrpt-version-repeated", PROBE_WARN, 0, 0, 0, "is a second version; keep the first", RFC_RPT },
    [EXT_BAD] = { "tlsrpt-unknown-bad", PROBE_FAIL, 0, 0, 0, "is an unknown field, and is not valid; leave it out", RFC_RPT },
    [EXT] = { "tlsrpt-unknown", PROBE_WARN, 0, 0, 0, "is an unknown field, which senders are to ignore; leave it out", RFC_RPT },
    [VALUE_BAD] = { "tlsrpt-rua", PROBE_FAIL, 0, 0, 0,
                    "is not a valid address for reports; write mailto:name@domain or https://..., with , ! and ; inside as %2C, "
                    "%21 and %3B",
                    RFC_RPT },
    [VALUE_QUOTES] = { "tlsrpt-rua-quotes", PROBE_FAIL, 0, 0, 0, "is a rua with quotation marks; write it without", RFC_RPT },
    [VALUE_EMPTY] = { "tlsrpt-rua-empty", PROBE_FAIL, 0, 0, 0, "has nothing after the =; write mailto:name@domain or https://...",
                      RFC_RPT },
};
