"""posting.py post DOMAINS: eight reporters post to killed.sock, about DOMAINS domains, until the file stop is there.
posting.py compare FOLDER: fails where a report that was answered 201 is not whole in FOLDER, there was another answer or none, or more than one in a hundred was 503."""
import glob
import multiprocessing
import os
import sys
import time

from killing import REPORTERS, answers, check, reporter

ENOUGH = 1 << 30


def post(domains):
    taken = multiprocessing.Value("i", 0)
    reporters = [multiprocessing.Process(target=reporter, args=(which, ENOUGH, taken, domains, 0)) for which in range(REPORTERS)]
    for one in reporters:
        one.start()
    while not os.path.exists("stop"):
        time.sleep(0.05)
    with taken.get_lock():
        taken.value = ENOUGH
    for one in reporters:
        one.join()


def compare(folder):
    answered, statuses = answers()
    whole, torn = check(glob.iglob(f"{glob.escape(folder)}/d*/*/[!.]*"))
    lost = answered - whole
    print(f"{len(answered)} answered 201, {statuses} in all; {len(whole)} whole in the folder, {len(lost)} lost, {len(torn)} torn")
    if lost or torn or set(statuses) - {"201", "503"} or statuses.get("503", 0) * 100 > len(answered) or len(answered) < 100:
        sys.exit(f"lost: {sorted(lost)[:5]}, torn: {torn[:5]}")


if __name__ == "__main__":
    post(int(sys.argv[2])) if sys.argv[1] == "post" else compare(sys.argv[2])
