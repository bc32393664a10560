"""formats.py FORMAT <TEXT: reads what mta-sts dns --format FORMAT printed, as the tool of that format does. Prints zone file lines."""
import json
import re
import subprocess
import sys

import yaml

# dnscontrol's macros, as far as they are used here. A D_EXTEND() without a D() above it, of the domain or of one that it is below, is an error.
MACROS = """
const zones = [], out = [];
const D = (name) => zones.push(name);
const TTL = (ttl) => ({ttl});
const record = (type) => (name, data, ttl) => ({name, type, data, ...ttl});
const A = record('A'), AAAA = record('AAAA'), CNAME = record('CNAME'), TXT = record('TXT');
function D_EXTEND(domain, ...records) {
    if (!zones.some((zone) => domain === zone || domain.endsWith('.' + zone))) throw domain;
    for (const r of records) {
        if (r.type === 'CNAME' && !r.data.endsWith('.')) throw r.data;
        out.push({...r, name: r.name + '.' + domain});
    }
}
['example.org', 'example.com', 'example.net', 'long.example', 'operator.example', 'd1.example'].forEach(D);
"""


def from_json(text):
    for domain in json.loads(text):
        for r in domain["records"]:
            yield r["name"], r["ttl"], r["type"], r["data"]


def resource_records(values):
    for key, value in values.items():
        assert key == f"{value['name']} {value['type']}", key
        for data in value["values"]:
            yield value["name"], value["ttl"], value["type"], data


def from_terraform(text):
    """A string of a .tf.json file is a template: $${ stands for ${, and a single ${ would begin an expression."""
    def plain(match):
        assert len(match[1]) > 1, text
        return match[1][:-1] + "{"
    return resource_records(json.loads(re.sub(r"(\$+|%+)\{", plain, text))["locals"]["mta_sts_records"])


def from_external(text):
    """The data source takes one object whose values are strings."""
    return resource_records({key: json.loads(value) for key, value in json.loads(text).items()})


def from_octodns(text):
    """As octoDNS loads its files: keys in order, each semicolon of a text escaped."""
    assert text.startswith("--- # ")
    for document in text.split("--- # ")[1:]:
        zone = document.split("\n", 1)[0].removesuffix(".yaml")
        names = yaml.safe_load(document.split("\n", 1)[1])
        assert zone == "operator.example" or list(names) == sorted(names), names
        for name, records in names.items():
            for r in records:
                assert list(r) == sorted(r), r
                for value in r.get("values") or [r["value"]]:
                    assert not re.search(r"(?<!\\);", value), value
                    yield f"{name}.{zone}", r["ttl"], r["type"], value.replace("\\;", ";")


def from_dnscontrol(text):
    script = MACROS + text + "console.log(JSON.stringify(out))"
    for r in json.loads(subprocess.run(["node"], input=script, text=True, check=True, stdout=subprocess.PIPE).stdout):
        yield r["name"], r["ttl"], r["type"], r["data"]


def from_values(text):
    for line in text.splitlines():
        if line.startswith("# "):
            zone = line[2:]
        elif line:
            name, kind, data = line.split("\t")
            yield f"{name}.{zone}", 300, kind, data + "." * (kind == "CNAME")


def quoted(data):
    strings = [data[i:i + 255] for i in range(0, len(data), 255)]
    return " ".join('"' + re.sub(r'(["\\])', r"\\\1", string) + '"' for string in strings)


if __name__ == "__main__":
    for name, ttl, kind, data in globals()["from_" + sys.argv[1]](sys.stdin.read()):
        print(f"{name}. {ttl} IN {kind} {quoted(data) if kind == 'TXT' else data}")
