/* Who signed a mail by DKIM, as the receiving mail server found out and wrote into Authentication-Results (RFC 8601). Pure. */
#ifndef REPORTS_TAKE_SIGNER_H
#define REPORTS_TAKE_SIGNER_H

enum { SIGNER_SIZE = 256 };

enum signer_found {
    SIGNER_NOT_HERE, /* the field is another server's, or says nothing of DKIM: look at the next one */
    SIGNER_NONE,     /* the signature is not valid, or the field cannot be read: it counts, whatever others say */
    SIGNER_DOMAIN
};

/*
 * Reads VALUE, the value of a field Authentication-Results. IDS: the names of the servers that are believed (RFC 8601 2.2,
 * authserv-id), separated by commas. Of several signatures the first one in the field counts. With SIGNER_DOMAIN, DOMAIN becomes
 * its domain (header.d), in ASCII and lower case, without white space. Else it is undefined.
 */
enum signer_found signer_read(const char *value, const char *ids, char domain[SIGNER_SIZE]);

#endif
