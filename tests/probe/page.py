#!/usr/bin/python3
"""page.py CHECK FILE [ARGUMENT...]: loads the page FILE in headless Chromium, uses it as CHECK says, and reports what is not as it should be."""
import json
import os
import re
import subprocess
import sys
import time

import html5lib
from chromium import Chromium

# What the probe says of an answer that was late; "renew it in time" is advice.
LATE = re.compile("(?<!renew it) in time|no time left")
# From bad to good, as the page sorts: the classes s2, s3, s1 and s0.
WORST_FIRST = ["s2", "s3", "s1", "s0"]
# All that the page consists of. No text of others becomes one more.
ELEMENTS = set("""html head meta link title style body header h1 p time main section h2 div label input select option button output table caption thead
    tbody tr th td b details summary dl dt dd code a h3 h4 ul li strong span script""".upper().split())
# The same for the pages of mta-sts-reports, which have plots.
ELEMENTS_REPORTS = (ELEMENTS - {"CODE", "A", "H3", "H4"}) | {"FIGURE", "FIGCAPTION", "svg", "path"}
# What the title begins with; all that the page consists of; the words in its first column.
KINDS = [("MTA-STS, 20", ELEMENTS, "ok|warn|FAIL|\\?"),
         ("TLS reports, 20", ELEMENTS_REPORTS, "ready|not yet|wait|no reports|enforced|failing|mode none|unknown")]
ROWS = "Array.from(document.querySelectorAll('tbody tr'))"
SHOWN = ROWS + ".filter((row) => row.getClientRects().length > 0)"
DOMAINS = "(%s).map((row) => row.id)"
CONTRAST = """(() => {
    const numbers = (colour) => colour.match(/[0-9.]+/g).map(Number);
    const light = ([r, g, b]) => [r, g, b].map((c) => (c /= 255) <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
        .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
    const ground = (element) => {
        for (let at = element; at; at = at.parentElement) {
            const colour = numbers(getComputedStyle(at).backgroundColor);
            if (colour.length < 4 || colour[3] === 1) return colour;
        }
        return [255, 255, 255];
    };
    const worst = {};
    for (const element of document.querySelectorAll("body *")) {
        const has = Array.from(element.childNodes).some((node) => node.nodeType === 3 && node.data.trim());
        if (!has || element.getClientRects().length === 0 || element.tagName === "OPTION") continue;
        const [a, b] = [light(numbers(getComputedStyle(element).color)), light(ground(element))].sort((x, y) => y - x);
        const ratio = (a + 0.05) / (b + 0.05);
        const name = element.tagName + "." + element.className;
        worst[name] = Math.min(worst[name] || 99, ratio);
    }
    return worst;
})()"""

faults = []


def expect(good, *what):
    if not good:
        faults.append(" ".join(map(str, what)))


def url(file, target=""):
    return "file://" + os.path.abspath(file) + target


