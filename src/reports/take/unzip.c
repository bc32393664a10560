/* For a constant next_in. */
#define ZLIB_CONST
#include "reports/take/unzip.h"

#include "base/buf.h"
#include "reports/take/sink.h"

#include <stdbool.h>
#include <stddef.h>
#include <zlib.h>

enum { PIECE = 65536, GZIP_ONLY = 16 + MAX_WBITS };

struct unpacking {
    z_stream z;
    unsigned char piece[PIECE];
};

bool unzip_is_gzip(const char *bytes, size_t len)
{
    return len >= 2 && (unsigned char)bytes[0] == 0x1f && (unsigned char)bytes[1] == 0x8b;
}

static bool is_bomb(size_t packed, size_t unpacked)
{
    return unpacked > TAKE_UNPACKED_MAX || (unpacked > TAKE_SMALL && unpacked / TAKE_RATIO > packed);
}

/* Unpacks one archive, a part of LEN bytes. */
static const char *unzip_one(struct unpacking *u, size_t len, struct buf *out)
{
    int state = Z_OK;

    while (state == Z_OK) {
        u->z.next_out = u->piece;
        u->z.avail_out = sizeof u->piece;
        state = inflate(&u->z, Z_NO_FLUSH);
        buf_add(out, (const char *)u->piece, sizeof u->piece - u->z.avail_out);
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
    struct unpacking u;
    const char *why;

    u.z = (z_stream) { .next_in = (const unsigned char *)bytes, .avail_in = (unsigned)len };
    if (inflateInit2(&u.z, GZIP_ONLY) != Z_OK)
        return "cannot be unpacked: out of memory";
    do
        why = unzip_one(&u, len, out);
    while (why == NULL && unzip_is_gzip((const char *)u.z.next_in, u.z.avail_in) && inflateReset(&u.z) == Z_OK);
    (void)inflateEnd(&u.z);
    return why;
}

void unzip_library(struct buf *out)
{
    buf_print(out, "zlib %s", zlibVersion());
}
