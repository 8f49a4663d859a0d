"""Model cards: card.json is what tools read, card.md is written from it for people."""

import json
import re
from pathlib import Path

METRICS = {"accuracy": "Accuracy", "auc": "Area under the ROC curve", "r2": "R², the share of variance explained"}


def _percent(value):
    return f"{100 * value:.1f} %"


def _metric(card):
    """What is measured, and how its value is written."""
    name = card["accuracy"].get("metric", "accuracy")
    return METRICS[name], _percent if name == "accuracy" else "{:.4f}".format


def _facts(card):
    accuracy = card["accuracy"]
    metric, written = _metric(card)
    lines = ["| | |", "|---|---|", f"| Task | {card['task']} |"]
    if "labels" in card:
        lines.append(f"| Labels | {', '.join(card['labels'])} |")
    lines += [
        f"| Input | {card['input']['type']} {card['input']['shape']}: {card['input']['meaning']} |",
        f"| Output | {card['output']['type']} {card['output']['shape']}: {card['output']['meaning']} |",
        f"| Weights, MACs | {card['weights']:,}, {card['macs']:,} |",
        f"| {metric}, float | {written(accuracy['float'])} |",
        f"| {metric}, int8 | {written(accuracy['int8'])} |",
        f"| Lost by int8 | {written(accuracy['float'] - accuracy['int8'])} |",
        f"| Test set | {accuracy['test_set']} |",
        f"| Licence | {card['licence']} |",
    ]
    return lines


def _confusion(card):
    lines = [
        "", "## Accuracy by class (int8)", "", "Rows are the true classes, columns the answers.", "",
        "| | " + " | ".join(card["labels"]) + " |",
        "|---" * (len(card["labels"]) + 1) + "|",
    ]
    for label, row in zip(card["labels"], card["accuracy"]["confusion"]):
        lines.append(f"| {label} | " + " | ".join(map(str, row)) + " |")
    return lines


def _test_inputs(card):
    kept = card["test_inputs"]
    metric, written = _metric(card)
    target = f"; on the target, {kept['board']}: {written(kept['target'])}" if "target" in kept else ""
    return ["", "## Test inputs", "", f"{kept['file']} holds {len(kept['expected'])} inputs of the test set. {metric} "
            f"on these alone, int8: {written(kept['int8'])}{target}."]


def _page(card):
    lines = [f"# {card['name']}", "", card["description"], "", *_facts(card)]
    if "confusion" in card["accuracy"]:
        lines += _confusion(card)
    lines += ["", "## Data", "", card["data"], "", "## Limits", "", card["limits"], "",
              "## Clips", "", "| File | What it is |", "|---|---|"]
    lines += [f"| {clip['file']} | {clip['label']} |" for clip in card["clips"]]
    if "test_inputs" in card:
        lines += _test_inputs(card)
    lines += ["", "## Training it again", "", f"    {card['retrain']}", ""]
    return "\n".join(lines)


def _json(card):
    """With every list of plain values on one line."""
    return re.sub(r"\[\n\s+([^][{}]*?)\n\s+\]", lambda found: "[" + re.sub(r"\n\s+", " ", found[1]) + "]",
                  json.dumps(card, indent=2)) + "\n"


def write(folder, card):
    folder = Path(folder)
    (folder / "card.json").write_text(_json(card))
    (folder / "card.md").write_text(_page(card))
