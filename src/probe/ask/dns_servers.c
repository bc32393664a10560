#include "probe/ask/dns_servers.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum { PORT_MAX = 65535, PORT_DIGITS = 5 };

/* LEN bytes at TEXT: an address, an IPv6 address perhaps with a zone. */
static bool is_address(const char *text, size_t len)
{
    unsigned char bytes[sizeof(struct in6_addr)];
    char address[PROBE_DNS_SERVER_SIZE];

    if (len >= sizeof address)
        return false;
    (void)snprintf(address, sizeof address, "%.*s", (int)len, text);
    if (inet_pton(AF_INET, address, bytes) == 1)
        return true;
    address[strcspn(address, "%")] = '\0';
    return inet_pton(AF_INET6, address, bytes) == 1;
}

/* LEN bytes at TEXT: ":53"; or nothing. */
static bool is_port(const char *text, size_t len)
{
    if (len == 0)
        return true;
    if (text[0] != ':' || len == 1 || len > PORT_DIGITS + 1 || strspn(text + 1, "0123456789") < len - 1)
        return false;
    unsigned long port = strtoul(text + 1, NULL, 10);
    return port > 0 && port <= PORT_MAX;
}

bool probe_dns_servers_next(const char **at, char server[PROBE_DNS_SERVER_SIZE])
{
    const char *text = *at, *address = text;
    size_t all = strcspn(text, ","), len = all;
    const char *port = memchr(text, ':', all);

    *at = text + all + (text[all] == ',');
    if (text[0] == '[') {
        address++;
        len = strcspn(address, "],");
        if (address[len] != ']')
            return false;
        port = address + len + 1;
    } else if (port != NULL && memchr(port + 1, ':', (size_t)(text + all - port - 1)) == NULL) {
        len = (size_t)(port - text);
    } else {
        port = text + all; /* an IPv6 address */
    }
    size_t port_len = (size_t)(text + all - port);
    if (!is_address(address, len) || !is_port(port, port_len))
        return false;
    int written = snprintf(server, PROBE_DNS_SERVER_SIZE, "%.*s%s%.*s", (int)len, address, port_len > 0 ? "@" : "",
                           port_len > 0 ? (int)port_len - 1 : 0, port_len > 0 ? port + 1 : "");
    return written > 0 && written < PROBE_DNS_SERVER_SIZE;
}

bool probe_dns_servers_line(const char *line, char server[PROBE_DNS_SERVER_SIZE])
{
    static const char key[] = "nameserver", blank[] = " \t";
    const char *text = line + strspn(line, blank);

    if (strncmp(text, key, sizeof key - 1) != 0)
        return false;
    text += sizeof key - 1;
    size_t gap = strspn(text, blank), len = strcspn(text + gap, " \t\r\n#;");
    if (gap == 0 || len >= PROBE_DNS_SERVER_SIZE || !is_address(text + gap, len))
        return false;
    (void)snprintf(server, PROBE_DNS_SERVER_SIZE, "%.*s", (int)len, text + gap);
    return true;
}
