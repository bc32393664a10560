/* Passes formatted lines to a function that prints or logs them. */
#ifndef BASE_SAY_H
#define BASE_SAY_H

/* Prints or logs one line. LINE has no line end. */
typedef void say_line(const char *line);

/* Formats a line, cuts it to 511 bytes, and passes it to TO. */
__attribute__((format(printf, 2, 3))) void say(say_line *to, const char *format, ...);

/* Writes "mta-sts: LINE" to standard error: the complaint of a command. */
void say_complain(const char *line);

#endif
