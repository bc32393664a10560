"""Headless Chromium, driven over a pipe by its DevTools protocol: a page is loaded, used, and looked at as a person would. No port, no other program."""
import base64
import json
import os
import shutil
import subprocess
import tempfile
import time

CALL = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-sync", "--hide-scrollbars", "--remote-debugging-pipe"]
KEYS = {"Tab": 9, "Enter": 13, " ": 32}
TYPED = {"Enter": "\r", " ": " "}
PATIENCE = 60


class Chromium:
    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="chromium")
        theirs, ours = os.pipe(), os.pipe()
        # Chromium reads from descriptor 3 and writes to 4.
        self.process = subprocess.Popen(["sh", "-c", 'exec "$@" 3<&%d 4>&%d' % (theirs[0], ours[1]), "sh", *CALL,
                                         "--user-data-dir=" + self.folder], pass_fds=(theirs[0], ours[1]),
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(theirs[0])
        os.close(ours[1])
        self.to, self.answers = os.fdopen(theirs[1], "wb"), os.fdopen(ours[0], "rb")
        self.number, self.session, self.rest, self.events = 0, None, b"", []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.call(domain + ".enable")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.session = None
        try:
            self.call("Browser.close")
            self.process.wait(PATIENCE)
        except (EOFError, OSError, subprocess.TimeoutExpired):
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def read(self):
        while b"\0" not in self.rest:
            part = self.answers.read1(1 << 20)
            if not part:
                raise EOFError("chromium has ended")
            self.rest += part
        message, _, self.rest = self.rest.partition(b"\0")
        return json.loads(message)

    def call(self, method, **parameters):
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        self.to.write(json.dumps(message).encode() + b"\0")
        self.to.flush()
        while True:
            answer = self.read()
            if answer.get("id") == self.number:
                if "error" in answer:
                    raise RuntimeError("%s: %s" % (method, answer["error"]))
                return answer["result"]
            self.events.append(answer)

    def seen(self, method):
        return [event["params"] for event in self.events if event.get("method") == method]

    def load(self, url, script=True, width=1280, dark=False, media=""):
        self.call("Emulation.setScriptExecutionDisabled", value=not script)
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=width < 500)
        self.call("Emulation.setEmulatedMedia", media=media, features=[{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}])
        self.events.clear()
        self.call("Page.navigate", url=url)
        end = time.monotonic() + PATIENCE
        while not self.seen("Page.loadEventFired"):
            if time.monotonic() > end:
                raise TimeoutError(url)
            self.events.append(self.read())

    def value(self, expression):
        result = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in result:
            raise RuntimeError("%s: %s" % (expression, result["exceptionDetails"]))
        return result["result"].get("value")

    def press(self, key):
        common = {"key": key, "code": "Space" if key == " " else key, "windowsVirtualKeyCode": KEYS[key]}
        self.call("Input.dispatchKeyEvent", type="keyDown", **common, **({"text": TYPED[key]} if key in TYPED else {}))
        self.call("Input.dispatchKeyEvent", type="keyUp", **common)

    def type(self, text):
        self.call("Input.insertText", text=text)

    def screenshot(self, name, whole=True):
        data = self.call("Page.captureScreenshot", captureBeyondViewport=whole, **({"clip": self.clip()} if whole else {}))["data"]
        with open(name, "wb") as out:
            out.write(base64.b64decode(data))

    def clip(self):
        size = self.call("Page.getLayoutMetrics")["cssContentSize"]
        return {"x": 0, "y": 0, "width": size["width"], "height": min(size["height"], 6000), "scale": 1}

    def pdf(self, name):
        data = self.call("Page.printToPDF", paperWidth=8.27, paperHeight=11.69)["data"]
        with open(name, "wb") as out:
            out.write(base64.b64decode(data))
