#include "probe/ask/idn.h"

#include "policy/domain.h"

#include <curl/curl.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>

/* Newer than 7.88. */
#ifdef CURLU_PUNYCODE
static char *convert(const char *name)
{
    CURLU *url = curl_url();
    char *host = NULL;

    if (url != NULL && curl_url_set(url, CURLUPART_SCHEME, "https", 0) == CURLUE_OK &&
        curl_url_set(url, CURLUPART_HOST, name, 0) == CURLUE_OK)
        (void)curl_url_get(url, CURLUPART_HOST, &host, CURLU_PUNYCODE);
    curl_url_cleanup(url);
    return host;
}
#else
static char *convert(const char *name)
{
    (void)name;
    return NULL;
}
#endif

bool probe_idn_ascii(const char *name, char ascii[DOMAIN_MAX + 1])
{
    /* libcurl takes the name for a text in the encoding of the locale. */
    locale_t utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
    if (utf8 == (locale_t)0)
        return false;
    locale_t before = uselocale(utf8);
    char *host = convert(name);
    (void)uselocale(before);
    freelocale(utf8);
    bool good = host != NULL && strlen(host) <= DOMAIN_MAX && domain_fault(host, strlen(host)) != DOMAIN_NOT_ASCII;
    if (good)
        (void)snprintf(ascii, DOMAIN_MAX + 1, "%s", host);
    curl_free(host);
    return good;
}
