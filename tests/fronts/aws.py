#!/usr/bin/env python3
"""aws.py s3 sync FOLDER s3://BUCKET [OPTION...]: what that command of the AWS CLI does, with a folder BUCKET. An option that it does not know fails."""
import argparse
import fnmatch
import json
import os
import shutil
import sys


class Filter(argparse.Action):
    def __call__(self, parser, namespace, values, option_string=None):
        namespace.filters.append((option_string == "--include", values))


def main():
    parser = argparse.ArgumentParser(allow_abbrev=False)
    for name in ("service", "command", "folder", "bucket"):
        parser.add_argument(name)
    parser.add_argument("--delete", action="store_true")
    parser.add_argument("--exclude", action=Filter)
    parser.add_argument("--include", action=Filter)
    for name in ("--content-type", "--cache-control", "--endpoint-url"):
        parser.add_argument(name)
    parser.set_defaults(filters=[])
    options = parser.parse_args()
    assert (options.service, options.command, options.bucket[:5]) == ("s3", "sync", "s3://")
    bucket = options.bucket[5:]

    def is_meant(key):
        meant = True
        for include, pattern in options.filters:
            if fnmatch.fnmatchcase(key, pattern):
                meant = include
        return meant

    os.makedirs(bucket, exist_ok=True)
    objects = {}
    if os.path.exists(bucket + "/objects.json"):
        with open(bucket + "/objects.json", encoding="ascii") as file:
            objects = json.load(file)
    local = [os.path.relpath(os.path.join(at, name), options.folder) for at, _, names in os.walk(options.folder) for name in names]
    if options.delete:
        objects = {key: headers for key, headers in objects.items() if key in local or not is_meant(key)}
    for key in filter(is_meant, local):
        os.makedirs(os.path.dirname(os.path.join(bucket, key)), exist_ok=True)
        shutil.copyfile(os.path.join(options.folder, key), os.path.join(bucket, key))
        headers = {"Content-Type": options.content_type, "Cache-Control": options.cache_control}
        objects[key] = {name: value for name, value in headers.items() if value is not None}
    with open(bucket + "/objects.json", "w", encoding="ascii") as file:
        json.dump(objects, file)


if __name__ == "__main__":
    sys.exit(main())
