"""For the scripts here that let one call after the other fail, run as: SCRIPT PROGRAM FAILNTH.SO SCENARIO. Each has a function that runs its scenario once, and
gives it to every_call()."""
import collections
import concurrent.futures
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time

PROGRAM, LIBRARY, SCENARIO = os.path.realpath(sys.argv[1]), os.path.realpath(sys.argv[2]), sys.argv[3]
TIMEOUT = 10
ABORTED = -signal.SIGABRT
# The functions of libfcgi. It is linked into the program.
ARCHIVE = subprocess.run(["cc", "-print-file-name=libfcgi.a"], check=True, capture_output=True, text=True).stdout.strip()
LIBFCGI = {line.split()[-1] for line in subprocess.run(["nm", "--defined-only", ARCHIVE], check=True, capture_output=True, text=True).stdout.splitlines() if " t " in line.lower()}


class Fault(Exception):
    pass


def write(folder, name, text):
    path = os.path.join(folder, name)
    with open(path, "w") as file:
        file.write(text)
    os.utime(path, (time.time() - 3600,) * 2)
    return path


def environment(folder, n, more):
    # Only these variables: others could change the program's role.
    return {"PATH": os.environ["PATH"], "LD_PRELOAD": LIBRARY, "FAILNTH": str(n), "FAILNTH_LOG": os.path.join(folder, "failnth.log"), **more}


def callers(folder):
    """The callers of the call that failed, innermost first, without those in failnth.so. None if no call failed."""
    try:
        with open(os.path.join(folder, "failnth.log")) as file:
            frames = file.readline().split()
    except FileNotFoundError:
        return None
    return [frame for frame in frames if not frame.startswith("failnth.so:")] or None


def wait(process, seconds=TIMEOUT):
    try:
        return process.wait(seconds)
    except subprocess.TimeoutExpired:
        raise Fault("does not end") from None


def ends_in_libfcgi(folder, status):
    """libfcgi has ended the process, since its own call failed. Counts its caller in SEEN."""
    made = callers(folder)
    by = names(made[:1]) if status == ABORTED and made is not None else None
    if by not in LIBFCGI:
        return False
    seen[by] += 1
    return True


def names(frames):
    """The frames by name, innermost first. Those in libraries are addresses."""
    own = [frame.partition("+")[2] for frame in frames if frame.startswith(os.path.basename(PROGRAM) + ":")]
    found = subprocess.run(["addr2line", "-f", "-e", PROGRAM] + own, capture_output=True, text=True).stdout.splitlines()[::2]
    functions = dict(zip(own, found))
    return " < ".join(functions.get(frame.partition("+")[2], frame) for frame in frames[:6])


faults = []
seen = collections.Counter()


def print_faults():
    groups = collections.defaultdict(list)
    for n, frames, text in faults:
        groups[names(frames), text].append(n)
    for (frames, text), calls in groups.items():
        print(f"{SCENARIO}: call {', '.join(map(str, sorted(calls)))} fails: {frames}\n    {text}")


def attempt(one, has_failed, n):
    """Runs ONE with call number N. Returns whether there was such a call, and the counts."""
    folder = tempfile.mkdtemp()
    counts = collections.Counter()
    try:
        one(folder, n, counts)
    except Fault as fault:
        counts["faults"] += 1
        faults.append((n, callers(folder) or [], str(fault)))
    made = has_failed(folder)
    shutil.rmtree(folder)
    return made, counts


def call_has_failed(folder):
    return callers(folder) is not None


def every_call(one, has_failed=call_has_failed, step=16):
    """Calls ONE(folder, n, counts) for each n from 1, in an empty folder, until HAS_FAILED(folder) says of
    STEP runs that no call failed. Returns the sum of all counts."""
    total = collections.Counter()
    first = 1
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        while True:
            results = list(pool.map(lambda n: attempt(one, has_failed, n), range(first, first + step)))
            total["runs"] += sum(made for made, _ in results)
            for _, counts in results:
                total.update(counts)
            if not any(made for made, _ in results):
                return total
            first += step


def end(total, least=5):
    """Prints what was not allowed, and the counts, and ends with exit status 1 if there was anything, or fewer than LEAST calls."""
    print_faults()
    for caller, times in sorted(seen.items()):
        print(f"libfcgi aborts by itself: {times} times, called from {caller}")
    print("counted", *(total[name] for name in ("runs", "asked", "right", "refused", "wrong", "lost", "libfcgi")))
    sys.exit(1 if total["faults"] or total["runs"] < least else 0)
