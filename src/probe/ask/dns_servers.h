/* Which name servers are asked, as an option or resolv.conf(5) names them. Pure. */
#ifndef PROBE_ASK_DNS_SERVERS_H
#define PROBE_ASK_DNS_SERVERS_H

#include <stdbool.h>
#include <stddef.h>

/* A server as libunbound takes it: "192.0.2.53", "2001:db8::53@5353", "fe80::53%eth0". */
#define PROBE_DNS_SERVER_SIZE 80

/*
 * Reads the server at *AT in a list such as "192.0.2.53,[2001:db8::53]:5353" into SERVER; *AT is then at the next one, or at the
 * end. Brackets are needed around an IPv6 address with a port. False where there is no address, or the port is not from 1 to
 * 65535.
 */
bool probe_dns_servers_next(const char **at, char server[PROBE_DNS_SERVER_SIZE]);

/* Reads LINE of resolv.conf(5) into SERVER. False where it names no server, or one whose address is not valid. */
bool probe_dns_servers_line(const char *line, char server[PROBE_DNS_SERVER_SIZE]);

#endif
