/*
 * The one reader of a connection's stream of FastCGI records (FastCGI 1.0, 3): where does a request begin and end, and is it fit
 * for libfcgi? What libfcgi does not bound, or answers by aborting the process, does not get past here. Pure. Floor 0.
 */
#ifndef SERVE_STREAM_H
#define SERVE_STREAM_H

#include <stdbool.h>
#include <stddef.h>

/* The most bytes that a request with its variables may take. Front servers pass names of 60 kB twice. */
#define STREAM_REQUEST_MAX 163840

/* The most names and values. Front servers pass some dozens, and some thousands where a client sends so many headers; libfcgi
 * takes memory for each, however short it is. */
#define STREAM_PAIRS_MAX 8192

#define STREAM_HEADER_LEN 8

enum stream_event {
    STREAM_MORE,    /* so far, so good: more is to come */
    STREAM_REQUEST, /* a request with all its variables is there; its body may follow */
    STREAM_VALUES,  /* a record FCGI_GET_VALUES (4.1) is there, to be answered by stream_values() */
    STREAM_BAD      /* another version, role or order, records of several requests, variables that do not fill their records */
};

enum stream_stage {
    STREAM_NOTHING,   /* not a byte has come */
    STREAM_VARIABLES, /* a part of a request */
    STREAM_BODY,      /* the body of a request that was handed on; it is thrown away */
    STREAM_BETWEEN,   /* no request is under way */
    STREAM_WRONG
};

/* The names and values of a stream that goes over several records (3.4). */
struct stream_pairs {
    unsigned char lengths[8]; /* of the pair that is read: so far, */
    size_t got;               /* so many bytes */
    size_t left;              /* bytes of its name and value that are still to come */
    size_t count;             /* of the pairs so far */
};

/* How far the stream has been read. All zero at the beginning of a connection. For stream.c alone. */
struct stream_reader {
    enum stream_stage stage;
    unsigned char header[STREAM_HEADER_LEN], begin[8];
    size_t got;              /* bytes of the header */
    size_t content, padding; /* bytes of the record that are still to come */
    bool empty, keeps;       /* of the record: has it no content, and is it a part of what is handed on? */
    unsigned id;             /* of the request, or of the last one */
    size_t kept;
    struct stream_pairs pairs;
};

/*
 * Reads on through the LEN bytes at BYTES, up to an event, behind whose last byte it stops. *USED is how many bytes it read. The
 * caller keeps the last stream_kept() of all bytes so far: with STREAM_REQUEST they are the request, from its record
 * FCGI_BEGIN_REQUEST to its empty record FCGI_PARAMS; with STREAM_VALUES the one record. Nothing comes after STREAM_BAD.
 */
enum stream_event stream_feed(struct stream_reader *reader, const unsigned char *bytes, size_t len, size_t *used);

size_t stream_kept(const struct stream_reader *reader);
enum stream_stage stream_stage(const struct stream_reader *reader);

/* The most that an answer to FCGI_GET_VALUES takes. */
#define STREAM_VALUES_MAX 96

/*
 * The answer to a whole RECORD FCGI_GET_VALUES: as many connections as THREADS (1 to 9999), and one request at a time on each.
 * Returns its length.
 */
size_t stream_values(const unsigned char *record, unsigned threads, unsigned char answer[STREAM_VALUES_MAX]);

/* Do the first bytes of a connection speak another protocol? Its name, as HTTP or TLS; NULL: none that is known. */
const char *stream_other_protocol(const unsigned char *bytes, size_t len);

#endif
