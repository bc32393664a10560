/* Policies in texts of each kind: the sections that they become, and the complaints. */
#include "import/source/source.h"
#include "import/catalogue.h"
#include "import/reading.h"
#include "import/write.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* The policy of most cases as one string, with the line ends E; and the section that it becomes. */
#define POLICY(e) "version: STSv1" e "mode: enforce" e "mx: mail.a.example" e "max_age: 604800" e
#define FILLED(max_age) "version: STSv1\nmode: enforce\nmx: mail.a.example\nmax_age: " max_age "\n"
#define VALUES "mode    = enforce\nmx      = mail.a.example\nmax_age = 1w\n"
#define SECTION "[a.example]\n" VALUES
#define BROKEN ";[a.example]\n;mode    =\n;mx      =\n;max_age =\n"
#define SERVER "server { server_name mta-sts.a.example; "
#define IMPORT_IT "import it from where it is served: mta-sts-probe --import\n"
#define COMPUTED                                                                                                                 \
    "the policy is put together when the program runs, and cannot be read; import it from where it is served: mta-sts-probe "    \
    "--import"
struct sample {
    /* DOMAIN: as with --domain. COMPLAINTS without a line end: their beginning; the rest are words of read/policy_rules.c. */
    const char *text, *domain, *out, *complaints;
};

static struct buf complaints;

static void complain(const char *line)
{
    buf_print(&complaints, "%s\n", line);
}

/* Removes the comments for people from TEXT. */
static void drop_remarks(char *text)
{
    char *to = text;

    for (size_t len; *text != '\0'; text += len) {
        len = strcspn(text, "\n") + 1;
        if (strncmp(text, "; ", 2) == 0)
            continue;
        memmove(to, text, len);
        to += len;
    }
    *to = '\0';
}

static void check(const struct sample *samples, size_t count, enum source_kind kind)
{
    for (size_t i = 0; i < count; i++) {
        struct import_job job = { .domain = samples[i].domain, .complain = complain };
        const struct import_source source = { "f", samples[i].text, strlen(samples[i].text), NULL, false };
        struct buf out = { 0 };

        source_import(&job, &source, kind);
        bool is_complete = import_settle(&job);
        import_write(&job.catalogue, false, &out);
        assert_false(job.catalogue.failed || out.failed);
        buf_add(&complaints, "", 0);
        size_t len = strlen(samples[i].complaints);
        if (len > 0 && samples[i].complaints[len - 1] != '\n')
            complaints.text[strlen(complaints.text) < len ? 0 : len] = '\0';
        assert_string_equal(complaints.text, samples[i].complaints);
        buf_add(&out, "", 0);
        drop_remarks(out.text);
        assert_string_equal(out.text, samples[i].out);
        bool is_warning = strstr(samples[i].complaints, "warning: ") != NULL;
        assert_int_equal(is_complete, samples[i].complaints[0] == '\0' || is_warning);
        buf_free(&complaints);
        buf_free(&out);
        catalogue_free(&job.catalogue);
    }
}

static const struct sample policies[] = {
    { POLICY("\r\n"), "a.example", SECTION, "" },
    { POLICY("\n"), "a.example", SECTION, "" },
    { "max_age:604800 \r\nmx:  MAIL.a.example\nmode: enforce\r\nversion: STSv1", "a.example", SECTION, "" },
    { "version: STSv1\nmode: none\nmax_age: 0086400\n", "a.example", "[a.example]\nmode    = none\nmax_age = 1d\n", "" },
    { POLICY("\n") "x: y\n", "a.example", SECTION, "f:5: warning: [a.example] \"x: y\" is an unknown field" },
    { POLICY("\n") "Max-age: 1\n", "a.example", SECTION,
      "f:5: warning: [a.example] \"Max-age: 1\" is an unknown field, which senders are to ignore; did you mean \"max_age\"? "
      "(RFC" },
    { POLICY("\n") "mode: enforce\n", "a.example", ";[a.example]\n;mode    = enforce\n;mx      = mail.a.example\n;max_age = 1w\n",
      "f:5: [a.example] \"mode: enforce\" " },
    { POLICY("\n"), NULL, "",
      "f: no folder names its domain; write --domain NAME, or name its folder as its host, mta-sts.example.org\n" },
};

