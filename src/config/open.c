#include "config/open.h"

#include "base/buf.h"
#include "base/file.h"
#include "config/foreign.h"
#include "config/index.h"
#include "ini/lines.h"

#include <errno.h>
#include <stddef.h>

static enum file_trouble judge(const struct index *index, unsigned flags)
{
    if (index == NULL)
        return FILE_SYSTEM;
    if (index_sections(index) == 0)
        return FILE_EMPTY;
    return (flags & OPEN_NEEDS) != 0 && index_domains(index) == 0 ? FILE_NO_DOMAINS : FILE_FINE;
}

struct index *open_index(const char *file, unsigned flags, struct buf *why)
{
    enum file_trouble trouble = (flags & OPEN_WAITS) != 0 ? file_wait(file) : FILE_FINE;
    struct index *index = NULL;
    char *text = NULL;
    size_t size = 0;

    ini_init();
    if (trouble == FILE_FINE)
        text = file_read(file, &size, &trouble);
    int error = errno;
    if (trouble == FILE_FINE) {
        index = index_new(text, size, file, NULL);
        trouble = judge(index, flags);
        error = ENOMEM;
    }
    if (trouble == FILE_FINE)
        return index;
    const char *whole = trouble == FILE_EMPTY && index != NULL ? index_text(index, &size) : NULL;
    if (whole == NULL || !foreign_print(file, whole, size, why))
        file_print_trouble(file, trouble, error, why);
    index_free(index);
    return NULL;
}
