"""Trains and quantizes miniresnet: data -> build/zoo/miniresnet/{data.npz,float.json,miniresnet.tflite}."""

import json
import os
from pathlib import Path

os.environ["TF_USE_LEGACY_KERAS"] = "1"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "2"

import numpy as np
import tensorflow as tf

from zoo.common import quantize
from zoo.miniresnet import data

BUILD = Path("build/zoo/miniresnet")
WIDTH = 64
EPOCHS = 20
BATCH = 64
WEIGHTS = 66112  # What the architecture has, to notice when it is changed.


def network():
    layers = tf.keras.layers

    def convolution(x, size, stride, relu):
        x = layers.Conv2D(WIDTH, size, stride, padding="same", use_bias=False)(x)
        x = layers.BatchNormalization()(x)
        return layers.ReLU()(x) if relu else x

    patch = layers.Input(data.SHAPE)
    x = convolution(patch, 7, 2, relu=True)
    x = layers.MaxPooling2D(3, 2, padding="same")(x)
    main = convolution(x, 1, 2, relu=True)
    main = convolution(main, 3, 1, relu=False)
    shortcut = convolution(x, 1, 2, relu=False)
    x = layers.ReLU()(layers.Add()([main, shortcut]))
    x = layers.Flatten()(x)
    x = layers.Dropout(0.4)(x)
    x = layers.Dense(len(data.LABELS), kernel_regularizer=tf.keras.regularizers.L2(1e-3))(x)
    return tf.keras.Model(patch, layers.Softmax()(x))


def load_data():
    """Synthesises once; remove the file to do it again."""
    path = BUILD / "data.npz"
    if not path.exists():
        arrays = {}
        for split in data.SPLITS:
            print(f"synthesising {split}", flush=True)
            arrays[split], arrays[f"{split}_classes"] = data.load(split)
        np.savez_compressed(path, **arrays)
    return np.load(path)


def main():
    BUILD.mkdir(parents=True, exist_ok=True)
    arrays = load_data()
    train, classes = arrays["train"], arrays["train_classes"]

    tf.keras.utils.set_random_seed(1)
    tf.config.experimental.enable_op_determinism()
    model = network()
    assert quantize.kernel_weights(model) == WEIGHTS
    steps = EPOCHS * -(-len(train) // BATCH)
    model.compile(tf.keras.optimizers.Adam(tf.keras.optimizers.schedules.CosineDecay(1e-3, steps)),
                  "sparse_categorical_crossentropy", ["accuracy"])
    model.fit(train.astype(np.float32), classes, BATCH, EPOCHS, verbose=2,
              validation_data=(arrays["validation"].astype(np.float32), arrays["validation_classes"]))

    answers = model.predict(arrays["test"].astype(np.float32), verbose=0).argmax(axis=1)
    figures = {
        "accuracy": float(np.mean(answers == arrays["test_classes"])),
        "weights": quantize.kernel_weights(model),
        "macs": quantize.macs(model),
    }
    (BUILD / "float.json").write_text(json.dumps(figures))
    calibration = np.random.default_rng(1).permutation(len(train))[:500]
    (BUILD / "miniresnet.tflite").write_bytes(quantize.to_tflite(model, train[calibration]))
    print(figures)


if __name__ == "__main__":
    main()
