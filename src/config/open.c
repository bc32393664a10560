#include "config/open.h"

#include "base/file.h"
#include "ini/lines.h"

#include <errno.h>

static enum file_trouble trouble_in(const struct index *index, unsigned how)
{
    if (index == NULL)
        return FILE_SYSTEM;
    if (index_sections(index) == 0)
        return FILE_EMPTY;
    return (how & OPEN_NEEDS_DOMAINS) != 0 && index_domains(index) == 0 ? FILE_NO_DOMAINS : FILE_FINE;
}

struct index *open_index(const char *file, unsigned how, struct buf *why)
{
    size_t size = 0;
    struct index *index = NULL;
    char *text = NULL;
    enum file_trouble trouble = (how & OPEN_WAITS) != 0 ? file_wait(file) : FILE_FINE;

    ini_init();
    if (trouble == FILE_FINE)
        text = file_read(file, &size, &trouble);
    int error = errno;
    if (trouble == FILE_FINE) {
        index = index_new(text, size, file, NULL);
        error = ENOMEM;
        trouble = trouble_in(index, how);
    }
    if (trouble == FILE_FINE)
        return index;
    index_free(index);
    file_print_trouble(file, trouble, error, why);
    return NULL;
}
