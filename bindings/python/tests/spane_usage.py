"""Whether calls of the `spane` command name sub-commands and options that it has.

Nothing is run: the command describes itself in JSON.
"""

from __future__ import annotations

import json
import subprocess
from typing import Any


class Usage:
    def __init__(self, command: str) -> None:
        told = subprocess.run(
            [command, "--experimental-dump-help"], capture_output=True, text=True, check=True
        )
        self._root = json.loads(told.stdout)["command"]

    def check(self, words: list[str]) -> None:
        """Fails about a call with these arguments that the command would refuse."""
        call = "spane " + " ".join(words)
        command, rest = self._root, list(words)
        while command.get("subcommands"):
            names = {one["commandName"]: one for one in command["subcommands"]}
            assert rest, f"{call}: which of {', '.join(names)}?"
            name = rest.pop(0) if rest[0] in names else command.get("defaultSubcommand")
            assert name, f"{call}: {rest[0]} is none of {', '.join(names)}"
            command = names[name]
        _check_arguments(call, command.get("arguments", []), rest)


def _check_arguments(call: str, known: list[dict[str, Any]], rest: list[str]) -> None:
    options = {
        ("--" if name["kind"] == "long" else "-") + name["name"]: one
        for one in known
        for name in one.get("names", [])
    }
    given: set[str] = set()
    positional = []
    while rest:
        word, has_value, value = rest.pop(0).partition("=")
        if not word.startswith("--"):
            positional.append(word + has_value + value)
            continue
        assert word in options, f"{call}: there is no {word}"
        option = options[word]
        given.add(option["valueName"])
        if option["kind"] == "flag":
            continue
        values = [value] if has_value else rest[:1]
        del rest[: 0 if has_value else 1]
        assert values and not values[0].startswith("--"), f"{call}: {word} needs a value"
        while option["parsingStrategy"] == "upToNextOption" and rest and rest[0][:2] != "--":
            values.append(rest.pop(0))
        _check_values(call, option, values)
    if "help" in given:
        return
    places = [one for one in known if one["kind"] == "positional"]
    most = len(positional) if any(one["isRepeating"] for one in places) else len(places)
    assert len(positional) <= most, f"{call}: {positional[most:]} is too much"
    least = [one["valueName"] for one in places if not one["isOptional"]]
    assert len(positional) >= len(least), f"{call}: lacks {least[len(positional) :]}"
    for one, value in zip(places, positional):
        _check_values(call, one, [value])
    for one in known:
        needed = one["kind"] == "option" and not one["isOptional"]
        assert not needed or one["valueName"] in given, f"{call}: lacks {one['preferredName']}"


def _check_values(call: str, argument: dict[str, Any], values: list[str]) -> None:
    allowed = argument.get("allValues")
    for value in values:
        assert not allowed or value in allowed, f"{call}: {value} is none of {allowed}"