static const struct sample scripts[] = {
    /* how the value is written */
    { "const m = { \"mta-sts.a.example\": `" POLICY("\n") "` };", NULL, SECTION, "" },
    { "const m = {\n  'a.example':\n`" POLICY("\r\n") "`\n}\nconst x = 1", NULL, SECTION, "" },
    { "m = {\"A.example\": \"" POLICY("\\r\\n") "\",}", NULL, SECTION, "" },
    { "m = {'a.example': '" POLICY("\\n") "' + ''}", NULL, SECTION, "" },
    { "m = {'a.example': 'version: STSv1\\n' +\n 'mode: enforce\\n' + // a comment: \"b.example\": `\n 'mx: mail.a.example\\n' "
      "+ \"max_age: 604800\"}",
      NULL, SECTION, "" },
    { "m = {'a.example': `\n" POLICY("\n") "`.trim()}", NULL, SECTION, "" },
    { "m = {'a.example': ['version: STSv1', 'mode: enforce', 'mx: mail.a.example', 'max_age: 604800'].join('\\n')}", NULL,
      SECTION, "" },
    { "m = {'a.example': ['version: STSv1', 'mode: enforce', 'mx: mail.a.example', 'max_age: 604800',].join(\"\\r\\n\") + "
      "'\\r\\n', }",
      NULL, SECTION, "" },
    { "m = {'a.example': 'v\\x65rsion\\u003a\\u{20}STSv1\\nmode: enforce\\nmx: mail\\\n.a.example\\nmax_age: 604800'}", NULL,
      SECTION, "" },
    { "m = {'a.example': (`" POLICY("\n") "`)}", NULL, SECTION, "" },
    /* where the name is */
    { "m = new Map([['mta-sts.a.example', `" POLICY("\n") "`], ['b.example', `" POLICY("\n") "`]])", NULL,
      "[a.example b.example]\n" VALUES, "" },
    { "m['mta-sts.a.example'] = `" POLICY("\n") "`", NULL, SECTION, "" },
    { "m = {['mta-sts.a.example']: `" POLICY("\n") "`}", NULL, SECTION, "" },
    { "m.set('a.example', `" POLICY("\n") "`)", NULL, SECTION, "" },
    { "switch (h) { case 'mta-sts.a.example': return new Response(`" POLICY("\n") "`, {status: 200}) }", NULL, SECTION, "" },
    { "const policy = `" POLICY("\n") "`", "a.example", SECTION, "" },
    { "{\"mta-sts.a.example\": \"" POLICY("\\n") "\"}", NULL, SECTION, "" },
    /* constants */
    { "const p = `" POLICY("\n") "`;\nconst m = {'a.example': p, 'b.example': p}", NULL, "[a.example b.example]\n" VALUES, "" },
    { "m.set('a.example', p); const p: string = '" POLICY("\\n") "'", NULL, SECTION, "" },
    { "const p = ['version: STSv1', 'mode: enforce', 'mx: mail.a.example', 'max_age: 604800'].join('\\n'); m = [['a.example', "
      "p]]",
      NULL, SECTION, "" },
    { "const p = `" POLICY("\n") "`, q = 1; m = {'a.example': p}; log('c.example', q)", NULL, SECTION, "" },
    { "const p = `" POLICY("\n") "` + q; m = {'a.example': p}", NULL, BROKEN, "f:1: [a.example] " COMPUTED "\n" },
    { "const p = `" POLICY("\n") "`; { const p = `" POLICY("\n") "`; } m = {'a.example': p}", "b.example",
      BROKEN "\n[b.example]\n" VALUES, "f:9: [a.example] " COMPUTED "\n" },
    /* constants in a template string */
    { "const MAX = 604800;\nm = {'a.example': `" FILLED("${MAX}") "`}", NULL, SECTION, "" },
    { "m = {'a.example': `" FILLED("${ MAX }") "`}\nconst MAX = '604800'", NULL, SECTION, "" },
    { "const MAX = 604800; const p = `" FILLED("${MAX}") "`; m = {'a.example': p}; h = `max-age=${MAX}`", NULL, SECTION, "" },
    { "const MAX = 604800\nm = {'a.example': `" FILLED("${MAX * 2}") "`}", NULL, BROKEN, "f:2: [a.example] " COMPUTED "\n" },
    { "const MAX = 7 * 86400;\nm = {'a.example': `" FILLED("${MAX}") "`}", NULL, BROKEN, "f:2: [a.example] " COMPUTED "\n" },
    { "const MAX = 7\n * 86400;\nm = {'a.example': `" FILLED("${MAX}") "`}", NULL, BROKEN, "f:3: [a.example] " COMPUTED "\n" },
    { "const MAX = 604_800;\nm = {'a.example': `" FILLED("${MAX}") "`}", NULL, BROKEN, "f:2: [a.example] " COMPUTED "\n" },
    { "const MAX = 0644;\nm = {'a.example': `" FILLED("${MAX}") "`}", NULL, BROKEN, "f:2: [a.example] " COMPUTED "\n" },
    { "const MAX = '\\x36';\nm = {'a.example': `" FILLED("${MAX}") "`}", NULL, BROKEN, "f:2: [a.example] " COMPUTED "\n" },
    { "let MAX = 604800;\nm = {'a.example': `" FILLED("${MAX}") "`}", NULL, BROKEN, "f:2: [a.example] " COMPUTED "\n" },
    { "const MAX = 604800;\nm = (MAX) => ({'a.example': `" FILLED("${MAX}") "`})", NULL, BROKEN,
      "f:2: [a.example] " COMPUTED "\n" },
    { "const MAX = 604800;\n{ const MAX = 1; m = {'a.example': `" FILLED("${MAX}") "`} }", NULL, BROKEN,
      "f:2: [a.example] " COMPUTED "\n" },
    { "const MAX = 604800;\nm = {'a.example': '" POLICY("\\n") "'}\nconst more = `max_age: ${MAX}`", NULL, SECTION,
      "f:3: no host name is before this policy" },
    /* what is around */
    { "import x from 'y.example'; const r = /[\"'`/]/.test(a / 2) ? 'b.example' : `${ f({a: `}`}) }`\nm = {'a.example': `" POLICY(
          "\n") "`}",
      NULL, SECTION, "" },
    { "/* 'b.example': `version: STSv1` */ m = {'a.example': `" POLICY("\n") "`}", NULL, SECTION, "" },
    { "const hosts = ['mta-sts.b.example', 'mta-sts.c.example']; m = {'a.example': `" POLICY("\n") "`}", NULL, SECTION, "" },
    /* our own */
    { "// made by \"mta-sts export --worker\".\nconst policies = new Map([\n    [\"a.example\", \"" POLICY(
          "\\r\\n") "\"],\n]);\nconst other = \"" POLICY("\\r\\n") "\";",
      NULL, "[* a.example]\n" VALUES, "" },
    { "// made by \"mta-sts export --worker\".\nconst policies = new Map([\n    [\"a.example\", null],\n]);\nconst other = "
      "undefined;",
      NULL, BROKEN, "f:3: [a.example] there is no policy: policies.ini had a mistake when the Worker was exported\n" },
    /* what cannot be read */
    { "m = {'a.example': `version: STSv1\nmode: ${mode}\nmx: a.example\nmax_age: 604800`}", NULL, BROKEN,
      "f:1: [a.example] " COMPUTED "\n" },
    { "m = {'a.example': 'version: STSv1\\n' + rest}", NULL, BROKEN, "f:1: [a.example] " COMPUTED "\n" },
    { "m = {'a.example': google}", NULL, BROKEN, "f:1: [a.example] " COMPUTED "\n" },
    { "m = {'a.example': `version: STSv1`.replace('x', 'y')}", NULL, BROKEN, "f:1: [a.example] " COMPUTED "\n" },
    { "m = {'a.example': {mode: 'enforce'}}", NULL, BROKEN, "f:1: [a.example] " COMPUTED "\n" },
    { "m = {'a.example': ['version: STSv1'].join('')}", NULL, BROKEN, "f:1: [a.example] " COMPUTED "\n" },
    { "m = {'a.example': `version: STSv1\n", NULL, BROKEN, "f:1: [a.example] the string has no end; close it\n" },
    { "switch (h) { case 'mta-sts.a.example': case 'mta-sts.b.example': return `" POLICY("\n") "` }", NULL,
      BROKEN "\n[b.example]\n" VALUES, "f:1: [a.example] the policy is that of the case below; write it behind each of them\n" },
    { "m.set('a.example', google(1))", NULL, BROKEN, "f:1: [a.example] " COMPUTED "\n" },
    /* what follows it, or is added to it */
    { "m = {'a.example': ('" POLICY("\\n") "' 'mx: b.example\\n')}", NULL, BROKEN, "f:1: [a.example] " COMPUTED },
    { "m = {'a.example': '" POLICY("\\n") "' && x}", NULL, BROKEN, "f:1: [a.example] " COMPUTED },
    { "m = {'a.example': '" POLICY("\\n") "'.trim() + x}", NULL, BROKEN, "f:1: [a.example] " COMPUTED },
    { "m = {'a.example': `\n" POLICY("\n") "`.trim() + '\\n' as string}", NULL, SECTION, "" },
    { "m['a.example'] = '" POLICY("\\n") "'\nm['a.example'] += x", NULL,
      ";[a.example]\n;mode    = enforce\n;mx      = mail.a.example\n;max_age = 1w\n" BROKEN, "f:2: [a.example] " COMPUTED },
    { "m = {'a.example': '" POLICY("\\n") "'}\nr = m[h] + 'mx: b.example'", NULL, BROKEN,
      "f:1: [a.example] line 2 has a part of a policy, perhaps of this one; import it" },
    { "m = {'a.example': '" POLICY("\\n") "'}\nconst more = 'mx: b.example'", NULL, BROKEN,
      "f:1: [a.example] line 2 has a part of a policy, perhaps of this one; import it" },
    { "m = {'a.example': '" POLICY("\\n") "'}\nok = p.includes('mx: ') && p.includes('STSv1')", NULL, SECTION,
      "f:2: no host name is before this policy; " },
    { "# 'a.example': 'old'\nm = {'a.example': '" POLICY("\\n") "'}", NULL, BROKEN,
      "f:2: [a.example] line 1 is no JavaScript, in which # begins no comment; import it" },
    { "class C { #x }; if (x) /'/.test(y); m = {'a.example': '" POLICY("\\n") "'}", NULL, SECTION, "" },
    { "m = {'a.example': '" POLICY("\\n") "'}; x } /'/.test(y)", NULL, SECTION, "f:1: the string has no end; close it\n" },
    { "m = {'a.example': '" POLICY("\\n") "'}; x } /`/.test(y)", NULL, BROKEN,
      "f:1: [a.example] line 1 has a string without an end, so that others may be read wrongly; import it" },
    { "const policy = `" POLICY("\n") "`", NULL, "",
      "f:1: no host name is before this policy; write --domain NAME if it is for one domain, or write it as [*] if it "
      "answers for all that are not named\n" },
    { "const x = 1", NULL, "", "f: no policy is in it: a policy has to be a string behind the name of its host\n" },
    { "", NULL, "", "f: no policy is in it: a policy has to be a string behind the name of its host\n" },
    /* what is wrong, and in which line */
    { "m = {\n'a.example': `version: STSv1\nmode: enforce\n# x\nmx: mail.a.example\nmax_age: 604800`}", NULL,
      ";[a.example]\n;mode    = enforce\n;mx      = mail.a.example\n;max_age = 1w\n", "f:4: [a.example] \"# x\" has no colon" },
    { "m = {'a.example': `" POLICY("\n") "`,\n\n'mta-sts.a.example': `version: STSv1\nmode: none\nmax_age: 60`}", NULL,
      ";[a.example]\n;mode    = enforce\n;mx      = mail.a.example\n;max_age = 1w\n;[a.example]\n;mode    = none\n;max_age = "
      "60\n",
      "[a.example] f:1 and f:7 do not have the same policy; leave one of them out\n" },
};

