/* The floor of a CGI answer: a program that writes one constant policy at once. It is linked like mta-sts-static. */
#include <unistd.h>

int main(void)
{
    static const char answer[] =
        "Status: 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 75\r\nCache-Control: max-age=60\r\n"
        "X-Content-Type-Options: nosniff\r\n\r\n"
        "version: STSv1\r\nmode: enforce\r\nmx: mail000001.example.org\r\nmax_age: 604800\r\n";

    return write(STDOUT_FILENO, answer, sizeof answer - 1) == (ssize_t)(sizeof answer - 1) ? 0 : 1;
}
