/* Where the reports go that are found in files, mails and archives. */
#ifndef REPORTS_TAKE_SINK_H
#define REPORTS_TAKE_SINK_H

#include <stdbool.h>
#include <stddef.h>

/* The most bytes of a file or a mail that are read, and the most that one may unpack to. */
#define TAKE_BYTES_MAX ((size_t)4 << 20)
#define TAKE_UNPACKED_MAX ((size_t)32 << 20)

/* NAME is the file, as the user wrote it, and the place in it. Each may have any bytes. */
struct take_sink {
    /* JSON, it seems. SIGNER: the domain that signed its mail, as a server in VERIFIERS says; NULL: none, or this is no mail. */
    void (*report)(void *to, const char *name, const char *signer, const char *bytes, size_t len);
    void (*refuse)(void *to, const char *name, const char *why); /* WHY follows the name */
    void (*other)(void *to);                                     /* a file or a mail that is no report */
    void (*progress)(void *to, size_t bytes);                    /* so many more bytes of files are done */
    bool (*stops)(void *to);                                     /* nothing more is to be read */
    void *to;
    const char *verifiers; /* names of mail servers, as for signer_read(); NULL: signatures do not matter */
};

#endif