def results(name):
    with open(name, encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def kind(page):
    """What is expected of this page; see KINDS."""
    title = page.value("document.title")
    found = [one for one in KINDS if title.startswith(one[0])]
    expect(found, "title:", title)
    return found[0] if found else KINDS[0]


def quiet(page, file):
    """Nothing but the page itself was asked for, and nothing was forbidden or went wrong."""
    asked = [event["request"]["url"].partition("#")[0] for event in page.seen("Network.requestWillBeSent")]
    expect([one for one in asked if one != "data:,"] == [url(file)], "requests:", asked)
    wrong = page.seen("Log.entryAdded") + page.seen("Runtime.exceptionThrown") + page.seen("Runtime.consoleAPICalled")
    expect(not wrong, "the browser says:", wrong)


def markup(page, file):
    """The markup is valid, and no text of others is markup or runs."""
    with open(file, "rb") as text:
        bytes_ = text.read()
    expect(all(byte == 10 or 32 <= byte < 127 for byte in bytes_), "not ASCII")
    parser = html5lib.HTMLParser()
    parser.parse(bytes_)
    expect(not parser.errors, parser.errors[:5])
    for script in (True, False):
        page.load(url(file), script=script)
        quiet(page, file)
        elements = set(page.value("Array.from(document.querySelectorAll('*')).map((element) => element.tagName)"))
        expect(elements <= kind(page)[1], elements - kind(page)[1])
        expect(page.value("document.scripts.length") == 1 and page.value("document.styleSheets.length") == 1, "scripts and styles")
        names = set(page.value("Array.from(document.querySelectorAll('*')).flatMap((element) => element.getAttributeNames())"))
        expect(not [name for name in names if name.startswith("on") or name in ("src", "style", "action")], names)
        expect(page.value("document.documentElement.lang") == "en", "lang")


def forbids(page, file):
    """Whatever else got into the page would not run, and would ask nobody."""
    page.load(url(file))
    title = page.value("document.title")
    page.value("""(() => {
        const script = document.createElement("script");
        script.textContent = "document.title = 'taken'";
        document.body.append(script);
        document.body.insertAdjacentHTML("beforeend", "<img src='http://127.0.0.1:9/x' onerror='document.title = 1'><p style='color: red' id='p'>");
    })()""")
    answer = page.value("fetch('http://127.0.0.1:9/x').then(() => 'sent', (error) => String(error))")
    expect("Failed to fetch" in answer, answer)
    expect(page.value("document.title") == title, "a script ran")
    expect(page.value("getComputedStyle(document.getElementById('p')).color") != "rgb(255, 0, 0)", "a style counts")
    violations = " ".join(event["entry"]["text"] for event in page.seen("Log.entryAdded"))
    expect(all(name in violations for name in ("script-src", "style-src", "img-src")) and "Refused to connect" in violations or
           "connect-src" in violations, violations)


def complete(page, file, found):
    """With and without the script: all that was found is there, and the summary stands before the table.

    FOUND is of another run. On a busy machine other answers are late in it: such domains are left out.
    """
    for script in (True, False):
        page.load(url(file), script=script)
        quiet(page, file)
        texts = page.value("Object.fromEntries(%s.map((row) => [row.id, row.textContent]))" % ROWS)
        expect(list(texts) == [one["domain"] for one in results(found)], "other domains")
        same = [one for one in results(found) if not LATE.search(json.dumps(one)) and not LATE.search(texts.get(one["domain"], ""))]
        expect(len(same) > len(texts) / 2, "too many domains were late:", len(texts) - len(same))
        for one in same:
            wanted = [one["effect"], one["publish"]] + [part["summary"] for name, part in one["checks"].items() if name != "ini"]
            wanted += [finding["text"] for part in one["checks"].values() for finding in part["findings"]]
            for text in wanted:
                # Times differ from one run to the next.
                expect(not text or " ms" in text or text in texts.get(one["domain"], ""), one["domain"], "lacks", text)
        top = "document.getElementById('%s').getBoundingClientRect().top"
        expect(page.value(top % "_summary") < page.value(top % "_table"), "the summary stands below the table")
        expect(not page.value("document.getElementById('_part').getClientRects().length"), "it says that it is not complete")
        expect(page.value("document.getElementById('_tools').getClientRects().length > 0") == script, "tools, script", script)
        counts = [page.value("document.querySelectorAll('tbody tr.%s').length" % name) for name in WORST_FIRST]
        told = page.value("Array.from(document.querySelectorAll('.counts strong')).map((one) => Number(one.textContent))")
        expect(counts == told and sum(counts) == len(texts), "counts", counts, told)


def part(page, file):
    """A page that was cut says so, and has no summary."""
    for script in (True, False):
        page.load(url(file), script=script)
        expect(page.value("document.getElementById('_part').getClientRects().length"), "it does not say that it is not complete")
        expect(page.value("document.getElementById('_summary')") is None, "it has a summary")


def order(page, expression):
    return page.value("%s.map((row) => %s)" % (ROWS, expression))


def click(page, selector):
    at = page.value("""(() => { const element = document.querySelector(%s); element.scrollIntoView({ block: "center" });
        const box = element.getBoundingClientRect(); return { x: box.x + box.width / 2, y: box.y + box.height / 2 }; })()""" % json.dumps(selector))
    for kind in ("mousePressed", "mouseReleased"):
        page.call("Input.dispatchMouseEvent", type=kind, button="left", clickCount=1, **at)


def sorts(page, file):
    """By mouse and by keyboard, with the numbers in names as numbers, and back."""
    page.load(url(file))
    domains = order(page, "row.id")
    number = {domain: int(domain[1:].partition(".")[0]) for domain in domains}
    expect(sorted(domains, key=number.get) == domains and len(domains) > 10, "the file's order")
    click(page, "thead th:nth-child(2) button")
    expect(order(page, "row.id") == domains, "by domain:", order(page, "row.id")[:12])
    click(page, "thead th:nth-child(2) button")
    expect(order(page, "row.id") == domains[::-1], "backwards:", order(page, "row.id")[:12])
    expect(page.value("document.querySelector('thead th:nth-child(2)').getAttribute('aria-sort')") == "descending", "aria-sort")
    # The first button after the fields is that of the status.
    page.value("document.getElementById('_open').focus()")
    page.press("Tab")
    expect(page.value("document.activeElement.textContent") == "Status", "Tab leads to", page.value("document.activeElement.textContent"))
    expect(page.value("getComputedStyle(document.activeElement).outlineStyle") == "solid", "no focus is shown")
    page.press("Enter")
    ranks = order(page, "row.className")
    expect(ranks == sorted(ranks, key=WORST_FIRST.index) and ranks[0] == "s2" and ranks[-1] == "s0", "by status:", ranks[:5])
    expect(page.value("document.querySelectorAll('[aria-sort]').length") == 1, "aria-sort at several")


def ranks(page, file):
    """By status: the worst first, and within each as they were."""
    page.load(url(file))
    before = order(page, "[row.className, row.id]")
    click(page, "thead th:nth-child(1) button")
    expect(order(page, "[row.className, row.id]") == sorted(before, key=lambda row: WORST_FIRST.index(row[0])), "the worst do not stand first")
    expect({row[0] for row in before} == set(WORST_FIRST), "not all statuses are on the page")


def filters(page, file):
    """By what is typed, and by status; both at once; a link to a domain opens it."""
    page.load(url(file))
    all_ = order(page, "row.id")
    shown = lambda: page.value(DOMAINS % SHOWN)
    told = lambda: page.value("document.getElementById('_shown').textContent")
    page.value("document.getElementById('_find').focus()")
    page.type("D1")
    expect(shown() == [domain for domain in all_ if "d1" in domain], "D1:", shown())
    expect(told() == "%d of %d shown" % (len(shown()), len(all_)), told())
    page.value("document.getElementById('_find').select()")
    page.type("nowhere")
    expect(shown() == [], "nowhere:", shown())
    page.value("document.getElementById('_find').select()")
    page.type(" ")
    expect(shown() == all_, "all")
    choose = "(() => { const status = document.getElementById('_status'); status.value = '%s'; status.dispatchEvent(new Event('change')); })()"
    page.value(choose % "123")
    bad = page.value(DOMAINS % (ROWS + ".filter((row) => row.className !== 's0')"))
    expect(shown() == bad and 0 < len(bad) < len(all_), "all but ok:", shown())
    page.value(choose % "0")
    expect(shown() == [domain for domain in all_ if domain not in bad], "ok:", shown()[:5])
    page.value(choose % "0123")
    click(page, "#_open")
    expect(page.value("document.querySelectorAll('tbody details:not([open])').length") == 0, "not all are open")
    click(page, "#_open")
    expect(page.value("document.querySelectorAll('tbody details[open]').length") == 0, "not all are closed")
    page.value("document.querySelector('tbody summary').focus()")
    page.press("Enter")
    expect(page.value("document.querySelectorAll('tbody details[open]').length") == 1, "the keyboard opens nothing")
    page.load("about:blank")
    page.load(url(file, "#" + bad[0]))
    expect(page.value("document.querySelector('tbody tr:target details').open"), "a link to a domain does not open it")


def looks(page, file):
    """Contrast by WCAG 2 AA in the light and in the dark; nothing is wider than a telephone; titles, scopes, headings."""
    for dark in (False, True):
        for width in (375, 1280):
            page.load(url(file), width=width, dark=dark)
            click(page, "#_open")
            low = {name: ratio for name, ratio in page.value(CONTRAST).items() if ratio < 4.5}
            expect(not low, "contrast, dark", dark, low)
            wide = page.value("document.documentElement.scrollWidth")
            expect(wide <= width, "%d pixels wide at %d" % (wide, width))
            roles = [node["role"]["value"] for node in page.call("Accessibility.getFullAXTree")["nodes"] if not node["ignored"]]
            expect([roles.count(role) for role in ("table", "columnheader", "rowheader")] == [1, 4, len(order(page, "1"))],
                   "no table to who cannot see it, at", width)
    expect(page.value("document.querySelectorAll('thead th[scope=col]').length") == 4, "scope of columns")
    expect(page.value("document.querySelectorAll('tbody th[scope=row]').length") == len(order(page, "1")), "scope of rows")
    expect(page.value("document.querySelectorAll('table > caption').length") == 1, "caption")
    expect(page.value("Array.from(document.querySelectorAll('h1, h2')).map((head) => head.tagName)") == ["H1", "H2", "H2", "H2"], "headings")
    expect(page.value("Array.from(document.querySelectorAll('tbody tr')).every((row) => /^(%s)$/.test(row.cells[0].textContent))" % kind(page)[2]),
           "a status without its word")
    links = "Array.from(document.querySelectorAll('a')).every((link) => document.getElementById(link.getAttribute('href').slice(1)))"
    expect(page.value(links), "a link leads nowhere")


def plots(page, file, found):
    """Each domain with reports has a plot: a bar for each day with sessions, one for each with failures, and the same in words."""
    for script, dark, width in ((True, False, 1280), (False, True, 375)):
        page.load(url(file), script=script, dark=dark, width=width)
        page.value("for (const details of document.querySelectorAll('details')) details.open = true")
        rows = page.value("""Object.fromEntries(%s.map((row) => [row.id, Array.from(row.querySelectorAll("svg")).map((svg) => ({
            label: svg.getAttribute("aria-label"), caption: svg.parentElement.textContent, width: svg.getBoundingClientRect().width,
            height: svg.getBoundingClientRect().height, axis: getComputedStyle(svg.querySelector(".axis")).stroke,
            bars: Array.from(svg.querySelectorAll("path:not(.axis)")).map((path) => path.getAttribute("d").split("M").length - 1),
            colours: Array.from(svg.querySelectorAll("path")).map((path) => getComputedStyle(path).stroke) }))]))""" % ROWS)
        roles = [node["role"]["value"] for node in page.call("Accessibility.getFullAXTree")["nodes"] if not node["ignored"]]
        expect(roles.count("image") == sum(map(len, rows.values())), "no image to who cannot see it:", roles.count("image"))
        for one in results(found):
            plot = rows.get(one["domain"])
            expect(plot is not None and len(plot) == (len(one["days"]) > 0), one["domain"], "has plots:", plot)
            if not plot:
                continue
            plot, failing = plot[0], [day for day in one["days"] if day["failed"]]
            bars = [sum(day["sessions"] > 0 for day in one["days"])] + ([len(failing)] if failing else [])
            expect(plot["bars"] == bars, one["domain"], "has bars:", plot["bars"], bars)
            expect("from " + one["days"][0]["day"] in plot["label"], plot["label"])
            expect(all("%(day)s (%(failed)d)" % day in plot["label"] for day in failing[-5:]), plot["label"])
            expect("at most {:,}".format(max(day["sessions"] for day in one["days"])) in plot["caption"], plot["caption"])
            expect(200 < plot["width"] <= width and plot["height"] > 40, "size:", plot)
            expect("none" not in plot["colours"] and "rgba(0, 0, 0, 0)" not in plot["colours"], plot["colours"])


def prints(page, file, text, row="1 MX host"):
    """On paper all is open, with the script and without. The names of the columns stand on each page that has ROW."""
    for script in (True, False):
        page.load(url(file), script=script)
        page.pdf("page.pdf")
        printed = subprocess.run(["pdftotext", "-raw", "page.pdf", "-"], capture_output=True, text=True, check=True).stdout
        expect(text in " ".join(printed.split()), "not printed, script", script, text)
        pages = [one for one in printed.split("\f") if row in one]
        columns = "Verdict Domain Mode Reports" if kind(page) == KINDS[1] else "Status Domain Mode Checks"
        expect(len(pages) > 1 and all(columns in " ".join(one.split()) for one in pages), "columns without names, script", script)


def large(page, file, count):
    """A page of many domains: how long it takes to load, sort and filter."""
    begin = time.monotonic()
    page.load(url(file))
    loaded = time.monotonic()
    expect(len(order(page, "1")) == int(count), "other than", count, "rows")
    sort = page.value("(() => { const begin = performance.now(); document.querySelector('thead button').click(); document.body.offsetHeight; "
                      "return performance.now() - begin; })()")
    find = page.value("(() => { const begin = performance.now(); const find = document.getElementById('_find'); find.value = 'd1'; "
                      "find.dispatchEvent(new Event('input')); document.body.offsetHeight; return performance.now() - begin; })()")
    print("%s domains, %d bytes: loaded in %d ms, sorted in %d ms, filtered in %d ms" %
          (count, os.path.getsize(file), (loaded - begin) * 1000, sort, find))
    expect(max(sort, find) < 30000, "slow")


def main():
    checks = {check.__name__: check for check in (markup, forbids, complete, part, sorts, ranks, filters, looks, plots, prints, large)}
    with Chromium() as page:
        checks[sys.argv[1]](page, *sys.argv[2:])
    for fault in faults[:20]:
        print("%s: %s" % (sys.argv[1], fault))
    sys.exit(bool(faults))


main()
