/* Hands a line to whoever prints or logs it. */
#ifndef BASE_SAY_H
#define BASE_SAY_H

/* Gets one line, without a line end. */
typedef void say_line(const char *line);

/* Hands the line of FORMAT, cut to 511 bytes, to TO. */
__attribute__((format(printf, 2, 3))) void say(say_line *to, const char *format, ...);

#endif