static const struct sample nginx[] = {
    { "server { server_name mta-sts.a.example; location = /.well-known/mta-sts.txt { return 200 \"" POLICY("\\r\\n") "\"; } }",
      NULL, SECTION, "" },
    { "server {\n location ~* ^/\\.WELL-known/mta-sts\\.txt$ {\n return 200 '" POLICY(
          "\n") "'; }\n server_name www.x.example mta-sts.a.example "
                "\"mta-sts.b.example\"; # c\n }",
      NULL, "[a.example b.example]\n" VALUES, "" },
    { "server { server_name mta-sts.a.example; return 200 \"" POLICY("\\n") "\"; }\nserver { server_name x.example; return 301 "
                                                                            "https://y.example$request_uri; }",
      NULL, SECTION, "" },
    { "location ^~ /.well-known/ { return 200 \"" POLICY("\\n") "\"; }", "a.example", SECTION, "" },
    { "map $host $p { hostnames; default ''; mta-sts.a.example \"" POLICY(
          "\\n") "\"; }\nserver { server_name mta-sts.a.example "
                 "mta-sts.b.example; location = /.well-known/mta-sts.txt { return 200 $p; } }",
      NULL, SECTION, "" },
    { "mta-sts.a.example \"" POLICY("\\n") "\";", NULL, SECTION, "" },
    /* what is perhaps not served */
    { SERVER "location @mta-sts { return 200 \"" POLICY("\\n") "\"; } }", NULL, BROKEN,
      "f:1: [a.example] the policy is in a block that is perhaps not reached for each request, such as if; " IMPORT_IT },
    { SERVER "if ($host = x) { return 200 \"" POLICY("\\n") "\"; } }", NULL, BROKEN,
      "f:1: [a.example] the policy is in a block that is perhaps not reached for each request, such as if; " IMPORT_IT },
    { SERVER "location = /.well-known/mta-sts.txt x { return 200 \"" POLICY("\\n") "\"; } }", NULL, BROKEN,
      "f:1: [a.example] the policy is in a block that is perhaps not reached for each request, such as if; " IMPORT_IT },
    { SERVER "location ~ mta-sts.(txt|md)$ { return 200 \"" POLICY("\\n") "\"; } }", NULL, BROKEN,
      "f:1: [a.example] the policy is in a block that is perhaps not reached for each request, such as if; " IMPORT_IT },
    { SERVER "location / { if ($host = x) { return 404; } } return 200 \"" POLICY("\\n") "\"; }", NULL, BROKEN,
      "f:1: [a.example] the server has an \"if\" about the name of the host; " IMPORT_IT },
    { SERVER "return 301 https://x.example; location / { return 200 \"" POLICY("\\n") "\"; } }", NULL, BROKEN,
      "f:1: [a.example] the server returns something else, whatever its locations have; " IMPORT_IT },
    { SERVER "location = /mta-sts.txt { return 200 \"" POLICY("\\n") "\"; } location ~ mta-sts.txt$ { } }", NULL, BROKEN,
      "f:1: [a.example] another location answers for /.well-known/mta-sts.txt, or none does; " IMPORT_IT },
    { SERVER "location / { return 200 \"" POLICY("\\n") "\"; } location ~ /\\. { deny all; } }", NULL, BROKEN,
      "f:1: [a.example] another location answers for /.well-known/mta-sts.txt, or none does; " IMPORT_IT },
    { SERVER
      "location ^~ /.well-known { return 200 \"" POLICY("\\n") "\"; } location ~ /\\. { deny all; } location / { return 200 "
                                                               "\"version: STSv1\\n\"; } }",
      NULL, SECTION, "" },
    { SERVER "location = /.well-known/mta-sts.txt { return 404; } location ~ ^/.well-known/mta-sts { return 200 \"" POLICY(
          "\\n") "\"; } }",
      NULL, BROKEN, "f:1: [a.example] another location answers for /.well-known/mta-sts.txt, or none does; " IMPORT_IT },
    { SERVER "location / { location = /.well-known/mta-sts.txt { return 200 \"" POLICY("\\n") "\"; } } }", NULL, BROKEN,
      "f:1: [a.example] the policy is in a block that is perhaps not reached for each request, such as if; " IMPORT_IT },
    { "map $host $p { mta-sts.a.example \"" POLICY("\\n") "\"; }\n" SERVER "location /x { return 200 $p; } }", NULL, BROKEN,
      "f:1: [a.example] no server returns this policy of the map; " IMPORT_IT },
    { "map $host $p { mta-sts.a.example \"" POLICY("\\n") "\"; }\nserver { server_name mta-sts.*; return 200 $p; }", NULL,
      SECTION, "" },
    { "map $host $p { mta-sts.a.example \"" POLICY("\\n") "\"; }", NULL, SECTION, "" },
    { "map $uri $p { mta-sts.a.example \"" POLICY("\\n") "\"; }", NULL, "",
      "f:1: this policy is neither in a return 200 nor in a map of $host, and cannot be read; " IMPORT_IT },
    { "map $host $p { include b.map; mta-sts.a.example \"" POLICY("\\n") "\"; }", NULL, SECTION,
      "f:1: this file of the map is not read; import it, too\n" },
    { "server { server_name mta-sts.a.example *.b.example .c.example; return 200 \"" POLICY("\\n") "\"; }", NULL, SECTION,
      "f:1: a name in server_name is not that of one policy host; " },
    { SERVER "return 200 \"" POLICY("\\n") "\";\n", NULL, BROKEN,
      "f: a block has no \"}\"; close it\nf:1: [a.example] the file ends within this server; import the whole file\n" },
    { SERVER "return 200 \"" POLICY("\\n") "\"; }\nserver { return 200 \"x; }", NULL, SECTION,
      "f:2: the string that begins here has no end; close it\n" },
    { "map $host $policy { default ''; mta-sts.a.example \"" POLICY("\\n") "\"; }", NULL, SECTION, "" },
    { "http { server { server_name mta-sts.a.example; location / { if ($x) { return 200 ok; } return 200 \"" POLICY(
          "\\n") "\"; } } }",
      NULL, SECTION, "" },
    { "server { server_name *.a.example ~^mta-sts\\.(.+)$; return 200 \"" POLICY("\\n") "\"; }", NULL, "",
      "f:1: server_name is a pattern, and its hosts are not known; write --domain NAME if it is for one domain, a section [*] if "
      "it is for all others, or " IMPORT_IT },
    { "server { server_name www.a.example; return 200 \"" POLICY("\\n") "\"; }", NULL, "",
      "f:1: no server_name with the name of a policy host is beside this policy; write --domain NAME if it is for one domain\n" },
    { "server { server_name mta-sts.a.example; return 200 \"version: STSv1\\nmx: mail.$host\\n\"; }", NULL, BROKEN,
      "f:1: [a.example] the policy contains a variable of nginx, and cannot be read; import it from where it is served: "
      "mta-sts-probe --import\n" },
    { "server { server_name mta-sts.a.example; location /.well-known/mta-sts.txt { return 200 \"no\"; } }", NULL, BROKEN,
      "f:1: [a.example] \"no\" is not a policy" },
    { "server {\n server_name x.example\n mta-sts.a.example;\n root /var/www; }", NULL, "",
      "f:2: [a.example] this server returns no policy; import the folder of its mta-sts.txt, too, or " IMPORT_IT },
    { "server { server_name mta-sts.a.example; return 301 https://$host; }\n" SERVER "return 200 \"" POLICY("\\n") "\"; }", NULL,
      SECTION, "" },
    { SERVER "location = /.well-known/mta-sts.txt { return 200 \"mode: enforce\\nmx: mail.a.example\\nmax_age: 604800\\n\"; } }",
      NULL, ";[a.example]\n;mode    = enforce\n;mx      = mail.a.example\n;max_age = 1w\n",
      "f:1: [a.example] \"version\" is missing" },
    { SERVER
      "return 200 \"version: STSv1\\nmode: none\\nmax_age: 1\\nmx: m.a.example\"; }\n"
      "server { server_name mta-sts.b.example; return 200 \"version: STSv1\\nmode: none\\nmax_age: 1\\nmx: m.b.example\"; }",
      NULL, "[a.example b.example]\nmode    = none\nmx      = m.{domain}\nmax_age = 1\n", "" },
    { "server { listen 80; }", NULL, "", "f: no policy is in it: it has no return 200 \"...\" with a policy\n" },
};

