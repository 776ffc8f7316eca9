"""Holds the page of figures, as Chromium shows it, against `stats --json`.

check.py RETAIN FOLDER: pictures of the page are left in FOLDER.
"""

import datetime
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile

from playwright.sync_api import sync_playwright

NOW = "2026-11-29T21:00:00Z"
EVIL = """deck: "</title><script>window.evil = 1</script>"
tags: ["<b>bold</b>"]
cards:
  - id: evil
    front: "<script>window.evil = 2</script> & <img src=https://example.org/x.png onerror=\\"window.evil = 3\\">"
    back: b
  - {id: other, front: "Plain & simple?", back: c}
"""
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


class Home:
    """A home of its own, at a time of its own."""

    def __init__(self, retain, scheduler="sm2"):
        self.retain = os.path.abspath(retain)
        self.folder = tempfile.mkdtemp()
        os.makedirs(f"{self.folder}/decks")
        self.write("config.yaml", f"scheduler: {scheduler}\n")

    def write(self, name, text):
        with open(f"{self.folder}/{name}", "w", encoding="utf-8") as file:
            file.write(text)

    def run(self, *arguments, given=None):
        environment = {"RETAIN_HOME": self.folder, "RETAIN_NOW": NOW, "RETAIN_SEED": "1", "TZ": "UTC", "PATH": os.environ["PATH"]}
        done = subprocess.run([self.retain, *arguments], input=given, capture_output=True, text=True, env=environment, cwd=self.folder)
        assert done.returncode == 0, (arguments, done.stderr)
        return done.stdout

    def page(self, name, *query):
        path = f"{self.folder}/{name}.html"
        self.run("stats", "--html", path, *query)
        return path


def learned(retain, scheduler, days):
    """A home with so many days of answers, the same ones each time."""
    random.seed(days)
    home = Home(retain, scheduler)
    home.write("decks/evil.yaml", EVIL)
    cards = "".join(f"  - {{id: c{n}, front: 'Question {n}, as long as questions are that people write?', back: b, tags: [t{n % 7}]}}\n" for n in range(60))
    home.write("decks/deck.yaml", f"deck: Questions & answers\ncards:\n{cards}")
    today = datetime.datetime.fromisoformat(NOW)
    # The evil one is among the hardest in any case.
    lines = [json.dumps({"card": "evil", "rating": "again", "at": NOW, "took_ms": 900})]
    for back in range(days - 1, -1, -1):
        if back and random.random() < 0.2:
            continue
        for number in range(random.randint(1, 12)):
            at = (today - datetime.timedelta(days=back)).replace(hour=random.choice([7, 8, 12, 18, 20]), minute=number)
            card = random.choice(["evil"] + [f"c{n}" for n in range(50)])
            rating = random.choices(["again", "hard", "good", "easy"], [40 if card == "evil" else 10, 10, 60, 10])[0]
            took = int(random.lognormvariate(9, 0.8))
            lines.append(json.dumps({"card": card, "rating": rating, "at": at.isoformat(), "took_ms": took}))
    home.run("grade", "--stdin", given="\n".join(lines))
    return home


def wanted(figures):
    """How many marks each chart is to have."""

    def full(buckets):
        places = [at for at, bucket in enumerate(buckets) if bucket["count"]]
        return places[-1] - places[0] + 1 if places else 0

    def shares(periods, most):
        recent = periods[-max(most, len(figures["daily"])) :]
        return sum(1 for it in recent for age in ("young", "mature") if it[age]["passed"] + it[age]["failed"])

    by = figures["retention_by"]
    marks = {
        "A year, day by day": len(figures["calendar"]),
        "Answers a day": len(figures["daily"]),
        "What comes back": len(figures["forecast"]),
        "Recalled, by week": shares(by["week"], 26),
        "Recalled, by month": shares(by["month"], 26),
        "Recalled, by day": shares(by["day"], 26),
        "Answers by button": 4 * sum(1 for ratings in figures["answers"].values() if sum(ratings.values())),
        "Cards by stage": 5,
        "Intervals": full(figures["intervals"]),
        "Ease, by SM-2": full(figures["ease"]),
        "Difficulty, by FSRS": full(figures["difficulty"]),
        "Stability, by FSRS": full(figures["stability"]),
        "Likely to be recalled today": full(figures["retrievability"]),
        "By hour of the day": 24 if figures["total"]["reviews"] else 0,
        "Time per answer": full(figures["times"]["seconds"]),
    }
    if sum(day["seconds"] for day in figures["daily"]):
        marks["Minutes a day"] = len(figures["daily"])
    return {name: count for name, count in marks.items() if count}


def look(browser, path, figures, name, folder):
    """Opens a page at both widths and in both themes, and checks it."""
    backs = set()
    for width in (390, 1280):
        for theme in ("light", "dark"):
            context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=theme)
            tab = context.new_page()
            said, asked = [], []
            tab.on("console", lambda message: said.append(message.text))
            tab.on("pageerror", lambda error: said.append(str(error)))
            tab.on("request", lambda request: asked.append(request.url))
            tab.goto(f"file://{path}")
            assert not said, said
            assert asked == [f"file://{path}"], asked
            assert tab.evaluate("document.documentElement.scrollWidth") <= width, "it is wider than the window"
            charts = tab.evaluate(
                """() => Object.fromEntries([...document.querySelectorAll('figure')].map(figure => {
                    const svg = figure.querySelector('svg[role=img]');
                    const marks = [...figure.querySelectorAll('[data-value]')];
                    return [figure.querySelector('h2').textContent, {
                        named: !!svg.getAttribute('aria-label'),
                        marks: marks.length,
                        titled: marks.filter(mark => mark.querySelector(':scope > title')).length,
                        numbers: marks.filter(mark => Number.isFinite(Number(mark.dataset.value))).length,
                        rows: figure.querySelectorAll('table tbody tr').length,
                    }];
                }))"""
            )
            assert {title: chart["marks"] for title, chart in charts.items()} == wanted(figures), charts
            for title, chart in charts.items():
                assert chart["named"] and chart["titled"] == chart["numbers"] == chart["marks"], (title, chart)
                assert chart["rows"] or not figures["total"]["reviews"], title
            # What cards say is text.
            assert tab.evaluate("window.evil") is None
            assert tab.evaluate("document.scripts.length + document.images.length") == 0
            if figures["total"]["reviews"]:
                assert tab.get_by_text("<script>window.evil = 2</script> & <img").count() >= 1
            backs.add((theme, tab.evaluate("getComputedStyle(document.body).backgroundColor")))
            tab.screenshot(path=f"{folder}/{name}-{width}-{theme}.png", full_page=True)
            context.close()
    assert len({colour for _, colour in backs}) == 2, backs
    context = browser.new_context()
    tab = context.new_page()
    tab.goto(f"file://{path}")
    tab.pdf(path=f"{folder}/{name}.pdf")
    assert os.path.getsize(f"{folder}/{name}.pdf") > 10_000
    context.close()


def main(retain, folder):
    homes = {"sm2": learned(retain, "sm2", 400), "fsrs": learned(retain, "fsrs", 120), "first": learned(retain, "sm2", 1)}
    empty = Home(retain)
    empty.write("decks/evil.yaml", EVIL)
    homes["empty"] = empty
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
        for name, home in homes.items():
            figures = json.loads(home.run("stats", "--json"))
            look(browser, home.page(name), figures, name, folder)
            print(f"{name}: {len(wanted(figures))} charts, {sum(wanted(figures).values())} marks, at 390 and 1280 pixels, light and dark")
        browser.close()


main(*sys.argv[1:])
