"""Takes packages that retain writes into the real Anki, twice, and back.

export.py RETAIN FOLDER
"""

import datetime
import html
import json
import os
import random
import re
import subprocess
import sys
import tempfile

from anki.collection import (
    Collection,
    ExportAnkiPackageOptions,
    ImportAnkiPackageOptions,
    ImportAnkiPackageRequest,
)

DAYS = 30

DECKS = {
    "lang/spanish": """
deck: Spanish
tags: [lang]
cards:
- {id: dog, front: "the **dog** & <x>", back: el perro, reverse: true, tags: [a b], hint: it barks}
- {id: cat, front: the cat, back: el gato, reverse: true}
- {id: seasons, front: Name two seasons., back: [spring, summer, autumn, winter], need: 2}
- {id: months, front: The first months, back: [enero, febrero], ordered: true, source: "https://example.org/a?b=c&d"}
- {front: "no id *here", back: "2*3*4"}
""",
    "poem": """
deck: A poem, by heart
cards:
- {id: woods, cloze: "The {{woods::trees}} are *lovely*, {{c2::dark}} and {{deep}}", why: Frost}
- {id: nested, cloze: "{{c1::a {{c3::b}} c::hint}} and {{c2,4::d}}"}
""",
    "more": """
cards:
- {id: mali, front: Mali, back: Bamako, choices: [Bamako, Dakar, "A & B"]}
- {id: code, front: "```sh\\nkill -9 $$ <x>\\n```", back: "`a<b>`", typed: true}
- {id: "a~t1", front: "![alt](media/cat.png) [s](media/x.mp3) [p](other/cat.png)", back: "| a | b |\\n|---|---|\\n| 1 | 2 |"}
- {id: math, front: "$x_1 * y$ and \\\\(a_b\\\\)", back: "日本 العربية é"}
- {id: list, front: "- one\\n- two\\n\\n1. three\\n\\n> four", back: "a [link](https://example.org/x_y)"}
""",
}


def letters(text):
    text = re.sub(r"<style.*?</style>|<[^>]*>|\[(sound|anki:play)[^\]]*\]", "", text, flags=re.S)
    return "".join(char for char in html.unescape(text) if char.isalnum())


