#include "probe/names.h"

#include "base/buf.h"
#include "policy/argument.h"
#include "policy/domain.h"
#include "probe/ask/idn.h"
#include "probe/check/error.h"
#include "probe/check/file.h"

#include <string.h>
#include <sys/stat.h>

enum { SHOWN_MAX = 256 };

/* Says in WHY what ARGUMENT, which READ refused, is as A-labels; leaves WHY as it is where it has none. */
static void add_ascii(const char *argument, probe_names_read_fn *read, struct buf *why)
{
    char ascii[DOMAIN_MAX + 1], normal[DOMAIN_MAX + 1];
    struct buf other = { 0 };

    if (domain_fault(argument, strlen(argument)) != DOMAIN_NOT_ASCII || !probe_idn_ascii(argument, ascii))
        return;
    if (read(ascii, normal, &other)) {
        buf_print(&other, "\"");
        buf_add_shown(&other, argument, strlen(argument), SHOWN_MAX);
        buf_print(&other, "\" is not ASCII; write %s", normal);
    }
    buf_free(why);
    *why = other;
}

bool probe_names_read(const char *argument, probe_names_read_fn *read, char normal[DOMAIN_MAX + 1])
{
    struct buf why = { 0 };
    bool good = read(argument, normal, &why);

    if (!good) {
        add_ascii(argument, read, &why);
        (void)probe_error("%s", why.text != NULL && !why.failed ? why.text : "out of memory");
    }
    buf_free(&why);
    return good;
}

static bool names_domains(const char *name)
{
    struct buf why = { 0 };
    struct probe_file *file = probe_file_open(name, &why);
    bool good = file != NULL && probe_file_count(file) > 0;

    probe_file_close(file);
    buf_free(&why);
    return good;
}

static bool is_file(const char *argument)
{
    struct stat status;

    return stat(argument, &status) == 0 && S_ISREG(status.st_mode);
}

static bool is_policies(const char *argument)
{
    static const char end[] = ".ini";
    size_t len = strlen(argument), end_len = sizeof end - 1;

    return (len > end_len && strcmp(argument + len - end_len, end) == 0) || (is_file(argument) && names_domains(argument));
}

bool probe_names_read_domain(const char *argument, char normal[DOMAIN_MAX + 1])
{
    if (is_policies(argument)) {
        (void)probe_error("%s is a file and no domain; write -f %s", argument, argument);
        return false;
    }
    /* A zone file often has the name of its domain. */
    if (is_file(argument) && domain_policy_fault(argument, strlen(argument)) != DOMAIN_FINE) {
        (void)probe_error("%s is a file, and names no domain as policies.ini does; write a domain, or \"mta-sts import %s\"",
                          argument, argument);
        return false;
    }
    return probe_names_read(argument, argument_domain, normal);
}
