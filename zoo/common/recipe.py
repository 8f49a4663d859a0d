"""From a recipe to a folder of the zoo: trains, quantizes, evaluates, and writes model, card and test inputs.

A model's train.py describes a Recipe and hands it to make(). With `publish` as its argument it does all but
the training, with what the last training left in build/zoo.
"""

import functools
import json
import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

os.environ["TF_USE_LEGACY_KERAS"] = "1"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import numpy as np
import tensorflow as tf

from zoo.common import card, metrics, quantize, test_inputs, wav
from zoo.common.reference import Reference, describe, quantized, real

CALIBRATION = 300  # Examples of the training set.


@dataclass
class Recipe:
    """A model and how it is made. Without `labels` the outputs are no classes."""

    name: str
    description: str
    task: str
    network: Callable  # () -> Keras model.
    weights: int  # What the architecture has, to notice when it is changed.
    load: Callable  # "train" or "test" -> real inputs, and what is expected of each.
    epochs: int
    input: str  # What it means; so with output.
    output: str
    data: str
    test_set: str  # What it consists of.
    limits: str
    labels: list = field(default_factory=list)
    metric: Callable = metrics.accuracy
    batch: int = 32
    rate: float = 1e-3
    loss: str = "sparse_categorical_crossentropy"
    targets: Callable = lambda inputs, expected: expected  # What the network is trained to give.
    span: tuple = (-128.0, 127.0)  # The lowest and the highest input.
    input_type: tf.DType = tf.int8
    output_type: tf.DType = tf.int8
    test_inputs: int = 50  # How many examples of the test set are kept with the model.
    clips: int = 10  # At most so many inputs are kept as files of their own, of different names.
    front_end: dict = field(default_factory=dict)  # Of the card, if the model has one; clips are then recordings.
    recordings: Callable | None = None  # "test" -> the samples behind each input that load() gives.
    clip_name: Callable | None = None  # What is expected -> what to call it; by default its label.

    @property
    def build(self):
        return Path("build/zoo") / self.name

    @property
    def folder(self):
        return Path("zoo") / self.name

    def named(self, expected):
        return self.clip_name(expected) if self.clip_name else self.labels[int(expected)]


def train(recipe):
    """Leaves float.json and the network's weights in build/zoo."""
    tf.keras.utils.set_random_seed(1)
    tf.config.experimental.enable_op_determinism()
    inputs, expected = recipe.load("train")
    model = recipe.network()
    assert quantize.kernel_weights(model) == recipe.weights, quantize.kernel_weights(model)
    steps = recipe.epochs * -(-len(inputs) // recipe.batch)
    model.compile(tf.keras.optimizers.Adam(tf.keras.optimizers.schedules.CosineDecay(recipe.rate, steps)), recipe.loss)
    targets = recipe.targets(inputs, expected)
    model.fit(inputs, targets, recipe.batch, recipe.epochs, verbose=2)

    test, expected = recipe.load("test")
    figures = {
        "score": recipe.metric(test, model.predict(test, verbose=0), expected),
        "weights": quantize.kernel_weights(model),
        "macs": quantize.macs(model),
    }
    print(figures, flush=True)
    recipe.build.mkdir(parents=True, exist_ok=True)
    (recipe.build / "float.json").write_text(json.dumps(figures))
    model.save_weights(recipe.build / "weights.h5")


def quantized_model(recipe):
    """The path of the .tflite, made from what train() left."""
    tf.keras.backend.clear_session()  # Layers are named as in a network of its own.
    model = recipe.network()
    model.load_weights(recipe.build / "weights.h5")
    inputs, _ = recipe.load("train")
    calibration = np.random.default_rng(1).permutation(len(inputs))[:CALIBRATION]
    path = recipe.build / f"{recipe.name}.tflite"
    path.write_bytes(quantize.to_tflite(
        model, inputs[calibration], recipe.span, recipe.input_type, recipe.output_type))
    return path


def _write_clips(recipe, stored, outputs, expected):
    """The first example of each name; of a class, the first that is classified right."""
    folder = recipe.folder / "clips"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    kept = recipe.recordings("test") if recipe.recordings else stored
    clips = []
    for value, output, wanted in zip(kept, outputs, expected):
        name = recipe.named(wanted)
        wrong = recipe.labels and output.argmax() != wanted
        if len(clips) == recipe.clips or wrong or any(clip["label"] == name for clip in clips):
            continue
        file = f"clips/{name.replace(' ', '-')}.{'wav' if recipe.recordings else 'npy'}"
        (wav.write if recipe.recordings else np.save)(recipe.folder / file, value)
        clips.append({"file": file, "label": name})
    return clips


def publish(recipe):
    """Writes the folder of the zoo from what train() left."""
    trained = json.loads((recipe.build / "float.json").read_text())
    path = quantized_model(recipe)
    model = Reference(path)
    inputs, expected = recipe.load("test")
    stored = quantized(model.input, inputs)
    outputs = real(model.output, np.stack([model(value) for value in stored]))
    seen = real(model.input, stored)

    def score(part):
        return recipe.metric(seen[part], outputs[part], expected[part])

    kept = slice(0, recipe.test_inputs)
    accuracy = {"metric": recipe.metric.__name__, "float": round(trained["score"], 4),
                "int8": round(score(slice(None)), 4), "test_set": recipe.test_set}
    if recipe.labels:
        accuracy["confusion"] = metrics.confusion(outputs, expected).tolist()
    shutil.copyfile(path, recipe.folder / path.name)
    page = {"name": recipe.name, "description": recipe.description, "task": recipe.task, "model": path.name}
    if recipe.front_end:
        page["front_end"] = recipe.front_end
    page |= {
        "input": describe(model.input, recipe.input), "output": describe(model.output, recipe.output),
    }
    if recipe.labels:
        page["labels"] = recipe.labels
    card.write(recipe.folder, page | {
        "weights": trained["weights"], "macs": trained["macs"], "accuracy": accuracy,
        "licence": "Apache-2.0", "data": recipe.data, "limits": recipe.limits,
        "clips": _write_clips(recipe, stored, outputs, expected),
        "test_inputs": test_inputs.write(recipe.folder, stored[kept], expected[kept], score(kept)),
        "retrain": f"zoo/{recipe.name}/train.sh",
    })
    print(accuracy)


def make(recipe):
    recipe.load = functools.cache(recipe.load)
    if sys.argv[1:] != ["publish"]:
        train(recipe)
    publish(recipe)
