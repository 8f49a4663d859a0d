"""Tinted pictures of clothes: Debian's dataset-fashion-mnist (28x28 grey), enlarged, coloured and put on a coloured
background, at random places and sizes. Each picture is the function of (split, seed, its place in the list) alone."""

import gzip
from pathlib import Path

import numpy as np

FOLDER = Path("/usr/share/datasets/fashion-mnist")
LABELS = ["t-shirt", "trousers", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "boot"]
_GREY = 28
_CHUNK = 250
_SEEDS = {"train": 1, "test": 2}
_FILES = {"train": "train", "test": "t10k"}
_DATA = ("Fashion-MNIST (Zalando SE, MIT licence) as Debian packages it, dataset-fashion-mnist: clothes, 28x28 grey; "
         "enlarged with linear interpolation, tinted, and put on a coloured background at random places and sizes, "
         "half of them mirrored (zoo/common/pictures.py).")
_LIMITS = ("Clothes laid flat in front of plain colours, from pictures of 28x28 pixels: the model is for testing and "
           "measuring, not for products.")


def _read(name):
    path = FOLDER / name
    if not path.exists():
        raise SystemExit(f"{path} is missing: install the Debian package dataset-fashion-mnist")
    return gzip.decompress(path.read_bytes())


def _grey(split):
    """All grey pictures (28x28, 0 to 1) and classes of a split."""
    file = _FILES[split]
    pictures = np.frombuffer(_read(f"{file}-images-idx3-ubyte.gz"), np.uint8, offset=16).reshape(-1, _GREY, _GREY)
    classes = np.frombuffer(_read(f"{file}-labels-idx1-ubyte.gz"), np.uint8, offset=8)
    return pictures, classes


def _placements(rng, count, size, mirror):
    """Matrices (size x 28) that sample 28 values linearly at `size` places: by a random scale, at a random offset."""
    scale = rng.uniform(0.7, 1.0, (count, 1)) * size / _GREY
    room = size - scale * _GREY
    at = (np.arange(size) + 0.5 - rng.uniform(0, 1, (count, 1)) * room) / scale - 0.5
    if mirror:
        flipped = rng.integers(0, 2, (count, 1)) == 1
        at = np.where(flipped, _GREY - 1 - at, at)
    return np.maximum(0, 1 - np.abs(at[..., None] - np.arange(_GREY))).astype(np.float32)


def _colours(rng, count, lowest, highest):
    return rng.uniform(lowest, highest, (count, 1, 1, 3)).astype(np.float32)


def _tinted(rng, grey, size):
    """uint8 pictures, size x size x 3."""
    count = len(grey)
    rows = _placements(rng, count, size, mirror=False)
    columns = _placements(rng, count, size, mirror=True)
    value = (rows @ (grey.astype(np.float32) / 255) @ columns.transpose(0, 2, 1))[..., None]
    slope = np.linspace(0, 1, size, dtype=np.float32)[None, :, None, None]
    background = _colours(rng, count, 0, 1) * (1 - slope) + _colours(rng, count, 0, 1) * slope
    cloth = _colours(rng, count, 0.2, 1) * (0.3 + 0.7 * value)
    opaque = np.minimum(1, 4 * value)
    return np.round(255 * (background * (1 - opaque) + cloth * opaque)).astype(np.uint8)


def _load(split, labels, each, size):
    """`each` pictures of every label, (uint8, size x size x 3), and their classes (index into labels), mixed."""
    grey, classes = _grey(split)
    rng = np.random.default_rng([_SEEDS[split], size])
    chosen = [np.flatnonzero(classes == LABELS.index(label))[:each] for label in labels]
    mixed = rng.permutation(sum(map(len, chosen)))
    numbers = np.concatenate(chosen)[mixed]
    targets = np.repeat(np.arange(len(labels)), [len(part) for part in chosen])[mixed]
    pictures = np.empty((len(numbers), size, size, 3), np.uint8)
    for start in range(0, len(numbers), _CHUNK):
        part = slice(start, start + _CHUNK)
        pictures[part] = _tinted(rng, grey[numbers[part]], size)
    return pictures, targets


def recipe(labels, each, size):
    """What a Recipe says of its data if these are pictures of size x size pixels; `each` is how many of every label
    there are in "train" and in "test"."""
    return {
        "task": "image classification",
        "load": lambda split: _load(split, labels, each[split], size),
        "span": (0.0, 255.0),
        "labels": labels,
        "input": "red, green and blue of each pixel, row by row, 0 to 255",
        "output": "probability of each label",
        "data": f"{_DATA} {each['train']} pictures of each class train.",
        "test_set": f"{each['test'] * len(labels)} pictures, {each['test']} of each class, from Fashion-MNIST's test "
                    "set",
        "limits": _LIMITS,
    }