#define CHECK_ALL(samples, kind) check(samples, sizeof(samples) / sizeof *(samples), kind)

static void reads_policies(void **state)
{
    (void)state;
    CHECK_ALL(policies, SOURCE_POLICY);
}

static void reads_scripts(void **state)
{
    (void)state;
    CHECK_ALL(scripts, SOURCE_SCRIPT);
}

static void reads_nginx(void **state)
{
    (void)state;
    CHECK_ALL(nginx, SOURCE_NGINX);
}

/* The comments hold no header that a reader of INI files could take for one, and no line that is too long. */
static void tames_comments(void **state)
{
    static const char text[] = "version: STSv1\nx[b.example]mode = none \\\n";
    struct import_job job = { .domain = "a.example", .complain = complain };
    const struct import_source source = { "[b.example]", text, sizeof text - 1, NULL, false };
    struct buf out = { 0 };

    (void)state;
    source_import(&job, &source, SOURCE_POLICY);
    assert_false(import_settle(&job));
    import_write(&job.catalogue, false, &out);
    assert_non_null(strstr(out.text, "\n; (b.example):2: \"x(b.example)mode = none"));
    assert_null(strstr(out.text, "[b.example]"));
    buf_free(&complaints);
    buf_free(&out);
    catalogue_free(&job.catalogue);
}

