"""Measures how long a large package takes, in retain and in the real Anki, in one run.

speed.py RETAIN FOLDER [NOTES [REVIEWS]]
"""

import json
import os
import random
import resource
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile

from anki.collection import Collection, ImportAnkiPackageOptions, ImportAnkiPackageRequest

# So often each of the two imports.
TIMES = 5
CRT = 1_600_000_000 - 1_600_000_000 % 86_400 + 4 * 3600


def make(path, notes, reviews):
    """Writes a package of basic notes in ten decks, with answers of four years."""
    random.seed(1)
    database = tempfile.mktemp()
    Collection(database).close(downgrade=True)
    db = sqlite3.connect(database)
    (models, decks, conf) = db.execute("select models, decks, conf from col").fetchone()
    model = next(id for id, model in json.loads(models).items() if model["name"] == "Basic")
    decks = json.loads(decks)
    for deck in range(10):
        decks[str(100 + deck)] = {**decks["1"], "id": 100 + deck, "name": f"Deck {deck}"}
    conf = {**json.loads(conf), "schedVer": 2, "creationOffset": 0, "rollover": 4}
    db.execute("update col set crt = ?, decks = ?, conf = ?", (CRT, json.dumps(decks), json.dumps(conf)))
    words = [f"word{number}" for number in range(5_000)]
    each = max(reviews // notes, 1)
    log = []
    for number in range(notes):
        id = CRT * 1000 + number
        fields = "\x1f".join(" ".join(random.choices(words, k=9)) for _ in range(2))
        db.execute("insert into notes values (?,?,?,?,-1,' tag ',?,0,0,0,'')", (id, f"guid{number}", model, CRT, fields))
        at, interval = CRT + random.randrange(86_400 * 300), 1
        for answer in range(each):
            at += interval * 86_400 + random.randrange(40_000)
            before, interval = interval, max(1, int(interval * random.choice([0.2, 1.2, 1.5, 1.8])))
            interval = min(interval, 100)
            log.append([at * 1000 + random.randrange(1000), id, random.choice([1, 2, 3, 3, 3, 4]), interval, before, 2500, random.randrange(1_000, 20_000), min(answer, 1)])
        due = at // 86_400 - CRT // 86_400 + interval
        db.execute(
            "insert into cards values (?,?,?,0,?,-1,2,2,?,?,2500,?,1,0,0,0,0,'')",
            (id, id, 100 + number % 10, CRT, due, interval, each),
        )
    used = set()
    for row in log:
        while row[0] in used:
            row[0] += 1
        used.add(row[0])
    log.sort()
    db.executemany("insert into revlog values (?,?,-1,?,?,?,?,?,?)", log)
    db.commit()
    db.close()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("meta", b"\x08\x02")
        package.write(database, "collection.anki21")
        package.writestr("media", "{}")
    os.unlink(database)


def child(*command):
    """Runs a command; returns its CPU seconds, the seconds that it took, and its memory in MiB."""
    script = "import resource, subprocess, sys, time; begin = time.monotonic(); subprocess.run(sys.argv[1:], check=True, stdout=sys.stderr); took = time.monotonic() - begin; used = resource.getrusage(resource.RUSAGE_CHILDREN); print(used.ru_utime + used.ru_stime, took, used.ru_maxrss // 1024)"
    done = subprocess.run([sys.executable, "-c", script, *command], check=True, capture_output=True, text=True)
    cpu, took, memory = done.stdout.split()
    return float(cpu), float(took), int(memory)


def report(what, runs):
    """Prints the medians of some runs; returns those of CPU time and of the time that it took."""
    cpu, took = (statistics.median(run[at] for run in runs) for at in (0, 1))
    memory = max(run[2] for run in runs)
    print(f"{what:<34} {cpu:7.2f} s CPU {took:7.2f} s {memory:6} MiB", flush=True)
    return cpu, took


def main(retain, folder, notes=100_000, reviews=1_000_000):
    os.makedirs(folder, exist_ok=True)
    path = f"{folder}/large-{notes}-{reviews}.apkg"
    if not os.path.exists(path):
        make(path, int(notes), int(reviews))
    print(f"{notes} notes, {reviews} reviews, {os.path.getsize(path) >> 20} MiB; of the first two the medians of {TIMES} runs, in turns")
    ours, theirs = [], []
    for _ in range(TIMES):
        with tempfile.TemporaryDirectory() as home:
            ours.append(child(retain, "--home", home, "import", path))
        theirs.append(child(sys.executable, __file__, "--anki", path))
    by = zip(report("retain import", ours), report("Anki's import", theirs))
    cpu, took = (our / their for our, their in by)
    print(f"retain's import by Anki's: {cpu:.2f} of its CPU time, {took:.2f} of the time that it takes")
    with tempfile.TemporaryDirectory() as home:
        report("retain import, the first of two", [child(retain, "--home", home, "import", path)])
        report("retain import, again", [child(retain, "--home", home, "import", path)])
        out = f"{home}/out.apkg"
        report("retain export anki", [child(retain, "--home", home, "export", "anki", "--to", out)])
        report("Anki's import of that", [child(sys.executable, __file__, "--anki", out)])


if sys.argv[1] == "--anki":
    folder = tempfile.TemporaryDirectory()
    col = Collection(os.path.join(folder.name, "collection.anki2"))
    options = ImportAnkiPackageOptions(with_scheduling=True)
    col.import_anki_package(ImportAnkiPackageRequest(package_path=sys.argv[2], options=options))
    print(col.note_count(), col.card_count(), col.db.scalar("select count() from revlog"))
    col.close()
else:
    main(*sys.argv[1:])
