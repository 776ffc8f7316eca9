"""Imports packages of the real Anki with retain, and holds what came in against what is in them.

compare.py RETAIN FOLDER
"""

import datetime
import html
import json
import os
import re
import subprocess
import sys
import tempfile

FIRST = datetime.date(1970, 1, 1)


def id_of(guid):
    encoded = "".join(
        chr(byte)
        if chr(byte).isascii() and (chr(byte).isalnum() or (at and chr(byte) in "_.-"))
        else f"%{byte:02X}"
        for at, byte in enumerate(guid.encode())
    )
    return "_" + encoded if encoded.startswith("%") else encoded


def letters(text):
    """What Markdown and HTML have in common: everything but marks, blanks and files."""
    text = re.sub(r"<style.*?</style>|<[^>]*>|\[\[type:[^\]]*\]\]|\[(sound|anki:play)[^\]]*\]", "", text, flags=re.S)
    text = re.sub(r"!?\[[^\]]*\]\(media/[^)]*\)", "", text)
    return "".join(char for char in html.unescape(text) if char.isalnum())


def main(retain, folder):
    truth = json.load(open(f"{folder}/truth.json"))
    # The day of Anki is the local one at four; both run in UTC here.
    first = (truth["crt"] - 4 * 3600) // 86400
    for name in ["legacy.apkg", "latest.apkg", "whole.colpkg"]:
        home = tempfile.mkdtemp()

        def run(*words):
            command = [retain, "--home", home, *words]
            done = subprocess.run(command, capture_output=True, text=True)
            assert done.returncode == 0, (command, done.stdout, done.stderr)
            return done.stdout

        run("import", f"{folder}/{name}")
        digest = run("doctor", "--digest")
        again = run("import", f"{folder}/{name}")
        assert "0 cards added" in again, again
        assert run("doctor", "--digest") == digest, "a second import changes nothing"
        cards = {card["card"]: card for card in json.loads(run("list", "--json"))["cards"]}
        notes = {card["note"] for card in cards.values()}
        assert len(notes) == truth["notes"], (name, len(notes))
        assert len(cards) == len(truth["cards"]), (name, len(cards))
        history = [json.loads(line) for line in run("history", "--json").splitlines()]
        reviews = [event for event in history if event["kind"] in ("reviewed", "practised")]
        assert len(reviews) == truth["reviews"], (name, len(reviews), truth["reviews"])
        for card in truth["cards"]:
            base = id_of(card["guid"])
            if card["cloze"]:
                own = f"{base}/c{card['ord'] + 1}"
            else:
                own = f"{base}/reverse" if card["ord"] else base
            mine = cards[own]
            where = (name, own, card, mine)
            assert mine["suspended"] == (card["queue"] == -1), where
            deck = card["deck"].lower().replace("::", "/")
            assert mine["deck"] == deck, where
            assert letters(mine["front"]) == letters(card["question"]), where
            if not card["cloze"]:
                # The answer of Anki repeats its question.
                typed = "[[type:" in card["answer"]
                assert typed or letters(card["answer"]).endswith(letters(mine["back"])), where
                assert letters(mine["back"]) not in ("", letters(mine["front"])), where
            if card["type"] not in (2, 3):
                continue
            assert mine["interval_days"] == max(card["interval"], 1), where
            due = card["due"] if card["due"] > 10**9 else None
            day = (due - 4 * 3600) // 86400 if due else first + card["due"]
            assert mine["due"] == str(FIRST + datetime.timedelta(days=day)), where
        media = {file for _, _, files in os.walk(f"{home}/decks") for file in files}
        assert "cat.jpg" in media and any(file.startswith("ü_x-") for file in media), media
        print(f"{name}: {len(notes)} notes, {len(cards)} cards, {len(reviews)} reviews agree")


main(sys.argv[1], sys.argv[2])