def main(retain, folder):
    os.makedirs(folder, exist_ok=True)
    home = tempfile.mkdtemp()
    for name, text in DECKS.items():
        path = f"{home}/decks/{name}.yaml"
        os.makedirs(os.path.dirname(path), exist_ok=True)
        open(path, "w").write(text.lstrip())
    for name, data in [("media/cat.png", b"\x89PNG one"), ("media/x.mp3", b"x"), ("other/cat.png", b"\x89PNG two")]:
        os.makedirs(os.path.dirname(f"{home}/decks/{name}"), exist_ok=True)
        open(f"{home}/decks/{name}", "wb").write(data)

    def run(*words, stdin=None):
        command = [retain, "--home", home, *words]
        done = subprocess.run(command, capture_output=True, text=True, input=stdin)
        assert done.returncode == 0, (command, done.stdout, done.stderr)
        return done.stdout

    def cards():
        return {card["card"]: card for card in json.loads(run("list", "--json"))["cards"]}

    random.seed(7)
    now = datetime.datetime.now(datetime.timezone.utc).replace(hour=10, minute=0, second=0, microsecond=0)
    ids = sorted(cards())
    lines = []
    for day in range(DAYS, 0, -1):
        # Several answers of one millisecond.
        at = (now - datetime.timedelta(days=day)).isoformat()
        for card in random.sample(ids[:-1], 6):
            rating = random.choice(["again", "hard", "good", "good", "good", "easy"])
            lines.append(json.dumps({"card": card, "rating": rating, "at": at, "took_ms": 1500}))
            if rating == "again":
                lines.append(json.dumps({"card": card, "rating": "good", "at": at, "took_ms": 900}))
    run("grade", "--stdin", stdin="\n".join(lines) + "\n")
    run("suspend", "mali")
    run("reset", "cat")
    package = f"{folder}/retain.apkg"
    run("export", "anki", "--to", package)

    col = Collection(os.path.join(tempfile.mkdtemp(), "collection.anki2"))
    for time in range(2):
        options = ImportAnkiPackageOptions(with_scheduling=True)
        log = col.import_anki_package(ImportAnkiPackageRequest(package_path=package, options=options)).log
        found = (len(log.new), len(log.updated), len(log.conflicting))
        mine = cards()
        notes = {card["note"] for card in mine.values()}
        assert found == ((len(notes), 0, 0) if time == 0 else (0, 0, 0)), found
        history = [json.loads(line) for line in run("history", "--json").splitlines()]
        reviews = [event for event in history if event["kind"] == "reviewed" and not event["retracted"]]
        assert len(reviews) == len(lines)
        rows = col.db.scalar("select count() from revlog where ease > 0")
        assert (col.note_count(), col.card_count(), rows) == (len(notes), len(mine), len(reviews))
        said, fine = col.fix_integrity()
        assert fine and "\n" not in said.strip(), said

    def compare():
        mine = cards()
        seen = set()
        for number in col.find_cards(""):
            card = col.get_card(number)
            guid = card.note().guid.removeprefix("retain ")
            if card.note_type()["type"] == 1:
                own = f"{guid}/c{card.ord + 1}"
                if own not in mine:
                    # It has no number in the deck: it is told by its question.
                    named = [own for own in mine if own.startswith(f"{guid}/c-")]
                    asked = letters(card.question())
                    (own,) = [own for own in named if letters(mine[own]["front"]) == asked]
            else:
                own = guid + ("/reverse" if card.ord else "")
            seen.add(own)
            here = mine[own]
            where = (own, here, card.type, card.queue, card.due, card.ivl)
            assert (card.queue == -1) == here["suspended"], where
            if not here["reviews"]:
                assert card.type == 0, where
                continue
            # A day of study ends at 4 in the morning.
            today = (datetime.datetime.now() - datetime.timedelta(hours=4)).date()
            due = today + datetime.timedelta(days=card.due - col.sched.today)
            assert str(due) == here["due"], (where, due)
            if here["stage"] == "learning":
                assert (card.type, card.ivl) == (1, 0), where
            else:
                assert card.type == {"review": 2, "relearning": 3}[here["stage"]], where
                assert card.ivl == here["interval_days"], where
                assert card.factor == round(here["ease"] * 1000), where
                assert card.lapses == here["lapses"], where
            rows = col.db.all("select id, ease, time from revlog where cid = ? and ease > 0 order by id", number)
            own_reviews = [event for event in history if event["card"] == own and event["kind"] == "reviewed"]
            assert [row[1] for row in rows] == [event["rating"] if isinstance(event["rating"], int) else ["again", "hard", "good", "easy"].index(event["rating"]) + 1 for event in own_reviews], where
            for (at, _, took), event in zip(rows, own_reviews):
                told = datetime.datetime.fromisoformat(event["at"]).timestamp() * 1000
                assert 0 <= at - told < 1000 and took == event["took_ms"], (at, event)
        assert seen == set(mine), seen ^ set(mine)

    compare()
    for name in ["cat.png", "x.mp3"]:
        assert col.media.have(name), name
    assert sorted(len(open(f"{col.media.dir()}/{name}", "rb").read()) for name in os.listdir(col.media.dir())) == [1, 8, 8]
    texts = {note.guid: note.fields for note in map(col.get_note, col.find_notes(""))}
    assert texts["dog"][0] == "the <b>dog</b> &amp; &lt;x&gt;", texts["dog"]
    assert "data-ordinal" in "".join(col.get_card(number).question() for number in col.find_cards("note:retain*cloze")), "gaps are gaps"

    def returns(name):
        options = ExportAnkiPackageOptions(with_scheduling=True, with_deck_configs=False, with_media=True, legacy=False)
        col.export_anki_package(out_path=f"{folder}/{name}.apkg", options=options, limit=None)
        return run("import", f"{folder}/{name}.apkg")

    # What only went there and back is what it was.
    digest, text = run("doctor", "--digest"), run("export", "cards", "--format", "yaml")
    said = returns("unchanged")
    assert run("doctor", "--digest") == digest, said
    assert run("export", "cards", "--format", "yaml") == text, said

    # What was learned there is learned here, and what was reworded there is reworded here.
    col.decks.select(col.decks.id("lang"))
    deck = col.decks.get(col.decks.id("lang"))
    learned = 0
    while card := col.sched.getCard():
        card.start_timer()
        col.sched.answerCard(card, 3)
        learned += 1
        if learned == 5:
            break
    assert learned, deck
    note = col.get_note(col.find_notes("dog")[0])
    note["Front"] = "the <b>hound</b>"
    note["Source"] = "a book"
    note.add_tag("phone")
    col.update_note(note)
    said = returns("learned")
    after = [json.loads(line) for line in run("history", "--json").splitlines()]
    assert len([event for event in after if event["kind"] == "reviewed"]) == len(reviews) + learned, said
    dog = cards()["dog"]
    assert (dog["front"], dog["source"], dog["back"]) == ("the **hound**", "a book", "el perro"), dog
    assert set(dog["tags"]) == {"lang", "a b", "phone"}, dog
    digest = run("doctor", "--digest")
    run("import", f"{folder}/learned.apkg")
    assert run("doctor", "--digest") == digest

    # A newer package of ours updates the text there, and doubles nothing.
    path = f"{home}/decks/more.yaml"
    text = open(path).read().replace("back: Bamako,", "back: Bamako, why: It is.,")
    open(path, "w").write(text)
    later = datetime.datetime.now().timestamp() + 100
    os.utime(path, (later, later))
    run("export", "anki", "--to", package)
    log = col.import_anki_package(ImportAnkiPackageRequest(package_path=package, options=ImportAnkiPackageOptions(with_scheduling=True))).log
    assert not log.new and not log.conflicting and log.updated, log
    assert "It is." in col.get_note(col.find_notes("Mali")[0]).fields, "updated"
    print(f"{len(notes)} notes, {len(mine)} cards, {len(reviews)} reviews agree; {learned} came back")


main(sys.argv[1], sys.argv[2])
