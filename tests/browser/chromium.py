"""Drives one headless Chromium through the pipe it offers to debuggers: no port, no driver, no package."""

import base64
import fcntl
import json
import os
import pathlib
import select
import shutil
import subprocess
import tempfile
import time

PROGRAMS = ["chromium", "chromium-browser", "google-chrome", "chrome"]
OPTIONS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-lcd-text", "--no-first-run", "--hide-scrollbars",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-quic",
]

# An answer that takes longer never comes.
PATIENCE = 60


def find():
    """The browser of this machine, or None."""
    return next((path for path in map(shutil.which, PROGRAMS) if path), None)


class Chromium:
    """One browser with one page. `events` is what it told since the page was opened."""

    def __init__(self, program):
        self.home = tempfile.mkdtemp(prefix="exlog-browser-")
        theirs_in, self.out = os.pipe()
        self.incoming, theirs_out = os.pipe()
        # The browser reads its file 3 and writes its file 4; the copies are out of the way of both.
        ends = [fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 10) for end in (theirs_in, theirs_out)]

        def connect():
            os.dup2(ends[0], 3)
            os.dup2(ends[1], 4)

        self.process = subprocess.Popen(
            [program, *OPTIONS, "--remote-debugging-pipe", f"--user-data-dir={self.home}", "about:blank"],
            preexec_fn=connect, close_fds=False, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for end in [theirs_in, theirs_out, *ends]:
            os.close(end)
        self.session, self.number, self.rest, self.events = None, 0, b"", []
        self("Target.setDiscoverTargets", discover=True)
        page = next(known for known in self("Target.getTargets")["targetInfos"] if known["type"] == "page")
        self.session = self("Target.attachToTarget", targetId=page["targetId"], flatten=True)["sessionId"]
        for domain in ["Page", "Runtime", "Network", "Log"]:
            self(f"{domain}.enable")

    def __call__(self, method, **parameters):
        """Asks the browser for something, and waits for the answer."""
        self.number += 1
        self.send(self.number, method, parameters)
        while True:
            message = self.receive()
            if message.get("id") != self.number:
                self.events.append(message)
            elif "error" in message:
                raise RuntimeError(f"{method}: {message['error']['message']}")
            else:
                return message["result"]

    def receive(self):
        while b"\0" not in self.rest:
            if not select.select([self.incoming], [], [], PATIENCE)[0]:
                raise RuntimeError("the browser does not answer")
            read = os.read(self.incoming, 1 << 20)
            if not read:
                raise RuntimeError("the browser ended")
            self.rest += read
        message, _, self.rest = self.rest.partition(b"\0")
        message = json.loads(message)
        if message.get("method") == "Page.javascriptDialogOpening":
            # It would wait for somebody for ever.
            self.send(0, "Page.handleJavaScriptDialog", {"accept": False})
        return message

    def send(self, number, method, parameters):
        message = {"id": number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.out, json.dumps(message).encode() + b"\0")

    def open(self, path, width=1280, height=800, dark=False, script=True, media=""):
        """Opens a file and waits until it is loaded."""
        self("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 500)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self("Emulation.setEmulatedMedia", media=media, features=[scheme])
        self("Emulation.setScriptExecutionDisabled", value=not script)
        # Nothing of the page before is left: neither its state nor its place.
        for address in ["about:blank", pathlib.Path(path).absolute().as_uri()]:
            self.events.clear()
            self("Page.navigate", url=address)
            while not self.told("Page.loadEventFired"):
                self.events.append(self.receive())
        self.settle()

    def settle(self):
        """Takes in what the browser tells a little late."""
        end = time.monotonic() + 0.1
        while select.select([self.incoming], [], [], max(0, end - time.monotonic()))[0]:
            self.events.append(self.receive())

    def js(self, expression):
        """The value of an expression in the page, as somebody who clicked there would get it."""
        answer = self("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True, userGesture=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(f"{expression}: {answer['exceptionDetails']}")
        return answer["result"].get("value")

    def drag(self, start, end):
        """Presses the mouse at one point and lets it go at another."""
        def mouse(kind, place, buttons):
            self("Input.dispatchMouseEvent", type=kind, x=place[0], y=place[1], button="left", buttons=buttons, clickCount=1)

        mouse("mouseMoved", start, 0)
        mouse("mousePressed", start, 1)
        for step in range(1, 6):
            mouse("mouseMoved", [a + (b - a) * step / 5 for a, b in zip(start, end)], 1)
        mouse("mouseReleased", end, 0)

    def key(self, key):
        for kind in ["keyDown", "keyUp"]:
            self("Input.dispatchKeyEvent", type=kind, key=key, code=key)

    def picture(self):
        """What is seen, as PNG."""
        return base64.b64decode(self("Page.captureScreenshot", format="png")["data"])

    def told(self, *methods):
        """What the browser told by these names."""
        return [event["params"] for event in self.events if event.get("method") in methods]

    def close(self):
        try:
            self.session = None
            self("Browser.close")
        except (RuntimeError, OSError):
            self.process.kill()
        self.process.wait()
        shutil.rmtree(self.home, ignore_errors=True)
