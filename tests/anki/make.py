"""Makes packages with the real Anki, and writes down what is in them.

make.py FOLDER
"""

import json
import os
import random
import sys
import tempfile

from anki.collection import Collection, ExportAnkiPackageOptions

DAYS = 30


def main(out):
    os.makedirs(out, exist_ok=True)
    path = os.path.join(tempfile.mkdtemp(), "collection.anki2")
    col = Collection(path)

    def note(kind, deck, fields, tags=()):
        made = col.new_note(col.models.by_name(kind))
        for number, field in enumerate(fields):
            made.fields[number] = field
        made.tags = list(tags)
        col.add_note(made, col.decks.id(deck))

    for name, data in [("cat.jpg", b"\xff\xd8picture"), ("ü x.mp3", b"sound")]:
        with open(os.path.join(col.media.dir(), name), "wb") as file:
            file.write(data)
    for number in range(20):
        front = f"front <b>{number}</b> *x* &amp; y_z"
        note("Basic", "Lang::Spanish", [front, f"back {number}<br>two"], ["a", "b::c"])
    for number in range(5):
        note("Basic (and reversed card)", "Lang::French", [f"mot {number}", f"word {number}"])
    for number in range(3):
        fields = [f"omot {number}", f"oword {number}", "y" if number else ""]
        note("Basic (optional reversed card)", "Lang::French", fields)
    for number in range(3):
        note("Basic (type in the answer)", "Typed", [f"type {number}", f"answer {number}"])
    for number in range(5):
        text = f"the {{{{c1::cat {number}}}}} sat on the {{{{c2::mat::where}}}}"
        note("Cloze", "Poem", [text, "extra"])
    fields = ['<img src="cat.jpg"> 日本 العربية', "[sound:ü x.mp3] \\(x^2\\)"]
    note("Basic", "Lang", fields)

    random.seed(5)
    for day in range(DAYS):
        col.decks.select(col.decks.id(["Lang", "Poem", "Typed"][day % 3]))
        for _ in range(25):
            card = col.sched.getCard()
            if not card:
                break
            card.start_timer()
            col.sched.answerCard(card, random.choice([1, 3, 3, 3, 3, 4, 2]))
        # A day goes by: what happened is a day longer ago.
        col.db.execute("update revlog set id = id - 86400000")
        col.db.execute("update col set crt = crt - 86400")
        col.db.execute("update cards set due = due - 86400 where queue = 1")
        col.close()
        col = Collection(path)
    col.sched.suspend_cards(col.find_cards("deck:Typed")[:1])
    filtered = col.decks.get(col.decks.new_filtered("Filtered"))
    filtered["terms"] = [["deck:Lang::French", 5, 0]]
    col.decks.save(filtered)
    col.sched.rebuild_filtered_deck(filtered["id"])

    cards = []
    query = "select id, nid, ord, type, queue, due, ivl, odue, odid from cards"
    for cid, nid, ord_, kind, queue, due, interval, odue, odid in col.db.execute(query):
        card = col.get_card(cid)
        cards.append(
            {
                "guid": col.db.scalar("select guid from notes where id = ?", nid),
                "ord": ord_,
                "type": kind,
                "queue": queue,
                "due": odue if odid and odue else due,
                "interval": interval,
                "cloze": card.note_type()["type"] == 1,
                "question": card.question(),
                "answer": card.answer(),
                "deck": col.decks.name(odid or card.did),
            }
        )
    truth = {
        "notes": col.note_count(),
        "cards": cards,
        "crt": col.db.scalar("select crt from col"),
        "reviews": col.db.scalar("select count() from revlog where ease > 0"),
    }
    with open(f"{out}/truth.json", "w") as file:
        json.dump(truth, file)
    for name, legacy in [("legacy", True), ("latest", False)]:
        options = ExportAnkiPackageOptions(
            with_scheduling=True, with_deck_configs=True, with_media=True, legacy=legacy
        )
        col.export_anki_package(out_path=f"{out}/{name}.apkg", options=options, limit=None)
    col.export_collection_package(f"{out}/whole.colpkg", include_media=True, legacy=False)


main(sys.argv[1])
