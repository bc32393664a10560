#include "serve/listen.h"

#include "base/log.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PORT_MAX = 65535, BACKLOG = 1024 };

/* The port in TEXT, which has digits only; 0 if it has not. */
static uint16_t read_port(const char *text)
{
    size_t digits = strspn(text, "0123456789");
    long port = digits > 0 && text[digits] == '\0' ? strtol(text, NULL, 10) : 0;

    return port <= PORT_MAX ? (uint16_t)port : 0;
}

static void set_ipv4(struct listen_place *place, struct in_addr address, uint16_t port)
{
    *(struct sockaddr_in *)&place->address =
        (struct sockaddr_in) { .sin_family = AF_INET, .sin_port = htons(port), .sin_addr = address };
    place->size = sizeof(struct sockaddr_in);
}

static void set_ipv6(struct listen_place *place, struct in6_addr address, uint16_t port)
{
    *(struct sockaddr_in6 *)&place->address =
        (struct sockaddr_in6) { .sin6_family = AF_INET6, .sin6_port = htons(port), .sin6_addr = address };
    place->size = sizeof(struct sockaddr_in6);
}

/* Copies the SIZE bytes of an address, without the brackets of an IPv6 address, to NAME. */
static bool copy_address(const char *text, size_t size, char name[INET6_ADDRSTRLEN], bool *brackets)
{
    *brackets = size > 2 && text[0] == '[' && text[size - 1] == ']';
    if (*brackets) {
        text++;
        size -= 2;
    }
    if (size >= INET6_ADDRSTRLEN)
        return false;
    memcpy(name, text, size);
    name[size] = '\0';
    return true;
}

bool listen_read(const char *text, struct listen_place *place)
{
    const char *colon = strrchr(text, ':');
    uint16_t port = read_port(colon == NULL ? text : colon + 1);
    char name[INET6_ADDRSTRLEN];
    struct in_addr ipv4;
    struct in6_addr ipv6 = in6addr_any;
    bool brackets = true;

    *place = (struct listen_place) { .text = text };
    if (port == 0 || (colon != NULL && !copy_address(text, (size_t)(colon - text), name, &brackets)))
        return false;
    if (brackets && (colon == NULL || inet_pton(AF_INET6, name, &ipv6) == 1))
        set_ipv6(place, ipv6, port);
    else if (!brackets && inet_pton(AF_INET, name, &ipv4) == 1)
        set_ipv4(place, ipv4, port);
    else
        return false;
    return true;
}

/* A socket that is bound to PLACE and listens; -1 and errno if that fails. */
static int open_socket(const struct listen_place *place)
{
    int one = 1, each = 0;
    int fd = socket(place->address.ss_family, SOCK_STREAM, 0);

    if (fd < 0)
        return -1;
    /* A restart does not wait for the connections of the last process; one socket for IPv6 is for IPv4, too. */
    if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) == 0 &&
        (place->address.ss_family != AF_INET6 || setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &each, sizeof each) == 0) &&
        bind(fd, (const struct sockaddr *)&place->address, place->size) == 0 && listen(fd, BACKLOG) == 0)
        return fd;
    int error = errno;
    (void)close(fd);
    errno = error;
    return -1;
}

int listen_open(const struct listen_place *place)
{
    int fd = open_socket(place);

    /* Each address of a machine without IPv6. */
    if (fd < 0 && errno == EAFNOSUPPORT && strchr(place->text, ':') == NULL) {
        struct listen_place ipv4 = *place;
        set_ipv4(&ipv4, (struct in_addr) { htonl(INADDR_ANY) }, read_port(place->text));
        fd = open_socket(&ipv4);
    }
    if (fd < 0) {
        char text[160];
        (void)snprintf(text, sizeof text, "cannot listen on %s: %s", place->text, strerror(errno));
        log_failed_start(text);
    }
    return fd;
}
