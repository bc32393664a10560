#include "reports/take/mail.h"

#include "base/buf.h"
#include "reports/take/excess.h"
#include "reports/take/signer.h"

#include <gmime/gmime.h>
#include <string.h>
#include <strings.h>

/* Of a mail within the bounds, GMime has needed at most 12 MB, also where it is made to need as much as it can. */
enum { MEMORY = 24 << 20 };

struct reading {
    const struct mail_reader *reader;
    const char *signer;
    bool is_deep;
};

/* The domain that signed MESSAGE, in ROOM: the topmost field of a server in VERIFIERS counts, since each server adds on top. */
static const char *find_signer(GMimeMessage *message, const char *verifiers, char room[SIGNER_SIZE])
{
    GMimeHeaderList *fields = g_mime_object_get_header_list(GMIME_OBJECT(message));
    enum signer_found found = SIGNER_NOT_HERE;

    for (int i = 0; found == SIGNER_NOT_HERE && i < g_mime_header_list_get_count(fields); i++) {
        GMimeHeader *field = g_mime_header_list_get_header_at(fields, i);
        if (strcasecmp(g_mime_header_get_name(field), "Authentication-Results") == 0)
            found = signer_read(g_mime_header_get_raw_value(field), verifiers, room);
    }
    return found == SIGNER_DOMAIN ? room : NULL;
}

/* Is PART of a type that reports have? *IS_REPORT: it is one of their own. */
static bool is_taken(GMimePart *part, bool *is_report)
{
    static const char *const others[] = { "gzip", "x-gzip", "json", "octet-stream" };
    GMimeContentType *type = g_mime_object_get_content_type(GMIME_OBJECT(part));

    *is_report = g_mime_content_type_is_type(type, "application", "tlsrpt+gzip") ||
                 g_mime_content_type_is_type(type, "application", "tlsrpt+json");
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (g_mime_content_type_is_type(type, "application", others[i]))
            return true;
    return *is_report;
}

static void read_part(struct reading *r, GMimePart *part)
{
    GMimeDataWrapper *content = g_mime_part_get_content(part);
    bool is_report;

    if (content == NULL || !is_taken(part, &is_report))
        return;
    GMimeStream *decoded = g_mime_stream_mem_new();
    if (g_mime_data_wrapper_write_to_stream(content, decoded) >= 0) {
        GByteArray *bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(decoded));
        const char *text = bytes->len > 0 ? (const char *)bytes->data : "";
        r->reader->part(r->reader->to, r->signer, text, bytes->len, is_report);
    }
    g_object_unref(decoded);
}

static void read_object(struct reading *r, GMimeObject *object, unsigned levels)
{
    if (levels == 0) {
        r->is_deep = true;
    } else if (GMIME_IS_MULTIPART(object)) {
        for (int i = 0; i < g_mime_multipart_get_count(GMIME_MULTIPART(object)); i++)
            read_object(r, g_mime_multipart_get_part(GMIME_MULTIPART(object), i), levels - 1);
    } else if (GMIME_IS_MESSAGE_PART(object)) {
        GMimeMessage *message = g_mime_message_part_get_message(GMIME_MESSAGE_PART(object));
        GMimeObject *inner = message != NULL ? g_mime_message_get_mime_part(message) : NULL;
        if (inner != NULL)
            read_object(r, inner, levels - 1);
    } else if (GMIME_IS_PART(object)) {
        read_part(r, GMIME_PART(object));
    }
}

bool mail_has_memory(void)
{
    void *memory = g_try_malloc(MEMORY);

    g_free(memory);
    return memory != NULL;
}

const char *mail_read(const char *bytes, size_t len, const struct mail_reader *reader)
{
    struct reading reading = { .reader = reader };
    char signer[SIGNER_SIZE];
    const char *excess = excess_find(bytes, len);

    if (excess != NULL)
        return excess;
    g_mime_init();
    GMimeStream *stream = g_mime_stream_mem_new_with_buffer(bytes, len);
    GMimeParser *parser = g_mime_parser_new_with_stream(stream);
    GMimeMessage *message = g_mime_parser_construct_message(parser, NULL);
    GMimeObject *whole = message != NULL ? g_mime_message_get_mime_part(message) : NULL;
    if (message != NULL && reader->verifiers != NULL)
        reading.signer = find_signer(message, reader->verifiers, signer);
    if (whole != NULL)
        read_object(&reading, whole, MAIL_DEPTH_MAX);
    if (message != NULL)
        g_object_unref(message);
    g_object_unref(parser);
    g_object_unref(stream);
    if (whole == NULL)
        return "is no mail that can be read";
    return reading.is_deep ? "has parts more than 32 levels deep" : NULL;
}

void mail_library(struct buf *out)
{
    buf_print(out, "GMime %u.%u.%u", gmime_major_version, gmime_minor_version, gmime_micro_version);
}
