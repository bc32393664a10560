/*
 * The one reader of a connection's stream of FastCGI records (FastCGI 1.0, 3): where a request begins and ends, and whether it
 * may go to libfcgi. libfcgi does not check lengths, and aborts the process at some records: such a stream is STREAM_BAD. Pure;
 * opens nothing and allocates nothing.
 */
#ifndef SERVE_STREAM_H
#define SERVE_STREAM_H

#include <stdbool.h>
#include <stddef.h>

/* The most bytes that a request may take with its variables. Front servers pass a name of 60 kB twice. */
#define STREAM_REQUEST_MAX 163840

/* The most variables of a request: libfcgi takes memory for each, however short it is. Front servers pass some dozens, and
 * thousands where a client sends thousands of headers. */
#define STREAM_PAIRS_MAX 8192

#define STREAM_HEADER_LEN 8

enum stream_event {
    STREAM_MORE,    /* more is to come */
    STREAM_REQUEST, /* here ends a request with all its variables; its body may follow */
    STREAM_VALUES,  /* here ends a record FCGI_GET_VALUES (4.1), for stream_values() to answer */
    STREAM_BYTES,   /* here end stream_bytes() bytes of a body; only after stream_want_body() */
    STREAM_END,     /* here ends that body; only after stream_want_body() */
    STREAM_BAD      /* wrong version, role or order; records of several requests; lengths that do not fit; a NUL in a variable */
};

enum stream_stage {
    STREAM_NOTHING,   /* nothing has come */
    STREAM_VARIABLES, /* a part of a request has come */
    STREAM_BODY,      /* in the body of a request, which is thrown away unless it is wanted */
    STREAM_BETWEEN,   /* between two requests */
    STREAM_WRONG
};

/* How far the variables have been read, which go over several records (3.4). */
struct stream_pairs {
    unsigned char lengths[8]; /* the two lengths of this pair */
    size_t got;               /* how many bytes of LENGTHS have come */
    size_t left;              /* how many bytes of its name and value are to come */
    size_t count;             /* of pairs so far */
};

/* How far the stream has been read. All zero for a new connection. Only stream.c looks inside. */
struct stream_reader {
    enum stream_stage stage;
    unsigned char header[STREAM_HEADER_LEN], begin[8];
    size_t got;              /* how many bytes of the header have come */
    size_t content, padding; /* how many bytes of the record are to come */
    bool empty, keeps;       /* has the record no content? is it a part of the request that the caller keeps? */
    bool wants;              /* is the body wanted? */
    unsigned id;             /* of this request, or of the last one */
    size_t kept, bytes;
    struct stream_pairs pairs;
};

/*
 * Reads the next LEN bytes of the stream, at BYTES. Stops after the last byte of an event; *USED is how many bytes it read. The
 * caller keeps the last stream_kept() bytes of all that it has fed so far. With STREAM_REQUEST they are the request, from
 * FCGI_BEGIN_REQUEST to the empty FCGI_PARAMS; with STREAM_VALUES they are the record. After STREAM_BAD there is only STREAM_BAD.
 */
enum stream_event stream_feed(struct stream_reader *reader, const unsigned char *bytes, size_t len, size_t *used);

size_t stream_kept(const struct stream_reader *reader);

/*
 * To be called after STREAM_REQUEST: the body comes in events until STREAM_END, and nothing of it is kept. Until then only the
 * body may come: an abort of the request is STREAM_BAD, too. stream_leave_body() throws away what is left of it.
 */
void stream_want_body(struct stream_reader *reader);
void stream_leave_body(struct stream_reader *reader);
size_t stream_bytes(const struct stream_reader *reader);

enum stream_stage stream_stage(const struct stream_reader *reader);

/* The size of an answer to FCGI_GET_VALUES, at most. */
#define STREAM_VALUES_MAX 96

/*
 * Writes the answer to RECORD, a whole FCGI_GET_VALUES, to ANSWER: as many connections as THREADS (1 to 9999), and one request at
 * a time on each. Returns its length.
 */
size_t stream_values(const unsigned char *record, unsigned threads, unsigned char answer[STREAM_VALUES_MAX]);

/* The protocol that the first LEN bytes of a connection belong to: "HTTP", "TLS", or NULL for any other. */
const char *stream_other_protocol(const unsigned char *bytes, size_t len);

#endif