/* As it is served here, with CRLF and a space in each line, it would be too large. */
static void refuses_what_grows_too_large(void **state)
{
    struct import_job job = { .domain = "a.example", .complain = complain };
    struct buf text = { 0 };

    (void)state;
    buf_print(&text, "version:STSv1\nmode:enforce\nmax_age:604800\n");
    for (unsigned i = 0; text.len < 65500; i++)
        buf_print(&text, "mx:%u.example\n", i);
    const struct import_source source = { "f", text.text, text.len, NULL, false };
    source_import(&job, &source, SOURCE_POLICY);
    assert_true(job.incomplete && job.catalogue.count == 1 && job.catalogue.items[0].is_wrong);
    assert_string_equal(complaints.text, "f:1: [a.example] with CRLF and a space in each line the policy is over 65,536 bytes; "
                                         "write fewer mx lines (RFC 8461 3.3)\n");
    buf_free(&complaints);
    buf_free(&text);
    catalogue_free(&job.catalogue);
}

static void tells_kinds_by_content(void **state)
{
    static const struct sample samples[] = {
        { POLICY("\n"), "a.example", SECTION, "" },
        { "export const m = {'a.example': `" POLICY("\n") "`}", NULL, SECTION, "" },
        { "server { server_name mta-sts.a.example; return 200 \"" POLICY("\\n") "\"; }", NULL, SECTION, "" },
    };

    (void)state;
    CHECK_ALL(samples, SOURCE_UNKNOWN);
    assert_int_equal(source_kind_of("x/mta-sts.txt"), SOURCE_POLICY);
    assert_int_equal(source_kind_of("worker.mjs"), SOURCE_SCRIPT);
    assert_int_equal(source_kind_of("mta-sts.txt"), SOURCE_POLICY);
    assert_int_equal(source_kind_of("x/old-mta-sts.txt"), SOURCE_UNKNOWN);
    assert_int_equal(source_kind_of("a.conf"), SOURCE_NGINX);
    assert_int_equal(source_kind_of("js"), SOURCE_UNKNOWN);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(reads_policies), cmocka_unit_test(reads_scripts),
                                        cmocka_unit_test(reads_nginx),    cmocka_unit_test(tells_kinds_by_content),
                                        cmocka_unit_test(tames_comments), cmocka_unit_test(refuses_what_grows_too_large) };

    return cmocka_run_group_tests_name("import_source", tests, NULL, NULL);
}
