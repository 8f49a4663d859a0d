"""Model cards: card.json is what tools read, card.md is written from it for people."""

import json
from pathlib import Path


def _percent(value):
    return f"{100 * value:.1f} %"


def _page(card):
    accuracy = card["accuracy"]
    lines = [
        f"# {card['name']}",
        "",
        card["description"],
        "",
        "| | |",
        "|---|---|",
        f"| Task | {card['task']} |",
        f"| Labels | {', '.join(card['labels'])} |",
        f"| Input | {card['input']['type']} {card['input']['shape']}: {card['input']['meaning']} |",
        f"| Output | {card['output']['type']} {card['output']['shape']}: {card['output']['meaning']} |",
        f"| Weights, MACs | {card['weights']:,}, {card['macs']:,} |",
        f"| Accuracy, float | {_percent(accuracy['float'])} |",
        f"| Accuracy, int8 | {_percent(accuracy['int8'])} |",
        f"| Test set | {accuracy['test_set']} |",
        f"| Licence | {card['licence']} |",
        "",
        "## Accuracy by class (int8)",
        "",
        "Rows are the true classes, columns the answers.",
        "",
        "| | " + " | ".join(card["labels"]) + " |",
        "|---" * (len(card["labels"]) + 1) + "|",
    ]
    for label, row in zip(card["labels"], accuracy["confusion"]):
        lines.append(f"| {label} | " + " | ".join(map(str, row)) + " |")
    lines += ["", "## Data", "", card["data"], "", "## Limits", "", card["limits"], "",
              "## Clips", "", "| File | What it is |", "|---|---|"]
    lines += [f"| {clip['file']} | {clip['label']} |" for clip in card["clips"]]
    lines += ["", "## Training it again", "", f"    {card['retrain']}", ""]
    return "\n".join(lines)


def write(folder, card):
    folder = Path(folder)
    (folder / "card.json").write_text(json.dumps(card, indent=2) + "\n")
    (folder / "card.md").write_text(_page(card))
