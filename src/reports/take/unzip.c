/* For a constant next_in. */
#define ZLIB_CONST
#include "reports/take/unzip.h"

#include "base/buf.h"
#include "reports/take/sink.h"

#include <stdbool.h>
#include <stddef.h>
#include <zlib.h>

enum { PIECE = 65536, GZIP_ONLY = 16 + MAX_WBITS };

bool unzip_is_gzip(const char *bytes, size_t len)
{
    return len >= 2 && (unsigned char)bytes[0] == 0x1f && (unsigned char)bytes[1] == 0x8b;
}

static bool is_bomb(size_t packed, size_t unpacked)
{
    return unpacked > TAKE_UNPACKED_MAX || (unpacked > TAKE_SMALL && unpacked / TAKE_RATIO > packed);
}

/* Unpacks one archive, a part of LEN bytes. */
static const char *unzip_one(z_stream *z, size_t len, struct buf *out)
{
    unsigned char piece[PIECE];
    int state = Z_OK;

    while (state == Z_OK) {
        z->next_out = piece;
        z->avail_out = sizeof piece;
        state = inflate(z, Z_NO_FLUSH);
        buf_add(out, (const char *)piece, sizeof piece - z->avail_out);
        if (out->failed || state == Z_MEM_ERROR)
            return "cannot be unpacked: out of memory";
        if (is_bomb(len, out->len))
            return "unpacks to more than 32 MB, or to 50 times its size";
    }
    if (state == Z_STREAM_END)
        return NULL;
    return state == Z_BUF_ERROR ? "is cut off: its gzip has no end" : "is damaged: its gzip cannot be unpacked";
}

const char *unzip(const char *bytes, size_t len, struct buf *out)
{
    z_stream z = { .next_in = (const unsigned char *)bytes, .avail_in = (unsigned)len };
    const char *why;

    if (inflateInit2(&z, GZIP_ONLY) != Z_OK)
        return "cannot be unpacked: out of memory";
    do
        why = unzip_one(&z, len, out);
    while (why == NULL && unzip_is_gzip((const char *)z.next_in, z.avail_in) && inflateReset(&z) == Z_OK);
    (void)inflateEnd(&z);
    return why;
}

void unzip_library(struct buf *out)
{
    buf_print(out, "zlib %s", zlibVersion());
}
