/*
 * Files that may hold reports: gzip, mails, mboxes, anything. Each is taken as one file by its content. What comes out is within
 * the bounds, and something comes out of each file: a report, a refusal, or that it is another file.
 */
#define _GNU_SOURCE
#include "fuzz.h"
#include "reports/take/content.h"
#include "reports/take/signer.h"
#include "reports/take/sink.h"

#include <sys/mman.h>
#include <unistd.h>

enum { PROBED = 1 << 24 };

/* GLib's, which the linker finds here first. AddressSanitizer needs milliseconds for the memory that mail_has_memory() only tries
 * to get: the driver would be thirty times slower. */
void *g_try_malloc(size_t size);
void *g_try_malloc(size_t size)
{
    return malloc(size < PROBED ? size : 1);
}

static size_t outcomes;

static void on_report(void *to, const char *file, const char *signer, const char *bytes, size_t len)
{
    unsigned char sum = 0;

    (void)to;
    CHECK(file != NULL && len > 0 && len <= TAKE_UNPACKED_MAX);
    CHECK(signer == NULL || (signer[0] != '\0' && strlen(signer) < SIGNER_SIZE));
    for (size_t i = 0; i < len; i++)
        sum ^= (unsigned char)bytes[i];
    outcomes += 1 + (sum & 0);
}

static void on_refuse(void *to, const char *file, const char *why)
{
    (void)to;
    CHECK(file != NULL && why[0] != '\0');
    outcomes++;
}

static void on_other(void *to)
{
    (void)to;
    outcomes++;
}

static void on_progress(void *to, size_t bytes)
{
    (void)to;
    CHECK(bytes > 0);
}

static bool stops(void *to)
{
    (void)to;
    return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct take_sink sink = { on_report, on_refuse, on_other, on_progress, stops, NULL, "mx.example.org" };
    int fd = memfd_create("fuzz", 0);

    CHECK(fd >= 0 && write(fd, data, size) == (ssize_t)size && lseek(fd, 0, SEEK_SET) == 0);
    outcomes = 0;
    CHECK(content_read(&sink, fd, "file", size % 2 == 0));
    CHECK(outcomes > 0);
    (void)close(fd);
    return 0;
}
